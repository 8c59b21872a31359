import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LabHost } from '../lab';

const wrapper = readFileSync(join(__dirname, 'kill-at.sh'), 'utf8');

/** What changes a host, each in a process of its own. */
export const changingCommands = [
  ...['systemctl', 'machinectl', 'networkctl', 'nsenter', 'ip', 'mount', 'umount'],
  ...['mkdir', 'rmdir', 'mv', 'ln', 'rm', 'cp', 'chmod', 'chown', 'touch', 'sync', 'du'],
];

/** How an operation ended that was to be killed. */
export interface Killed {
  /** How many commands it began. */
  reached: number;
  /** What was told of it; none where it ended by itself. */
  error: (Error & { id?: string; properties?: object }) | undefined;
}

/** Puts a wrapper around commands of a host, which kills operations under a lock (`NAME`, or a pattern) as SIGKILL does. */
export const killAt = async (host: LabHost, lock: string, commands = changingCommands) => {
  const arm = (at: number) => host.sh(`echo 0 >/run/kill-at/count; echo '${at} ${lock}' >/run/kill-at/at`);
  await host.run(
    [
      ...['sh', '-c'],
      `mkdir -p /run/kill-at && cat >/run/kill-at/wrapper && chmod 755 /run/kill-at/wrapper
      echo 0 >/run/kill-at/count; echo '0 -' >/run/kill-at/at
      for each; do ln -sf /run/kill-at/wrapper "/usr/local/sbin/$each"; done`,
      ...['sh', ...commands],
    ],
    { input: `#!/bin/sh\n${wrapper}` },
  );
  /** Runs it, killed before its Nth command; 0: not at all, which counts them. */
  const run = async (at: number, operation: () => Promise<unknown>): Promise<Killed> => {
    await arm(at);
    const error = await operation().then(
      () => undefined,
      (reason) => reason,
    );
    const { stdout } = await host.sh("cat /run/kill-at/count; echo '0 -' >/run/kill-at/at");
    return { reached: Number(stdout), error };
  };
  return {
    run,
    /**
     * Runs it again and again, killed before so many of its commands in turn, spread over all (Infinity: each), `offset` (0 to 1)
     * of the way from one to the next. It is repaired after each, and undone, so that the next begins with the same. Tells how
     * many commands it has.
     */
    runAtSome: async (
      { points, offset }: { points: number; offset: number },
      operation: () => Promise<unknown>,
      repair: (killed: Killed, nth: number) => Promise<void>,
      undo: () => Promise<unknown>,
    ): Promise<number> => {
      const { reached: commands, error } = await run(0, operation);
      if (error) throw error;
      await undo();
      const tried = Math.min(commands, points);
      for (let nth = 0; nth < tried; nth += 1) {
        const at = 1 + Math.floor(((nth + offset) * commands) / tried);
        const killed = await run(at, operation);
        // Waits take more commands on one run than on another.
        if (killed.reached >= at) {
          try {
            await repair(killed, nth);
          } catch (failure) {
            throw new Error(`killed on ${host.name} before command ${at} of ${commands}`, { cause: failure });
          }
        }
        await undo();
      }
      return commands;
    },
    remove: () =>
      host.sh(`cd /usr/local/sbin && /usr/bin/rm -f ${commands.join(' ')}; /usr/bin/rm -rf /run/kill-at`),
  };
};
