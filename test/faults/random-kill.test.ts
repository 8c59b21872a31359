import { after, before, describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { hosts } from '../e2e/hosts';
import type { LabHost } from '../lab';
import { type Disturbed, disturbedRouter } from './disturbed';
import { commandOf, kill } from './processes';
import { begun, type Running } from './stack';

// PULUMI_NSPAWN_SEEDS=50 tries so many on each host, and PULUMI_NSPAWN_SEED=N begins with that one.
const count = Number(process.env.PULUMI_NSPAWN_SEEDS ?? 2);
const firstSeed = Number(process.env.PULUMI_NSPAWN_SEED ?? Math.floor(Math.random() * 1e6));

// Who is killed. All of its kind at once.
const victims: Record<string, (running: Running, host: LabHost) => unknown> = {
  'the engine': ({ child, family }) =>
    kill([child.pid as number, ...family().filter((pid) => /(^|\/)pulumi\0/.test(commandOf(pid)))]),
  'all on this side': ({ family }) => kill(family()),
  "the provider's process": ({ family }) =>
    kill(family().filter((pid) => commandOf(pid).includes('dynamic-provider'))),
  ssh: ({ family }) => kill(family().filter((pid) => /^ssh\0/.test(commandOf(pid)))),
  "sshd's session on the host": (_, host) => host.sh("pkill -KILL -f '[s]shd.*: root' || :"),
  'the shell on the host': (_, host) =>
    host.sh(
      `for fd in /proc/[0-9]*/fd/9; do case $(readlink "$fd") in /run/pulumi-nspawn/*) process=\${fd%/fd/9}; kill -9 "\${process#/proc/}" ;; esac; done 2>/dev/null || :`,
    ),
};
const names = Object.keys(victims);

describe('something is killed at a random time, and the next run repairs', { concurrency: 2 }, () => {
  for (const [index, release] of ['Debian 12', 'Debian 13'].entries()) {
    describe(`on ${release}`, { concurrency: 1 }, () => {
      let host: LabHost;
      let router: Disturbed;
      before(async () => {
        host = (await hosts())[index] as LabHost;
        router = await disturbedRouter(host, 'sk-seed');
      });
      after(() => router.close());

      for (let seed = firstSeed + index * count; seed < firstSeed + (index + 1) * count; seed += 1) {
        test(`seed ${seed}`, { timeout: 300_000 }, async (context) => {
          const random = randomOf(seed);
          const operation = router.isMade() && random() < 0.4 ? 'destroy' : 'up';
          const victim = names[Math.floor(random() * names.length)] as string;
          const resources = 1 + Math.floor(random() * 5);
          const milliseconds = Math.floor(random() ** 2 * 3000);

          const running = await router.begin(operation);
          try {
            await Promise.race([begun(running, resources), running.ended]);
            await Promise.race([pause(milliseconds), running.ended]);
            const late = running.child.exitCode === null ? '' : ', which has ended by then';
            context.diagnostic(
              `${victim} is killed ${milliseconds} ms into operation ${resources} of ${operation}${late}`,
            );
            await victims[victim]?.(running, host);
            await running.ended;
            await router.repair();
          } finally {
            router.sweep();
          }
        });
      }

      test('in the end nothing is to be changed; destroyed, nothing is left', () => router.finish());
    });
  }
});

// mulberry32: one seed, one run.
const randomOf = (seed: number) => {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
};
