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
const stride = process.env.PULUMI_NSPAWN_EXHAUSTIVE ? 1 : 6;

// The host's end has addresses, or is the port of a bridge.
for (const [name, kind, first] of [
  ['h1', 'addresses', 1],
  ['h2', 'bridge', stride === 1 ? 1 : 4],
  ...(stride === 1
    ? ([
        ['h1', 'bridge', 1],
        ['h2', 'addresses', 1],
      ] as const)
    : []),
] as const) {
  describe(`a link on ${name}, its host's end with ${kind}, killed before its commands in turn`, () => {
    let host: LabHost;
    let trace: string;
    let killer: Awaited<ReturnType<typeof killAt>>;
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
    const works = async () => {
      if (kind === 'addresses') return reaches(host, 'ln-f', '10.95.0.2');
      return /\bUP\b.* master lnlan1500 /.test(
        (await host.run(['ip', 'link', 'show', 'dev', 'lnhost'])).stdout,
      );
    };

    // Runs the operation again and again, killed some commands later each time, until it ends by itself.
    const killedAtEach = async (
      operation: () => Promise<unknown>,
      afterwards: (error: Error & { id?: string; properties?: object }) => Promise<void>,
    ): Promise<number> => {
      for (let at = first; ; at += stride) {
        const { reached, error } = await killer.run(at, operation);
        if (reached < at) {
          assert.equal(error, undefined);
          return at;
        }
        if (error) await afterwards(error);
      }
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
      let times = 0;
      let made: LinkState | undefined;
      await killedAtEach(
        async () => {
          made = await veth().create(inputs('10.95.0.1/24'));
        },
        async (error) => {
          times += 1;
          // Where nothing was recorded, nothing may be left; otherwise the engine updates, or deletes, what it knows.
          if (error.id === undefined) return assert.equal(await linkTrace(host), trace);
          const partial: LinkState = { id: error.id, outs: error.properties };
          if (times % 2 === 0) {
            await veth().update(partial, inputs('10.95.0.1/24'));
            assert.deepEqual((await veth().read(partial))?.drift, {});
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
          }
          await veth().delete(partial);
          assert.equal(await linkTrace(host), trace);
        },
      );
      assert.ok(times * stride > 20, `${times} commands`);
      await veth().delete(made as LinkState);
    });

    test('changed again, it is as asked for', async () => {
      const first = inputs('10.95.0.1/24');
      const made = await veth().create(first);
      let state = made;
      await killedAtEach(
        async () => {
          state = await veth().update(made, inputs('10.95.0.9/24', 1400));
        },
        async () => {
          const mended = await veth().update(made, inputs('10.95.0.9/24', 1400));
          assert.deepEqual((await veth().read(mended))?.drift, {});
          await veth().update(mended, first);
        },
      );
      await veth().delete(state);
      assert.equal(await linkTrace(host), trace);
    });

    test('deleted again, nothing is left', async () => {
      const link = await veth().create(inputs('10.95.0.1/24'));
      await killedAtEach(
        () => veth().delete(link),
        async () => {
          await veth().delete(link);
          assert.equal(await linkTrace(host), trace);
          await veth().create(inputs('10.95.0.1/24'));
        },
      );
      assert.equal(await linkTrace(host), trace);
    });
  });
}
