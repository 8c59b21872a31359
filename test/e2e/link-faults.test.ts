import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { closeSessions } from '../../provider/host/pool';
import type { LabHost } from '../lab';
import { hosts } from './hosts';
import { killAt } from './kill-at';
import { end, type LinkState, linkTrace, makeMachine, provider, reaches, removeMachine } from './link';

after(closeSessions);

const commands = [
  'ip',
  'nsenter',
  'systemctl',
  'machinectl',
  'networkctl',
  'sync',
  'mv',
  'ln',
  'rm',
  'rmdir',
  'mkdir',
];

// The two hosts share the points between them; all of them on both take ten minutes.
const exhaustive = process.env.PULUMI_NSPAWN_EXHAUSTIVE !== undefined;
const points = exhaustive ? Number.POSITIVE_INFINITY : 6;

// The host's end has addresses, or is the port of a bridge.
for (const [name, kind, offset] of [
  ['h1', 'addresses', 0.25],
  ['h2', 'bridge', 0.75],
  ...(exhaustive
    ? ([
        ['h1', 'bridge', 0],
        ['h2', 'addresses', 0],
      ] as const)
    : []),
] as const) {
  describe(`a link on ${name}, its host's end with ${kind}, killed before its commands in turn`, () => {
    let host: LabHost;
    let trace: string;
    let killer: Awaited<ReturnType<typeof killAt>>;
    let link: LinkState;
    const veth = () => provider('VethPeering', host);
    const inputs = (address: string, mtu = 1500) => ({
      owner: 'test/dev/ln-fault',
      a: end('ln-f', 'lneth1', address, 'fd00:95::1/64'),
      b:
        kind === 'addresses'
          ? end(undefined, 'lnhost', '10.95.0.2/24', 'fd00:95::2/64')
          : { ...end(undefined, 'lnhost'), bridge: `lnlan${mtu}` },
      mtu,
    });
    const first = () => inputs('10.95.0.1/24');
    const second = () => inputs('10.95.0.9/24', 1400);
    const works = async () => {
      if (kind === 'addresses') return reaches(host, 'ln-f', '10.95.0.2');
      return /\bUP\b.* master lnlan1500 /.test(
        (await host.run(['ip', 'link', 'show', 'dev', 'lnhost'])).stdout,
      );
    };
    const create = async () => {
      link = await veth().create(first());
    };
    const remove = async () => {
      await veth().delete(link);
      assert.equal(await linkTrace(host), trace);
    };

    before(async () => {
      host = (await hosts()).find((each) => each.name === name) as LabHost;
      await makeMachine(host, 'ln-f');
      await host.sh('systemctl start systemd-nspawn@ln-f');
      trace = await linkTrace(host);
      killer = await killAt(host, 'link:*', commands);
    });
    after(async () => {
      await killer?.remove();
      await removeMachine(host, 'ln-f');
    });

    test('made again, it is whole; deleted from any point, it leaves nothing', async () => {
      const commands = await killer.runAtSome(
        { points, offset },
        create,
        async ({ error }, nth) => {
          // Where nothing was recorded, nothing may be left; otherwise the engine updates, or deletes, what it knows.
          if (error?.id === undefined) return assert.equal(await linkTrace(host), trace);
          link = { id: error.id, outs: error.properties };
          if (nth % 2 === 0) return;
          await veth().update(link, first());
          assert.deepEqual((await veth().read(link))?.drift, {});
          assert.ok(await works());
          // Else it would not come with the machine's next start.
          const { stdout } = await host.run([
            'systemctl',
            'show',
            '-P',
            'Wants',
            'systemd-nspawn@ln-f.service',
          ]);
          assert.match(stdout, /pulumi-nspawn-links@ln-f\.service/);
        },
        remove,
      );
      assert.ok(commands > 20, `${commands} commands`);
    });

    test('changed again, it is as asked for', async () => {
      await create();
      const made = link;
      const change = async () => {
        link = await veth().update(made, second());
      };
      await killer.runAtSome(
        { points, offset },
        change,
        async () => {
          await change();
          assert.deepEqual((await veth().read(link))?.drift, {});
        },
        async () => {
          link = await veth().update(made, first());
        },
      );
      await remove();
    });

    test('deleted again, nothing is left', async () => {
      await create();
      await killer.runAtSome({ points, offset }, () => veth().delete(link), remove, create);
      await remove();
    });
  });
}
