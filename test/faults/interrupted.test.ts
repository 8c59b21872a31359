import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { pulumiOnPath } from '../deployer';
import { hosts } from '../e2e/hosts';
import { waitUntil } from '../lab/wait';
import { type Disturbed, disturbedRouter } from './disturbed';
import { begun } from './stack';

// How often Ctrl-C is pressed, and when the operations of how many resources have begun. PULUMI_NSPAWN_EXHAUSTIVE=1: in each.
const cases = (index: number): [number, number][] => {
  if (process.env.PULUMI_NSPAWN_EXHAUSTIVE === undefined) return index === 0 ? [[1, 3]] : [[2, 4]];
  return [1, 2].flatMap((times) => [1, 2, 3, 4, 5].map((resources): [number, number] => [times, resources]));
};

describe('a run is interrupted by Ctrl-C, and the next one goes on', { concurrency: 2 }, () => {
  for (const [index, release] of ['Debian 12', 'Debian 13'].entries()) {
    describe(`on ${release}`, { concurrency: 1 }, () => {
      let router: Disturbed;
      before(async () => {
        const host = (await hosts())[index];
        assert.ok(host);
        router = await disturbedRouter(host, 'sk-ctrl-c');
      });
      after(() => router.close());

      for (const [times, resources] of cases(index)) {
        for (const operation of ['up', 'destroy'] as const) {
          const often = times === 1 ? 'once' : 'twice';
          test(`${operation}, ${often}, in operation ${resources}`, { timeout: 300_000 }, async () => {
            try {
              const running = await router.begin(operation);
              await begun(running, resources);
              running.child.kill('SIGINT');
              if (times === 2) {
                await waitUntil('the first is taken', 20, () => running.output().includes('interrupted'));
                running.child.kill('SIGINT');
              }
              const { ok, output } = await running.ended;
              // Pulumi's own engine ends with 0 where it was a destroy, and says that all was deleted.
              if (operation === 'up' || (await pulumiOnPath()) === undefined) assert.ok(!ok, output);
              // What ran was waited for, so nobody has to ask what has become of it.
              if (times === 1) assert.deepEqual(await router.pending(), []);
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
