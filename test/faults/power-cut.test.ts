import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { closeSessions } from '../../provider/host/pool';
import { hosts } from '../e2e/hosts';
import { type Killed, killAt } from '../e2e/kill-at';
import { end, type LinkState, provider, reaches } from '../e2e/link';
import type { LabHost } from '../lab';
import { waitUntil } from '../lab/wait';
import { changesSince, filesOf, tracesOf } from './trace';

after(closeSessions);

const name = 'sk-power';
const machine = { owner: `p/s/${name}`, machineName: name };
const configOf = (description: string) => ({
  ...machine,
  config: `router bgp 65001\n bgp router-id 10.91.0.1\n neighbor 10.91.0.0 remote-as 65000\n neighbor 10.91.0.0 description ${description}\n`,
});
// The hosts' machines are of one stack, and lose power without regard to each other.
const started = (trigger: string) => ({
  ...machine,
  restartTriggers: [trigger],
  restart: { strategy: 'parallel' },
});
const linkOf = (mtu: number) => ({
  owner: machine.owner,
  a: end(undefined, `to-${name}`, '10.91.0.0/31'),
  b: end(name, 'eth1', '10.91.0.1/31'),
  mtu,
});

type Inputs = Record<string, unknown>;

// In the order of their life: the lock of their operations, and what one is given before and after.
const life: { kind: string; lock: string; first: Inputs; second: Inputs }[] = [
  {
    kind: 'HostRootfs',
    lock: name,
    first: { ...machine, files: { '/etc/one': { content: 'one' }, '/etc/two': { content: 'two' } } },
    second: {
      ...machine,
      files: { '/etc/two': { content: 'other', mode: '0600' }, '/etc/new/three': { content: 'three' } },
      units: { disable: ['cron.service'], mask: ['cron.service'] },
    },
  },
  {
    kind: 'NspawnConfig',
    lock: name,
    first: { ...machine, service: { memoryMax: '100M' } },
    second: { ...machine, exec: { hostname: 'other' }, service: { cpuQuota: '60%' } },
  },
  {
    kind: 'Machine',
    lock: name,
    first: started('one'),
    second: { ...started('two'), restartPolicy: { restart: 'on-failure' } },
  },
  { kind: 'FrrConfig', lock: name, first: configOf('first'), second: configOf('second') },
  { kind: 'VethPeering', lock: 'link:*', first: linkOf(1500), second: linkOf(1400) },
];

// PULUMI_NSPAWN_EXHAUSTIVE=1: so many points of each operation, spread over its commands, on each host others, and after its
// end. A cut costs some eight seconds, so else two on each host.
const exhaustive = process.env.PULUMI_NSPAWN_EXHAUSTIVE !== undefined;
const points = exhaustive ? 4 : 1;
const some = [
  ['HostRootfs created', 'all deleted'],
  ['FrrConfig changed', 'all created'],
];

describe('the power of a host is cut before one of the commands of an operation', { concurrency: 2 }, () => {
  for (const [index, release] of ['Debian 12', 'Debian 13'].entries()) {
    describe(release, { concurrency: 1 }, () => {
      let host: LabHost;
      let empty: string[];
      const made: Record<string, LinkState> = {};

      before(async () => {
        host = (await hosts())[index] as LabHost;
        empty = await tracesOf(host);
      });
      after(async () => {
        for (const { kind } of [...life].reverse()) {
          const state = made[kind];
          if (state)
            await provider(kind, host)
              .delete(state)
              .catch(() => {});
        }
      });

      const isTried = (operation: string) => exhaustive || some[index]?.includes(operation) === true;
      const cut = async () => {
        await closeSessions();
        await host.powerCut();
      };
      const read = async (kind: string) => (await provider(kind, host).read(made[kind] as LinkState))?.drift;
      const lasting = async () => [
        ...(await tracesOf(host)).filter((line) => !line.includes(' /run/')),
        ...(await filesOf(host)),
      ];
      // What is told to be done is done, also where power goes in the next moment.
      const cutAfter = async () => {
        const before = await lasting();
        await cut();
        let changes: string[] = [];
        await waitUntil('all is as it was', 60, async () => {
          const now = await lasting();
          changes = [
            ...now.filter((line) => !before.includes(line)).map((line) => `+ ${line}`),
            ...before.filter((line) => !now.includes(line)).map((line) => `- ${line}`),
          ];
          return changes.length === 0;
        }).catch(() => {});
        assert.deepEqual(changes, []);
      };

      // What it is to be in the end, and nothing that is neither as it was nor as it is to be, whenever power goes.
      const cutAtSome = async (
        lock: string,
        act: () => Promise<unknown>,
        repair: (killed: Killed) => Promise<void>,
        undo: () => Promise<unknown>,
      ): Promise<void> => {
        const old = await filesOf(host);
        const counter = await killAt(host, lock);
        const { reached: commands, error } = await counter.run(0, act);
        assert.equal(error, undefined);
        await counter.remove();
        const whole = [...old, ...(await filesOf(host))];
        for (let nth = 0; nth < points; nth += 1) {
          await undo();
          const at = 1 + Math.floor(((nth + (index + 0.5) / 2) * commands) / points);
          await host.run(['sync']);
          const killer = await killAt(host, lock);
          const killed = await killer.run(at, act);
          await cut();
          await killer.remove();
          try {
            // Until the end, a manifest lists what was written before as well.
            const torn = (await filesOf(host)).filter(
              (line) => !whole.includes(line) && !line.includes('/rootfs.manifest/'),
            );
            assert.deepEqual(torn, [], 'files are as they were or as they are to be');
            await repair(killed);
          } catch (failure) {
            throw new Error(`cut before command ${at} of ${commands}`, { cause: failure });
          }
        }
        if (exhaustive) {
          await undo();
          await act();
          await cutAfter();
        }
      };

      for (const { kind, lock, first } of life) {
        const create = async () => {
          delete made[kind];
          made[kind] = await provider(kind, host).create(first);
        };
        test(`${kind}: created again it is whole`, { timeout: 900_000 }, async () => {
          if (!isTried(`${kind} created`)) return create();
          await cutAtSome(
            lock,
            create,
            async ({ error }) => {
              // With nothing in the state, the engine makes it anew; otherwise it updates what it knows.
              if (error?.id === undefined) await create();
              else
                made[kind] = await provider(kind, host).update(
                  { id: error.id, outs: error.properties },
                  first,
                );
              assert.deepEqual(await read(kind), {});
            },
            () => provider(kind, host).delete(made[kind] as LinkState),
          );
        });
      }

      if (isTried('all created')) {
        test('what was made comes back by itself after a power cut in the next moment', async () => {
          await cutAfter();
          await waitUntil('the machine and its link are back', 60, () => reaches(host, name, '10.91.0.0'));
          for (const { kind } of life) assert.deepEqual(await read(kind), {}, kind);
        });
      }

      for (const { kind, lock, first, second } of life) {
        if (!isTried(`${kind} changed`)) continue;
        test(`${kind}: changed again it is as asked for`, { timeout: 900_000 }, async () => {
          const old = made[kind] as LinkState;
          const to = async (inputs: Inputs) => {
            made[kind] = await provider(kind, host).update(old, inputs);
          };
          await cutAtSome(
            lock,
            () => to(second),
            async () => {
              await to(second);
              assert.deepEqual(await read(kind), {});
            },
            () => to(first),
          );
          await to(first);
        });
      }

      for (const { kind, lock, first } of [...life].reverse()) {
        test(`${kind}: deleted again it is gone`, { timeout: 900_000 }, async () => {
          const resource = provider(kind, host);
          const state = made[kind] as LinkState;
          const remove = () => resource.delete(state);
          if (isTried(`${kind} deleted`)) {
            await cutAtSome(
              lock,
              remove,
              async () => {
                await remove();
                assert.equal(await resource.read(state), undefined);
              },
              () => resource.create(first),
            );
          } else {
            await remove();
          }
          delete made[kind];
        });
      }

      test('in the end nothing is left of any of them', async () => {
        assert.deepEqual(await changesSince(host, empty), []);
        if (!isTried('all deleted')) return;
        await cutAfter();
        assert.deepEqual(await changesSince(host, empty), []);
      });
    });
  }
});
