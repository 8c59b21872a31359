import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { inTurn } from '../../../provider/machine/turn';
import { runs } from '../../fuzz';

const soon = () => new Promise<void>((resolve) => setImmediate(resolve));

describe('restarts', () => {
  test('take turns: never more of a scope at once than its batch, and each has its own', async () => {
    let scope = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 12 }),
        fc.integer({ min: 1, max: 4 }),
        async (pauses, batchSize) => {
          scope += 1;
          let running = 0;
          let most = 0;
          const done = await Promise.all(
            pauses.map((pause, index) =>
              inTurn({ scope: `batch ${scope}`, batchSize, name: `r${index}` }, async () => {
                running += 1;
                most = Math.max(most, running);
                for (let look = 0; look < pause; look += 1) await soon();
                running -= 1;
                return index;
              }),
            ),
          );
          assert.deepEqual(done, [...pauses.keys()]);
          assert.equal(most, Math.min(batchSize, pauses.length));
        },
      ),
      runs(50),
    );
  });

  test('of another scope are not waited for', async () => {
    let release = () => {};
    const held = inTurn(
      { scope: 'held', batchSize: 1, name: 'r1' },
      () =>
        new Promise<void>((go) => {
          release = go;
        }),
    );
    await inTurn({ scope: 'free', batchSize: 1, name: 'r2' }, soon);
    release();
    await held;
  });

  test('after one that failed are not begun, and say which it was; that one may be tried again', async () => {
    const begun: string[] = [];
    const restart = (name: string, fails = false) =>
      inTurn({ scope: 'failing', batchSize: 1, name }, async () => {
        begun.push(name);
        await soon();
        if (fails) throw new Error('broken');
      });
    const [first, second, third] = await Promise.allSettled([
      restart('r1'),
      restart('r2', true),
      restart('r3'),
    ]);
    assert.deepEqual([first?.status, second?.status, third?.status], ['fulfilled', 'rejected', 'rejected']);
    assert.match(
      String((third as PromiseRejectedResult).reason),
      /r3: it has to restart and was left as it is, since r2/,
    );
    assert.deepEqual(begun, ['r1', 'r2']);
    await restart('r2');
    await restart('r3');
    assert.deepEqual(begun, ['r1', 'r2', 'r2', 'r3']);
  });
});
