import assert from 'node:assert/strict';
import type { Result } from '../deployer';
import { connectionTo } from '../e2e/hosts';
import { changesOf } from '../e2e/life';
import { reaches } from '../e2e/link';
import type { LabHost } from '../lab';
import { kill } from './processes';
import { type Running, routerStack } from './stack';
import { changesSince, tracesOf } from './trace';

/** A router's stack on a host whose runs are disturbed, and what must hold after the next run. */
export const disturbedRouter = async (host: LabHost, name: string) => {
  const stack = await routerStack(name, connectionTo(host));
  const empty = await tracesOf(host);
  let whole: string[] | undefined;
  let made = false;
  let change = 'first';
  let destroys = false;
  const runs: Running[] = [];

  const repair = async (): Promise<void> => {
    const again = await stack.with(change);
    await again.cancel();
    if (destroys) {
      good(await again.destroy());
      made = false;
      assert.deepEqual(await changesSince(host, empty), []);
      return;
    }
    good(await again.up());
    made = true;
    const seen = good(await again.refresh());
    const drifted = seen.steps.filter(({ diff, new: now }) => diff !== undefined || now === undefined);
    assert.deepEqual(drifted, []);
    // Only now: what FRR prints is noted when it is first read.
    whole ??= await tracesOf(host);
    assert.deepEqual(await changesSince(host, whole), [], 'nothing is there twice, or left beside it');
    assert.ok(await reaches(host, name, '10.92.0.0'), 'the link carries');
  };

  return {
    isMade: () => made,
    /** Begins an operation in a process of its own; an `up` of what is made changes each of its resources. */
    begin: async (operation: 'up' | 'destroy', env: Record<string, string> = {}): Promise<Running> => {
      destroys = operation === 'destroy';
      if (made && !destroys) change = change === 'first' ? 'second' : 'first';
      const running = await stack.start(operation, change, env);
      runs.push(running);
      return running;
    },
    /** The operations that the state says were cut off. */
    pending: async () => (await (await stack.with(change)).export()).pending_operations ?? [],
    /** Runs the same operation again, to its end: all is as it is to be, once, and nothing else. */
    repair,
    /** Has nothing to change, and destroys it: nothing is left. */
    finish: async (): Promise<void> => {
      const last = await stack.with(change);
      if (made) {
        const steps = changesOf(good(await last.up({ refresh: true })));
        assert.deepEqual(
          steps.filter((step) => !step.startsWith('refresh')),
          [],
        );
      }
      destroys = true;
      await repair();
    },
    /** Ends what runs have left on this side. */
    sweep: (): void => {
      for (const { family } of runs.splice(0)) kill(family());
    },
    close: async (): Promise<void> => {
      if (made) await (await stack.with(change)).destroy().catch(() => {});
      stack.close();
    },
  };
};

export type Disturbed = Awaited<ReturnType<typeof disturbedRouter>>;

const good = (result: Result): Result => {
  assert.ok(result.ok, result.log);
  return result;
};
