import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { closeSessions } from '../../provider/host/pool';
import { hosts } from '../e2e/hosts';
import { type Killed, killAt } from '../e2e/kill-at';
import { type LinkState, provider } from '../e2e/link';
import type { LabHost } from '../lab';
import { changesSince, inodesOf, tracesOf } from './trace';

after(closeSessions);

const name = 'sk-kill';

const routed = (prefix: string) =>
  `router bgp 65001\n address-family ipv4 unicast\n  network ${prefix}\n exit-address-family\n`;

// The hosts' machines are of one stack, and are struck without regard to each other.
const started = (trigger: string) => ({ restartTriggers: [trigger], restart: { strategy: 'parallel' } });

// In the order of their life; how many points are tried by default; what one is given before and after.
const life: { kind: string; points: number; first: object; second: object }[] = [
  {
    kind: 'HostRootfs',
    points: 2,
    first: { files: { '/etc/one': { content: 'one' }, '/etc/two': { content: 'two' } } },
    second: {
      files: { '/etc/two': { content: 'other', mode: '0600' }, '/etc/new/three': { content: 'three' } },
      units: { disable: ['frr.service'], mask: ['cron.service'] },
    },
  },
  {
    kind: 'NspawnConfig',
    points: 2,
    first: { service: { memoryMax: '100M' } },
    second: { exec: { hostname: 'other' }, service: { cpuQuota: '60%' } },
  },
  { kind: 'Machine', points: 2, first: started('one'), second: started('two') },
  {
    kind: 'FrrConfig',
    points: 1,
    first: { config: routed('192.0.2.0/24') },
    second: { config: routed('198.51.100.0/24') },
  },
];

// Of the commands of an operation, so many are tried, spread over it; the two hosts try others.
const exhaustive = process.env.PULUMI_NSPAWN_EXHAUSTIVE !== undefined;

describe('an operation is killed on the host before one of its commands', { concurrency: 2 }, () => {
  for (const [index, release] of ['Debian 12', 'Debian 13'].entries()) {
    describe(release, { concurrency: 1 }, () => {
      let host: LabHost;
      let empty: string[];
      let killer: Awaited<ReturnType<typeof killAt>>;
      before(async () => {
        host = (await hosts())[index] as LabHost;
        empty = await tracesOf(host);
        killer = await killAt(host, name);
      });
      after(() => killer?.remove());
      const given = (more: object) => ({ owner: `p/s/${name}`, machineName: name, ...more });

      const killedAtSome = (
        wanted: number,
        act: () => Promise<unknown>,
        repair: (killed: Killed, nth: number) => Promise<void>,
        undo: () => Promise<unknown>,
      ) =>
        killer.runAtSome(
          { points: exhaustive ? Number.POSITIVE_INFINITY : wanted, offset: index / 2 },
          act,
          repair,
          undo,
        );
      const unchanged = async (what: string, act: () => Promise<unknown>) => {
        const before = await inodesOf(host, name);
        await act();
        assert.deepEqual(await inodesOf(host, name), before, what);
      };

      for (const { kind, points, first, second } of life) {
        const resource = () => provider(kind, host);
        test(`${kind}: created again it is whole, and deleted it leaves nothing`, async () => {
          const start = await tracesOf(host);
          let made: LinkState | undefined;
          await killedAtSome(
            points,
            async () => {
              made = undefined;
              made = await resource().create(given(first));
            },
            async ({ error }, nth) => {
              // With nothing in the state, the engine makes it anew; otherwise it updates, or deletes, what it knows.
              if (error?.id === undefined) {
                made = await resource().create(given(first));
              } else {
                made = { id: error.id, outs: error.properties };
                if (nth % 2 === 0) made = await resource().update(made, given(first));
              }
              if (nth % 2 === 0) {
                assert.deepEqual((await resource().read(made))?.drift, {});
                await unchanged('a second run', () => resource().update(made as LinkState, given(first)));
              }
            },
            async () => {
              if (made) await resource().delete(made);
              // The folder, and the note of it, are there until the last record goes.
              const changes = await changesSince(host, start);
              assert.deepEqual(
                changes.filter((line) => !/\/(folders|etc\/systemd\/nspawn) -> $/.test(line)),
                [],
              );
            },
          );
          made = await resource().create(given(first));
        });

        test(`${kind}: changed again it is as asked for`, async () => {
          const old = await resource().create(given(first));
          let made: LinkState = old;
          await killedAtSome(
            points,
            async () => {
              made = await resource().update(old, given(second));
            },
            async () => {
              made = await resource().update(old, given(second));
              assert.deepEqual((await resource().read(made))?.drift, {});
              await unchanged('a second run', () => resource().update(made, given(second)));
            },
            async () => {
              made = await resource().update(made, given(first));
              assert.deepEqual((await resource().read(made))?.drift, {});
            },
          );
        });
      }

      for (const { kind, points, first } of [...life].reverse()) {
        test(`${kind}: deleted again it is gone`, async () => {
          const resource = provider(kind, host);
          const made = await resource.create(given(first));
          const gone = async () => {
            assert.equal(await resource.read(made), undefined);
          };
          await killedAtSome(
            points,
            () => resource.delete(made),
            async () => {
              await resource.delete(made);
              await gone();
            },
            () => resource.create(given(first)),
          );
          await resource.delete(made);
          await gone();
        });
      }

      test('in the end nothing is left of any of them', async () => {
        assert.deepEqual(await changesSince(host, empty), []);
      });
    });
  }
});
