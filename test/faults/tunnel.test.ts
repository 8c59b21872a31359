import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { closeSessions } from '../../provider/host/pool';
import { connectionTo, hosts } from '../e2e/hosts';
import { type Killed, killAt } from '../e2e/kill-at';
import { end, type LinkState, makeMachine, provider, reaches, removeMachine } from '../e2e/link';
import type { LabHost } from '../lab';
import { waitUntil } from '../lab/wait';
import { changesSince, tracesOf } from './trace';

after(closeSessions);

// PULUMI_NSPAWN_EXHAUSTIVE=1: each command of each operation is killed on each host, and power is cut in each operation on each.
const exhaustive = process.env.PULUMI_NSPAWN_EXHAUSTIVE !== undefined;
const machine = 'sk-tunnel';

for (const [turn, kind] of ['vxlan', 'wireguard'].entries()) {
  describe(`a ${kind} tunnel, of which one host is struck`, () => {
    const resource = provider('TunnelPeering');
    let both: [LabHost, LabHost];
    let empty: string[][];
    let made: LinkState;

    const inputs = (mtu: number) => ({
      owner: `p/s/${machine}`,
      kind,
      a: {
        ...end(machine, 'eth1', '10.93.0.0/31'),
        connection: connectionTo(both[0]),
        underlay: both[0].address,
      },
      b: {
        ...end(undefined, 'to-far', '10.93.0.1/31'),
        connection: connectionTo(both[1]),
        underlay: both[1].address,
      },
      mtu,
    });
    const create = async () => {
      made = await resource.create(inputs(1400));
    };
    const remove = () => resource.delete(made);
    const whole = async () => {
      assert.deepEqual((await resource.read(made))?.drift, {});
      await waitUntil('it carries', 20, () => reaches(both[0], machine, '10.93.0.1'));
    };
    const gone = async () => {
      assert.deepEqual(
        await Promise.all(both.map((host, side) => changesSince(host, empty[side] as string[]))),
        [[], []],
      );
    };
    /** As the engine goes on with what it was told of a create that failed: made anew, or updated. */
    const createAgain = async ({ error }: Killed) => {
      if (error === undefined) return;
      if (error.id === undefined) {
        await gone();
        return create();
      }
      made = { id: error.id, outs: error.properties };
      made = await resource.update(made, inputs(1400));
    };

    before(async () => {
      both = (await hosts()) as [LabHost, LabHost];
      await makeMachine(both[0], machine);
      await both[0].sh(`systemctl enable --now --quiet systemd-nspawn@${machine}`);
      empty = await Promise.all(both.map(tracesOf));
    });
    after(() => removeMachine(both[0], machine));

    const change = async (mtu: number) => {
      made = await resource.update(made, inputs(mtu));
    };
    const operations = {
      created: { back: remove, act: create, again: createAgain, holds: whole },
      changed: {
        back: () => change(1400),
        act: () => change(1350),
        again: () => change(1350),
        holds: whole,
      },
      deleted: { back: create, act: remove, again: remove, holds: gone },
    };

    test('it is made', async () => {
      await create();
      await whole();
    });

    for (const [done, { back, act, again, holds }] of Object.entries(operations)) {
      for (const [side, release] of ['Debian 12', 'Debian 13'].entries()) {
        const host = () => both[side] as LabHost;

        test(`${done} again on both, when it was killed on ${release}`, async () => {
          await back();
          const killer = await killAt(host(), 'link:*');
          try {
            await killer.runAtSome(
              { points: exhaustive ? Number.POSITIVE_INFINITY : 1, offset: (1 + turn) / 3 },
              act,
              async (killed) => {
                await again(killed);
                await holds();
              },
              back,
            );
          } finally {
            await killer.remove();
          }
          await act();
        });

        // By default, one of each kind.
        if (!exhaustive && !(side === turn && done === (turn === 0 ? 'created' : 'changed'))) continue;
        test(`${done} again on both, when the power of ${release} was cut`, {
          timeout: 300_000,
        }, async () => {
          await back();
          const counter = await killAt(host(), 'link:*');
          const { reached } = await counter.run(0, act);
          await back();
          const killed = await counter.run(Math.ceil(reached / 2), act);
          await closeSessions();
          await host().powerCut();
          await counter.remove();
          await again(killed);
          await holds();
        });
      }
    }

    test('deleted, it leaves nothing', async () => {
      await create();
      await remove();
      await gone();
    });
  });
}
