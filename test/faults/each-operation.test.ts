import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { hosts } from '../e2e/hosts';
import { type Disturbed, disturbedRouter } from './disturbed';
import { blows, openStrikes, type Strike } from './strike';

// PULUMI_NSPAWN_EXHAUSTIVE=1: at each operation and moment, on both hosts.
const some: Strike[][] = [
  [{ at: 3, moment: 'done', victim: 'engine' }],
  [{ at: 4, moment: 'begun', victim: 'ssh' }],
];
const operations = 6;
const all: Strike[] = blows.flatMap((blow) =>
  Array.from({ length: operations }, (_, before) => ({ at: before + 1, ...blow })),
);
const exhaustive = process.env.PULUMI_NSPAWN_EXHAUSTIVE !== undefined;

describe('who asks is killed at an operation on the host, and the next run repairs', {
  concurrency: 2,
}, () => {
  for (const [index, release] of ['Debian 12', 'Debian 13'].entries()) {
    describe(`on ${release}`, { concurrency: 1 }, () => {
      let router: Disturbed;
      let strikes: ReturnType<typeof openStrikes>;
      before(async () => {
        const host = (await hosts())[index];
        assert.ok(host);
        router = await disturbedRouter(host, 'sk-each');
        strikes = openStrikes();
      });
      after(async () => {
        strikes.close();
        await router.close();
      });

      for (const strike of exhaustive ? all : (some[index] ?? [])) {
        const { at, moment, victim } = strike;
        for (const what of ['up', 'changing up', 'destroy']) {
          test(`${what}, operation ${at}, ${moment}: ${victim}`, { timeout: 300_000 }, async (context) => {
            try {
              const running = await router.begin(
                what === 'destroy' ? 'destroy' : 'up',
                strikes.environment(strike),
              );
              const { ok, output } = await running.ended;
              const seen = strikes.operations();
              assert.equal(strikes.hasStruck(), seen >= at, output);
              if (seen < at) {
                context.diagnostic(`it has ${seen} operations`);
                assert.ok(ok, output);
              }
              // Otherwise there are more than are tried.
              if (at === operations) assert.ok(seen <= at, `${seen} operations`);
              await router.repair();
            } finally {
              router.sweep();
            }
          });
        }
      }

      test('in the end nothing is to be changed; destroyed, nothing is left', () => router.finish());
    });
  }
});
