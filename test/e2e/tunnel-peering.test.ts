import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { closeSessions } from '../../provider/host/pool';
import type { LabHost } from '../lab';
import { waitUntil } from '../lab/wait';
import { connectionTo, hosts } from './hosts';
import {
  interfaceIn,
  type LinkState,
  limitsOf,
  linkTrace,
  makeMachine,
  provider,
  reaches,
  removeMachine,
} from './link';

after(closeSessions);

for (const family of [4, 6] as const) {
  describe(`TunnelPeering over IPv${family}`, () => {
    let h1: LabHost;
    let h2: LabHost;
    let traces: string[];
    let tunnel: LinkState;
    const resource = provider('TunnelPeering');
    const tunnelEnd = (
      host: LabHost,
      machineName: string | undefined,
      name: string,
      ...addresses: string[]
    ) => ({
      connection: connectionTo(host),
      ...(machineName ? { machineName } : {}),
      interface: name,
      addresses,
      underlay: family === 4 ? host.address : host.address6,
    });
    const inputs = (changes: Record<string, unknown> = {}) => ({
      owner: 'test/dev/ln-tunnel',
      a: tunnelEnd(h1, 'ln-t', 'lntun', '10.96.0.0/31', 'fd00:96::1/64'),
      b: tunnelEnd(h2, 'ln-t', 'lntun', '10.96.0.1/31', 'fd00:96::2/64'),
      ...changes,
    });
    const isBack = (seconds = 20) =>
      waitUntil('the tunnel is back', seconds, () => reaches(h1, 'ln-t', '10.96.0.1'));

    before(async () => {
      [h1, h2] = (await hosts()) as [LabHost, LabHost];
      await Promise.all([h1, h2].map((host) => makeMachine(host, 'ln-t')));
      traces = await Promise.all([h1, h2].map(linkTrace));
    });
    after(async () => {
      await Promise.all([h1, h2].map((host) => removeMachine(host, 'ln-t')));
    });

    test('made before its machines run, it comes when they have started', async () => {
      tunnel = await resource.create(inputs());
      assert.deepEqual((await resource.read(tunnel))?.drift, {});
      await Promise.all([h1, h2].map((host) => host.sh('systemctl start systemd-nspawn@ln-t')));
      await isBack();
      assert.ok(await reaches(h2, 'ln-t', 'fd00:96::1'));
      const seen = await interfaceIn(h2, 'ln-t', 'lntun');
      assert.equal(seen?.mtu, family === 4 ? 1450 : 1430);
      assert.equal(seen?.address, tunnel.outs.b.mac);
      assert.deepEqual((await resource.read(tunnel))?.drift, {});
    });

    test('packets as large as its MTU get through whole', async () => {
      const size = (family === 4 ? 1450 : 1430) - 28;
      const { exitCode } = await h1.sh(
        `nsenter -t "$(machinectl show -p Leader --value ln-t)" -n ping -M do -s ${size} -c 1 -W 2 10.96.0.1`,
        { reject: false },
      );
      assert.equal(exitCode, 0);
    });

    test('applied again, it changes nothing', async () => {
      const before = await interfaceIn(h1, 'ln-t', 'lntun');
      await resource.update(tunnel, inputs());
      assert.equal((await interfaceIn(h1, 'ln-t', 'lntun'))?.ifindex, before?.ifindex);
    });

    test('what leaves by an end is limited, and not any more', async () => {
      const limits = () => limitsOf(h1, 'ln-t', 'lntun');
      const limited = await resource.update(tunnel, inputs({ a: { ...inputs().a, rate: '20M' } }));
      assert.match(await limits(), /tbf .*rate 20Mbit/);
      assert.deepEqual((await resource.read(limited))?.drift, {});
      tunnel = await resource.update(limited, inputs());
      assert.doesNotMatch(await limits(), /tbf/);
      assert.ok(await reaches(h1, 'ln-t', '10.96.0.1'));
    });

    test('a change of connections alone touches no host', async () => {
      const unreachable = { ...connectionTo(h1), host: '192.0.2.1', dialErrorLimit: 1, perDialTimeout: 1 };
      const moved = await resource.update(tunnel, inputs({ a: { ...inputs().a, connection: unreachable } }));
      assert.equal(moved.outs.a.connection.host, '192.0.2.1');
      assert.equal(moved.outs.a.mac, tunnel.outs.a.mac);
      const back = await resource.update(moved, inputs());
      assert.deepEqual(back.outs, tunnel.outs);
    });

    for (const [what, command] of [
      ['systemctl restart of a machine', 'systemctl restart systemd-nspawn@ln-t'],
      ['machinectl terminate and a start', 'machinectl terminate ln-t; systemctl start systemd-nspawn@ln-t'],
    ] as const) {
      test(`comes back after ${what}`, async () => {
        await h1.sh(command);
        await isBack();
        assert.deepEqual((await resource.read(tunnel))?.drift, {});
      });
    }

    test('VNI and port are changed by making it anew, addresses in place', async () => {
      const changed = await resource.update(tunnel, inputs({ vni: 4242, port: 14790 }));
      assert.ok(await reaches(h1, 'ln-t', '10.96.0.1'));
      const before = await interfaceIn(h1, 'ln-t', 'lntun');
      const a = tunnelEnd(h1, 'ln-t', 'lntun', '10.96.0.0/31', 'fd00:96::3/64');
      const readdressed = await resource.update(changed, inputs({ vni: 4242, port: 14790, a }));
      const now = await interfaceIn(h1, 'ln-t', 'lntun');
      assert.deepEqual([now?.ifindex, now?.global], [before?.ifindex, ['10.96.0.0/31', 'fd00:96::3/64']]);
      tunnel = await resource.update(readdressed, inputs());
      assert.ok(await reaches(h1, 'ln-t', '10.96.0.1'));
    });

    test('set down, both ends keep what they have; up again, it works at once', async () => {
      const down = await resource.update(tunnel, inputs({ adminState: 'down' }));
      const seen = await Promise.all([h1, h2].map((host) => interfaceIn(host, 'ln-t', 'lntun')));
      assert.deepEqual(
        seen.map((each) => [each?.flags.includes('UP'), each?.global]),
        [
          [false, ['10.96.0.0/31', 'fd00:96::1/64']],
          [false, ['10.96.0.1/31', 'fd00:96::2/64']],
        ],
      );
      assert.deepEqual((await resource.read(down))?.drift, {});
      tunnel = await resource.update(down, inputs());
      assert.ok(await reaches(h1, 'ln-t', 'fd00:96::2'));
      assert.equal((await interfaceIn(h1, 'ln-t', 'lntun'))?.ifindex, seen[0]?.ifindex);
    });

    for (const [what, command, drift] of [
      ['a deleted end', 'ip link delete lntun', { state: 'partial' }],
      ['an end that was set down', 'ip link set lntun down', { state: 'down', b: ['10.96.0.1/31'] }],
      ['another MTU', 'ip link set lntun mtu 1300', { mtu: 1300 }],
      ['a renamed end', 'ip link set lntun down; ip link set lntun name lnother', { state: 'partial' }],
    ] as const) {
      test(`${what} shows as drift, and an update mends it`, async () => {
        await h2.sh(`nsenter -t "$(machinectl show -p Leader --value ln-t)" -n sh -c '${command}'`);
        const b = 'b' in drift ? { b: { ...tunnel.outs.b, addresses: drift.b } } : {};
        assert.deepEqual((await resource.read(tunnel))?.drift, { ...drift, ...b });
        tunnel = await resource.update(tunnel, inputs());
        assert.deepEqual((await resource.read(tunnel))?.drift, {});
        assert.ok(await reaches(h1, 'ln-t', '10.96.0.1'));
      });
    }

    test('a second tunnel with the same VNI and port is refused, another VNI is not', async () => {
      const second = (vni: number) => ({
        owner: 'test/dev/ln-second',
        a: tunnelEnd(h1, undefined, 'lnhost', '10.96.1.1/30'),
        b: tunnelEnd(h2, 'ln-t', 'lntun2', '10.96.1.2/30'),
        vni,
      });
      await assert.rejects(resource.create(second(tunnel.outs.vni)), (error: Error & { id?: string }) => {
        assert.match(error.message, /has the VNI \d+ and the same port: choose another vni/);
        assert.match(error.message, new RegExp(`on ${h1.address}`));
        assert.match(error.message, new RegExp(`on ${h2.address}`));
        assert.equal(error.id, undefined, 'nothing was changed');
        return true;
      });
      const made = await resource.create(second(4243));
      assert.ok(await reaches(h2, 'ln-t', '10.96.1.1'));
      await resource.delete(made);
      assert.equal(await interfaceIn(h1, undefined, 'lnhost'), undefined);
    });

    test('where one host cannot be reached the other end is made, the error names the host, and an update repairs', async () => {
      const third = (connection: object) => ({
        owner: 'test/dev/ln-third',
        a: tunnelEnd(h1, undefined, 'lnhost', '10.96.1.1/30'),
        b: { ...tunnelEnd(h2, 'ln-t', 'lntun3', '10.96.1.2/30'), connection },
      });
      const unreachable = { ...connectionTo(h2), port: 9, dialErrorLimit: 1, perDialTimeout: 2 };
      let partial: LinkState | undefined;
      await assert.rejects(
        resource.create(third(unreachable)),
        (error: Error & { id?: string; properties?: object }) => {
          assert.match(error.message, new RegExp(`${h2.address}:9`));
          partial = { id: String(error.id), outs: error.properties };
          return true;
        },
      );
      assert.ok(await interfaceIn(h1, undefined, 'lnhost'));
      const repaired = await resource.update(partial as LinkState, third(connectionTo(h2)));
      assert.equal(repaired.outs.incomplete, undefined);
      assert.ok(await reaches(h2, 'ln-t', '10.96.1.1'));
      await resource.delete(repaired);
    });

    test('deleted, it leaves nothing behind on either host, twice', async () => {
      await resource.delete(tunnel);
      assert.deepEqual(await Promise.all([h1, h2].map(linkTrace)), traces);
      await resource.delete(tunnel);
      assert.equal(await resource.read(tunnel), undefined);
    });
  });
}

test('an end on the host itself comes back after a reboot of the host', async () => {
  const [h1, h2] = (await hosts()) as [LabHost, LabHost];
  const resource = provider('TunnelPeering');
  const tunnelEnd = (host: LabHost, address: string) => ({
    connection: connectionTo(host),
    interface: 'lnhost',
    addresses: [address],
    underlay: host.address,
  });
  const tunnel = await resource.create({
    owner: 'test/dev/ln-hosts',
    a: tunnelEnd(h1, '10.96.2.1/30'),
    b: tunnelEnd(h2, '10.96.2.2/30'),
  });
  const answers = async () => (await h1.sh('ping -c 1 -W 1 -q 10.96.2.2', { reject: false })).exitCode === 0;
  assert.ok(await answers());
  await h2.reboot();
  await waitUntil('the tunnel is back', 30, answers);
  assert.deepEqual((await resource.read(tunnel))?.drift, {});
  await resource.delete(tunnel);
  assert.equal(await answers(), false);
});
