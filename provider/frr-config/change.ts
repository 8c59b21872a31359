import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Connection } from '../host/connection';
import { HostError } from '../host/error';
import { script } from '../host/script';
import { createSession, type HostSession } from '../host/session';
import type { Task } from '../resource';
import { configurationText, daemonsText, linesBefore, wantedDaemons } from './configuration';
import type { FrrConfigInputs } from './schema';

type Inputs = FrrConfigInputs & Record<string, unknown>;

/** What each script on the host is made of. */
export const parts = [
  'host-rootfs/tree.sh',
  'host/in-machine.sh',
  ...['inside', 'json', 'sessions', 'quiet'].map((part) => `frr/${part}.sh`),
  ...['files', 'live', 'pending'].map((part) => `frr-config/${part}.sh`),
];

/** How long a verified change waits to be confirmed: a link that has frozen is noticed after 15 seconds (host/ssh.ts). */
const confirmSeconds = 30;
/** How long the sessions of before have when a change is taken back. */
const restoreSeconds = 30;

/**
 * Makes a configuration what is in force and on disk. A change to a machine that runs is confirmed over a connection of its
 * own, made after the change: what cuts the host off is never confirmed, and the host takes it back by itself.
 */
export const changeConfiguration = async ({
  inputs,
  host,
  progress,
}: Task<FrrConfigInputs>): Promise<void> => {
  const token = randomBytes(8).toString('hex');
  const { verify = {}, rollback, drain } = inputs;
  const { established = [], mayStayDown = [], timeoutSeconds = 30, stableSeconds = 2 } = verify;
  const drainSeconds = drain ? (drain.timeoutSeconds ?? 30) : 0;
  const about = { machine: inputs.machineName, onStep: progress };
  const values = { ...identity(inputs), change_token: token };
  const changed = await told(
    host.run({
      ...about,
      action: 'change the FRR configuration',
      script: [...parts, 'frr-config/dry-run.sh', 'frr-config/apply.sh'],
      values: {
        ...values,
        lines_before: String(linesBefore(inputs)),
        adopt: inputs.adopt ? '1' : '0',
        daemons: wantedDaemons(inputs).join(' '),
        take_back_script: takeBackScript(),
        rollback: rollback ? '1' : '0',
        wanted_sessions: [
          ...established.map((name) => `any ${name}\n`),
          ...(mayStayDown === true ? ['*'] : mayStayDown).map((name) => `spare ${name}\n`),
        ].join(''),
        verify_seconds: String(timeoutSeconds),
        stable_seconds: String(stableSeconds),
        restore_seconds: String(restoreSeconds),
        drain_seconds: String(drainSeconds),
        confirm_seconds: String(confirmSeconds),
      },
      timeoutSeconds: timeoutSeconds + stableSeconds + drainSeconds + restoreSeconds + 480,
    }),
    rollback,
  );
  if (changed.values && changed.values.pending !== '1') return;
  const confirmation = { ...about, action: 'confirm the FRR configuration', values };
  const { became, problem } = await confirm(inputs.connection, confirmation, changed.lost ? 5 : 2);
  if (became === 'confirmed') return;
  throw new HostError({
    host: host.label,
    machine: inputs.machineName,
    action: 'change the FRR configuration',
    log: problem,
    changed: true,
    advice:
      became === 'not in force'
        ? 'It was verified, but not in force any more when it was to be confirmed. The old configuration is.'
        : became === 'taken back'
          ? 'The connection to the host was lost while the configuration was in force, so the host has put the old one back by itself, which is in force again. See whether the change cuts the way by which Pulumi reaches the host.'
          : 'The connection to the host was lost, and what has become of the change is not known. Run again: it finds out, and repairs.',
  });
};

/** What names a machine's configuration on its host. */
export const identity = (inputs: Inputs): Record<string, string> => ({
  machine: inputs.machineName,
  owner: inputs.owner,
  text: configurationText(inputs),
  daemons_text: daemonsText(inputs),
});

interface Told {
  values?: Record<string, string>;
  lost?: HostError;
}

// Without an exit status nothing was told: the connection, or the time, ran out.
const told = async (run: ReturnType<HostSession['run']>, waits: boolean): Promise<Told> => {
  try {
    return { values: (await run).values };
  } catch (error) {
    const lost = error instanceof HostError && error.changed && error.status === undefined;
    if (!lost || !waits) throw error;
    return { lost: error };
  }
};

// Dials anew until the host answers; it is given as long as it may take it to come back by itself.
const confirm = async (
  connection: Connection | undefined,
  confirmation: { action: string; machine: string; values: Record<string, string> },
  dials: number,
): Promise<Record<string, string>> => {
  const until = performance.now() + (confirmSeconds + 2 * restoreSeconds + 30) * 1000;
  for (;;) {
    const session = createSession(connection && { ...connection, dialErrorLimit: dials, perDialTimeout: 5 });
    try {
      const { values } = await session.run({
        ...confirmation,
        script: [...parts, 'frr-config/confirm.sh'],
        timeoutSeconds: 150,
      });
      return values;
    } catch (error) {
      const silent = error instanceof HostError && error.status === undefined;
      if (!silent) throw error;
      if (performance.now() > until) return { became: 'unknown', problem: error.message };
      await delay(1000);
    } finally {
      void session.close();
    }
  }
};

/** What the host runs by itself. Its parameters are in files beside it. */
const takeBackScript = (): string =>
  ['frr-config/own-hand.sh', 'host/prelude.sh', ...parts, 'frr-config/take-back.sh'].map(script).join('\n');
