import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { closeSessions } from '../../provider/host/pool';
import type { LabHost } from '../lab';
import { waitUntil } from '../lab/wait';
import { connectionTo, hosts } from './hosts';
import {
  end,
  interfaceIn,
  type LinkState,
  linkTrace,
  makeMachine,
  provider,
  reaches,
  removeMachine,
} from './link';

after(closeSessions);

/** A bridge and the names of its ports. */
const bridgeOn = async (
  host: LabHost,
  bridge: string,
): Promise<{ alias: string; ports: string[] } | undefined> => {
  const { stdout, exitCode } = await host.sh(
    `test -e /sys/class/net/${bridge} && echo "$(cat /sys/class/net/${bridge}/ifalias)" && ls /sys/class/net/${bridge}/brif`,
    { reject: false },
  );
  if (exitCode !== 0) return undefined;
  const [alias = '', ...ports] = stdout.split('\n');
  return { alias, ports: ports.filter(Boolean) };
};

for (const name of ['h1', 'h2']) {
  describe(`links of one bridge on ${name}`, () => {
    let host: LabHost;
    let trace: string;
    const links: LinkState[] = [];
    const machines = ['ln-p', 'ln-q', 'ln-r'];
    const veth = () => provider('VethPeering', host);
    const inputs = (index: number, port: Record<string, unknown> = { bridge: 'lnlan' }) => ({
      owner: `test/dev/ln-bridge-${index}`,
      a: end(machines[index], 'lneth1', `10.94.0.${index + 1}/24`, `fd00:94::${index + 1}/64`),
      b: { ...end(undefined, `lnport${index}`), ...port },
    });
    const port = (index: number) => links[index] as LinkState;
    const allReachAll = () =>
      Promise.all(
        machines.flatMap((from) =>
          ['10.94.0.1', '10.94.0.2', '10.94.0.3', 'fd00:94::1', 'fd00:94::2', 'fd00:94::3'].map(async (to) =>
            assert.ok(await reaches(host, from, to), `${to} from ${from}`),
          ),
        ),
      );

    before(async () => {
      host = (await hosts()).find((each) => each.name === name) as LabHost;
      await Promise.all(machines.map((machine) => makeMachine(host, machine)));
      await host.sh('systemctl start systemd-nspawn@ln-p systemd-nspawn@ln-q');
      trace = await linkTrace(host);
    });
    after(async () => {
      for (const machine of machines) await removeMachine(host, machine);
    });

    test('its machines reach each other, and the host has no part in it', async () => {
      links.push(...(await Promise.all(machines.map((_, index) => veth().create(inputs(index))))));
      assert.deepEqual(await bridgeOn(host, 'lnlan'), {
        alias: 'pulumi-nspawn bridge test/dev',
        ports: ['lnport0', 'lnport1'],
      });
      // One that starts later is a port from then on.
      await host.sh('systemctl start systemd-nspawn@ln-r');
      await waitUntil('the third is a port', 20, async () => {
        const bridge = await bridgeOn(host, 'lnlan');
        return bridge?.ports.length === 3;
      });
      await allReachAll();
      const { stdout } = await host.sh(
        'ip -o address show dev lnlan; cat /sys/class/net/lnlan/bridge/stp_state',
      );
      assert.equal(stdout.trim(), '0');
      for (const link of links) assert.deepEqual((await veth().read(link))?.drift, {});
    });

    test('applied again, it changes nothing', async () => {
      const before = await interfaceIn(host, undefined, 'lnport1');
      await veth().update(port(1), inputs(1));
      assert.equal((await interfaceIn(host, undefined, 'lnport1'))?.ifindex, before?.ifindex);
    });

    for (const [what, command, drifted] of [
      ['a port that was taken out', 'ip link set dev lnport1 nomaster', [1]],
      ['a bridge that was set down', 'ip link set dev lnlan down', [0, 1, 2]],
      ['a bridge that was deleted', 'ip link delete dev lnlan', [0, 1, 2]],
      [
        'a port of another bridge',
        'ip link add name lnother type bridge; ip link set dev lnport1 master lnother up',
        [1],
      ],
    ] as const) {
      test(`${what} is drift, and mended`, async () => {
        await host.sh(command);
        for (const [index, link] of links.entries()) {
          const drift = (await veth().read(link))?.drift;
          if (!(drifted as readonly number[]).includes(index)) {
            assert.deepEqual(drift, {});
            continue;
          }
          const { bridge, ...rest } = (drift?.b ?? {}) as Record<string, unknown>;
          assert.notEqual(bridge, 'lnlan');
          assert.equal(rest.interface, `lnport${index}`);
        }
        for (const [index, link] of links.entries()) await veth().update(link, inputs(index));
        for (const link of links) assert.deepEqual((await veth().read(link))?.drift, {});
        await allReachAll();
        await host.sh('ip link delete dev lnother', { reject: false });
      });
    }

    test('a machine that restarts is back', async () => {
      await host.sh('systemctl restart systemd-nspawn@ln-q');
      await waitUntil('the link is back', 20, () => reaches(host, 'ln-q', '10.94.0.1'));
      await allReachAll();
    });

    test('another stack may not join it, nor take its name for an interface', async () => {
      const other = { ...inputs(0), owner: 'test/other/ln-bridge', a: end('ln-p', 'lneth2') };
      const joining = { ...other, b: { ...end(undefined, 'lnport9'), bridge: 'lnlan' } };
      await assert.rejects(
        veth().create(joining),
        /the bridge lnlan of the host was made for links of the stack test\/dev: choose another name/,
      );
      await assert.rejects(
        veth().create({ ...joining, b: { ...joining.b, bridge: 'lnport0' } }),
        /the host has an interface lnport0 already, which is no bridge/,
      );
      await assert.rejects(
        veth().create({ ...other, b: end(undefined, 'lnlan') }),
        /the host has an interface lnlan already, which this link did not make/,
      );
      await allReachAll();
    });

    test('a link goes to another bridge live, and the one without links goes', async () => {
      for (const index of machines.keys()) {
        links[index] = await veth().update(port(index), inputs(index, { bridge: 'lnlan2' }));
      }
      await allReachAll();
      assert.equal(await bridgeOn(host, 'lnlan'), undefined);
      assert.equal((await bridgeOn(host, 'lnlan2'))?.ports.length, 3);
    });

    test('a bridge of others is used as it is, and stays', async () => {
      await host.sh('ip link add name lnown type bridge stp_state 1; ip link set dev lnown up');
      links[0] = await veth().update(port(0), inputs(0, { bridge: 'lnown' }));
      assert.deepEqual(await bridgeOn(host, 'lnown'), { alias: '', ports: ['lnport0'] });
      // Without one in the program it is no port any more.
      links[0] = await veth().update(port(0), inputs(0, {}));
      assert.deepEqual(await bridgeOn(host, 'lnown'), { alias: '', ports: [] });
      assert.deepEqual((await veth().read(port(0)))?.drift, {});
      // And whose hand makes it one then is nobody's fault.
      await host.sh('ip link set dev lnport0 master lnown');
      assert.deepEqual((await veth().read(port(0)))?.drift, {});
      await veth().update(port(0), inputs(0, {}));
      assert.deepEqual((await bridgeOn(host, 'lnown'))?.ports, ['lnport0']);
      assert.equal((await host.sh('cat /sys/class/net/lnown/bridge/stp_state')).stdout.trim(), '1');
    });

    test('deleted, nothing of them is left, and what others made is', async () => {
      for (const link of links) await veth().delete(link);
      assert.deepEqual(await bridgeOn(host, 'lnown'), { alias: '', ports: [] });
      await host.sh('ip link delete dev lnown');
      assert.equal(await linkTrace(host), trace);
    });
  });
}

describe('a segment over two hosts', () => {
  let both: [LabHost, LabHost];
  let traces: string[];
  let tunnel: LinkState;
  let links: LinkState[];
  const resource = provider('TunnelPeering');
  const tunnelInputs = () => {
    const [a, b] = both.map((host) => ({
      connection: connectionTo(host),
      ...end(undefined, 'lntrunk'),
      underlay: host.address,
      bridge: 'lnlan',
    }));
    return { owner: 'test/dev/ln-trunk', a, b };
  };
  const addresses = ['10.94.1.1', '10.94.1.2'];
  const isBack = () =>
    waitUntil('both ends reach each other', 30, async () => {
      const reached = await Promise.all(
        both.map((host, index) => reaches(host, 'ln-s', addresses[1 - index] as string)),
      );
      return reached.every(Boolean);
    });

  before(async () => {
    both = (await hosts()) as [LabHost, LabHost];
    await Promise.all(both.map((host) => makeMachine(host, 'ln-s')));
    await Promise.all(both.map((host) => host.sh('systemctl enable --now systemd-nspawn@ln-s')));
    traces = await Promise.all(both.map(linkTrace));
  });
  after(async () => {
    await Promise.all(both.map((host) => removeMachine(host, 'ln-s')));
  });

  test('a tunnel between bridges carries it', async () => {
    [tunnel, ...links] = (await Promise.all([
      resource.create(tunnelInputs()),
      ...both.map((host, index) =>
        provider('VethPeering', host).create({
          owner: `test/dev/ln-segment-${index}`,
          a: end('ln-s', 'lneth1', `${addresses[index]}/24`, `fd00:94:1::${index + 1}/64`),
          b: { ...end(undefined, 'lnport'), bridge: 'lnlan' },
          mtu: 1450,
        }),
      ),
    ])) as [LinkState, ...LinkState[]];
    await isBack();
    assert.ok(await reaches(both[0], 'ln-s', 'fd00:94:1::2'));
    assert.deepEqual((await resource.read(tunnel))?.drift, {});
    for (const host of both) {
      assert.deepEqual((await bridgeOn(host, 'lnlan'))?.ports, ['lnport', 'lntrunk']);
    }
    const { exitCode } = await both[0].sh(
      `nsenter -t "$(machinectl show -p Leader --value ln-s)" -n ping -M do -s 1422 -c 1 -W 2 ${addresses[1]}`,
      { reject: false },
    );
    assert.equal(exitCode, 0, 'packets as large as its MTU');
  });

  test('after a reboot of a host it is back by itself', async () => {
    await both[0].reboot();
    await isBack();
    assert.deepEqual((await resource.read(tunnel))?.drift, {});
  });

  test('deleted in any order, nothing of it is left', async () => {
    await resource.delete(tunnel);
    assert.deepEqual((await bridgeOn(both[0], 'lnlan'))?.ports, ['lnport']);
    for (const [index, link] of links.entries()) {
      await provider('VethPeering', both[index] as LabHost).delete(link);
    }
    assert.deepEqual(await Promise.all(both.map(linkTrace)), traces);
  });
});
