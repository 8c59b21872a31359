import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { closeSessions } from '../../provider/host/pool';
import type { LabHost } from '../lab';
import { waitUntil } from '../lab/wait';
import { hosts } from './hosts';
import {
  end,
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

for (const name of ['h1', 'h2']) {
  describe(`VethPeering on ${name}`, () => {
    let host: LabHost;
    let trace: string;
    let link: LinkState;
    const veth = () => provider('VethPeering', host);
    const inputs = (changes: Record<string, unknown> = {}) => ({
      owner: 'test/dev/ln-link',
      a: end('ln-a', 'lneth1', '10.97.0.0/31', 'fd00:97::1/64'),
      b: end('ln-b', 'lneth1', '10.97.0.1/31', 'fd00:97::2/64'),
      ...changes,
    });
    const isBack = (seconds = 20) =>
      waitUntil('the link is back', seconds, () => reaches(host, 'ln-a', '10.97.0.1'));

    before(async () => {
      host = (await hosts()).find((each) => each.name === name) as LabHost;
      await Promise.all(['ln-a', 'ln-b', 'ln-c'].map((machine) => makeMachine(host, machine)));
      trace = await linkTrace(host);
    });
    after(async () => {
      for (const machine of ['ln-a', 'ln-b', 'ln-c']) await removeMachine(host, machine);
    });

    test('made before its machines run, it comes when both have started, and starts neither', async () => {
      link = await veth().create(inputs());
      assert.equal(await interfaceIn(host, 'ln-a', 'lneth1'), undefined);
      await host.sh('systemctl start systemd-nspawn@ln-a');
      assert.equal(
        (await host.sh('systemctl is-active systemd-nspawn@ln-b', { reject: false })).stdout.trim(),
        'inactive',
      );
      assert.deepEqual((await veth().read(link))?.drift, {}, 'waiting is no drift');
      await host.sh('systemctl start systemd-nspawn@ln-b');
      await isBack();
      const made = await interfaceIn(host, 'ln-a', 'lneth1');
      assert.equal(made?.address, link.outs.a.mac);
      assert.equal(made?.ifalias, `pulumi-nspawn test/dev/ln-link ${link.outs.linkId}`);
      assert.equal(made?.mtu, 1500);
      assert.ok(await reaches(host, 'ln-a', 'fd00:97::2'));
      assert.equal((await host.sh('systemctl --failed --no-legend --plain')).stdout, '');
    });

    test('applied again, it changes nothing', async () => {
      const before = await interfaceIn(host, 'ln-a', 'lneth1');
      await veth().update(link, inputs());
      assert.equal((await interfaceIn(host, 'ln-a', 'lneth1'))?.ifindex, before?.ifindex);
      assert.deepEqual((await veth().read(link))?.drift, {});
    });

    for (const [what, command] of [
      ['systemctl restart of one machine', 'systemctl restart systemd-nspawn@ln-a'],
      ['systemctl restart of the other', 'systemctl restart systemd-nspawn@ln-b'],
      ['a restart of both at once', 'systemctl restart systemd-nspawn@ln-a systemd-nspawn@ln-b'],
      ['a stop and a start', 'systemctl stop systemd-nspawn@ln-b; systemctl start systemd-nspawn@ln-b'],
      ['machinectl terminate and a start', 'machinectl terminate ln-a; systemctl start systemd-nspawn@ln-a'],
      [
        'a crash of the machine and a start',
        'main=$(systemctl show -P MainPID systemd-nspawn@ln-a); kill -9 "$(machinectl show -p Leader --value ln-a)"; timeout 20 tail --pid="$main" -f /dev/null; systemctl stop systemd-nspawn@ln-a; systemctl reset-failed systemd-nspawn@ln-a 2>/dev/null; systemctl start systemd-nspawn@ln-a',
      ],
    ] as const) {
      test(`comes back after ${what}`, async () => {
        const before = (await interfaceIn(host, 'ln-a', 'lneth1'))?.ifindex;
        assert.ok(before);
        await host.sh(`${command}; systemctl is-active systemd-nspawn@ln-a systemd-nspawn@ln-b`);
        await isBack();
        const { stdout } = await host.sh('systemctl --failed --no-legend --plain');
        assert.equal(stdout, '');
        assert.deepEqual((await veth().read(link))?.drift, {});
      });
    }

    test('comes back after machinectl reboot', async () => {
      const leader = (await host.sh('machinectl show -p Leader --value ln-a')).stdout;
      await host.sh('machinectl reboot ln-a');
      await waitUntil('the machine has rebooted', 30, async () => {
        const { stdout } = await host.sh('machinectl show -p Leader --value ln-a', { reject: false });
        return stdout.trim() !== '' && stdout !== leader;
      });
      await isBack();
      assert.deepEqual((await veth().read(link))?.drift, {});
    });

    test('a change of one address leaves the rest as it is', async () => {
      const before = await interfaceIn(host, 'ln-a', 'lneth1');
      await host.sh(
        `nsenter -t "$(machinectl show -p Leader --value ln-a)" -n sh -c 'ip -o monitor address </dev/null >/tmp/ln-monitor 2>&1 & echo $! >/tmp/ln-monitor.pid'`,
      );
      link = await veth().update(link, inputs({ a: end('ln-a', 'lneth1', '10.97.0.0/31', 'fd00:97::3/64') }));
      await host.sh('kill "$(cat /tmp/ln-monitor.pid)"; rm /tmp/ln-monitor.pid');
      const seen = (await host.sh('cat /tmp/ln-monitor; rm /tmp/ln-monitor')).stdout;
      assert.match(seen, /Deleted .*fd00:97::1\/64/);
      assert.match(seen, /fd00:97::3\/64/);
      assert.doesNotMatch(seen, /10\.97/);
      const now = await interfaceIn(host, 'ln-a', 'lneth1');
      assert.equal(now?.ifindex, before?.ifindex);
      assert.deepEqual(now?.global, ['10.97.0.0/31', 'fd00:97::3/64']);
      link = await veth().update(link, inputs());
    });

    test('MTU and MAC address are changed in place', async () => {
      const before = await interfaceIn(host, 'ln-b', 'lneth1');
      const b = { ...end('ln-b', 'lneth1', '10.97.0.1/31', 'fd00:97::2/64'), mac: '02:00:00:00:97:01' };
      const changed = await veth().update(link, inputs({ b, mtu: 1400 }));
      const now = await interfaceIn(host, 'ln-b', 'lneth1');
      assert.deepEqual([now?.ifindex, now?.mtu, now?.address], [before?.ifindex, 1400, '02:00:00:00:97:01']);
      link = await veth().update(changed, inputs());
      assert.equal((await interfaceIn(host, 'ln-b', 'lneth1'))?.mtu, 1500);
    });

    test('metrics are changed without taking an address away, and show as drift', async () => {
      const before = await interfaceIn(host, 'ln-a', 'lneth1');
      const metric = (value: number) => inputs({ a: { ...inputs().a, metric: value } });
      const routes = () => inNamespace(host, 'ln-a', 'ip route show dev lneth1; ip -6 route show dev lneth1');
      link = await veth().update(link, metric(70));
      assert.match(await routes(), /^10\.97\.0\.0\/31 .*metric 70 [\s\S]*^fd00:97::\/64 .*metric 70 /m);
      await host.sh(
        `nsenter -t "$(machinectl show -p Leader --value ln-a)" -n sh -c 'ip -o monitor address </dev/null >/tmp/ln-monitor 2>&1 & echo $! >/tmp/ln-monitor.pid'`,
      );
      link = await veth().update(link, metric(80));
      await host.sh('kill "$(cat /tmp/ln-monitor.pid)"; rm /tmp/ln-monitor.pid');
      assert.doesNotMatch((await host.sh('cat /tmp/ln-monitor; rm /tmp/ln-monitor')).stdout, /Deleted/);
      await inNamespace(host, 'ln-a', 'ip address change fd00:97::1/64 dev lneth1 nodad metric 90');
      assert.deepEqual((await veth().read(link))?.drift, { a: { ...link.outs.a, metric: 90 } });
      link = await veth().update(link, inputs());
      assert.match(await routes(), /^10\.97\.0\.0\/31 (?!.*metric)[\s\S]*^fd00:97::\/64 .*metric 256 /m);
      assert.deepEqual((await veth().read(link))?.drift, {});
      assert.equal((await interfaceIn(host, 'ln-a', 'lneth1'))?.ifindex, before?.ifindex);
    });

    test('what leaves by an end is limited live, also after a restart, and shows as drift', async () => {
      const limited = (rate: string) => inputs({ a: { ...inputs().a, rate } });
      const limits = () => limitsOf(host, 'ln-a', 'lneth1');
      const before = await interfaceIn(host, 'ln-a', 'lneth1');
      link = await veth().update(link, limited('2M'));
      assert.match(await limits(), /^qdisc tbf .* rate 2Mbit .*lat 50/);
      await inNamespace(host, 'ln-a', 'ping -q -f -c 200 -s 1400 10.97.0.1 || :');
      assert.match(await limits(), /overlimits [1-9]/);
      assert.doesNotMatch(await limitsOf(host, 'ln-b', 'lneth1'), /tbf/);
      assert.deepEqual((await veth().read(link))?.drift, {});
      link = await veth().update(link, limited('1.5G'));
      assert.match(await limits(), /rate 1500Mbit/);
      assert.equal((await interfaceIn(host, 'ln-a', 'lneth1'))?.ifindex, before?.ifindex);
      await host.sh('systemctl restart systemd-nspawn@ln-a');
      await isBack();
      await waitUntil('the limit is back', 20, async () => /rate 1500Mbit/.test(await limits()));

      await inNamespace(
        host,
        'ln-a',
        'tc qdisc replace dev lneth1 root tbf rate 3mbit burst 20k latency 9ms',
      );
      assert.deepEqual((await veth().read(link))?.drift, { a: { ...link.outs.a, rate: '3M' } });
      link = await veth().update(link, limited('1.5G'));
      await inNamespace(host, 'ln-a', 'tc qdisc delete dev lneth1 root');
      const { rate: _, ...unlimited } = link.outs.a;
      assert.deepEqual((await veth().read(link))?.drift, { a: unlimited });
      link = await veth().update(link, limited('1.5G'));
      assert.deepEqual((await veth().read(link))?.drift, {});
      link = await veth().update(link, inputs());
      assert.doesNotMatch(await limits(), /tbf/);
      // Where none is asked for, it is somebody else's.
      await inNamespace(
        host,
        'ln-a',
        'tc qdisc replace dev lneth1 root tbf rate 3mbit burst 20k latency 9ms',
      );
      assert.deepEqual((await veth().read(link))?.drift, {});
      link = await veth().update(link, inputs());
      assert.match(await limits(), /rate 3Mbit/);
      await inNamespace(host, 'ln-a', 'tc qdisc delete dev lneth1 root');
    });

    test('set down, it keeps its interfaces and addresses, also over a restart, and comes up again', async () => {
      const down = inputs({ adminState: 'down', a: { ...inputs().a, metric: 70 } });
      const before = await interfaceIn(host, 'ln-a', 'lneth1');
      link = await veth().update(link, down);
      assert.equal(link.outs.state, 'down');
      const now = await interfaceIn(host, 'ln-a', 'lneth1');
      assert.deepEqual([now?.ifindex, now?.global], [before?.ifindex, ['10.97.0.0/31', 'fd00:97::1/64']]);
      assert.equal((await interfaceIn(host, 'ln-b', 'lneth1'))?.flags.includes('UP'), false);
      assert.deepEqual((await veth().read(link))?.drift, {});
      await host.sh('systemctl restart systemd-nspawn@ln-a');
      await waitUntil('the link is there again', 20, () => interfaceIn(host, 'ln-a', 'lneth1'));
      await waitUntil('its unit has ended', 20, async () => {
        const unit = await host.sh('systemctl is-active pulumi-nspawn-links@ln-a', { reject: false });
        return unit.stdout.trim() === 'inactive';
      });
      assert.equal((await interfaceIn(host, 'ln-a', 'lneth1'))?.flags.includes('UP'), false);
      assert.deepEqual((await veth().read(link))?.drift, {});
      await inNamespace(host, 'ln-a', 'ip link set lneth1 up');
      assert.deepEqual((await veth().read(link))?.drift, { state: 'connected' });
      link = await veth().update(link, inputs({ a: { ...inputs().a, metric: 70 } }));
      assert.ok(await reaches(host, 'ln-a', '10.97.0.1'));
      assert.ok(await reaches(host, 'ln-a', 'fd00:97::2'));
      assert.match(
        await inNamespace(host, 'ln-a', 'ip -6 route show dev lneth1'),
        /fd00:97::\/64 .*metric 70 /,
      );
      link = await veth().update(link, inputs());
    });

    test('addresses that are not given are left to others; those given before go', async () => {
      const bare = await veth().update(link, inputs({ a: { machineName: 'ln-a', interface: 'lneth1' } }));
      assert.deepEqual((await interfaceIn(host, 'ln-a', 'lneth1'))?.global, []);
      await inNamespace(host, 'ln-a', 'ip address add 10.98.0.1/24 dev lneth1');
      assert.deepEqual((await veth().read(bare))?.drift, {});
      const again = await veth().update(bare, inputs({ a: { machineName: 'ln-a', interface: 'lneth1' } }));
      assert.deepEqual((await interfaceIn(host, 'ln-a', 'lneth1'))?.global, ['10.98.0.1/24']);
      link = await veth().update(again, inputs());
      assert.deepEqual((await interfaceIn(host, 'ln-a', 'lneth1'))?.global, [
        '10.97.0.0/31',
        'fd00:97::1/64',
      ]);
    });

    for (const [what, command, drift] of [
      ['a deleted link', 'ip link delete lneth1', { state: 'absent' }],
      [
        'an interface that was set down',
        'ip link set lneth1 down',
        { state: 'down', a: { addresses: ['10.97.0.0/31'] } },
      ],
      ['another MTU', 'ip link set lneth1 mtu 1300', { mtu: 1300 }],
      [
        'another MAC address',
        'ip link set lneth1 address 02:00:00:00:97:02',
        { a: { mac: '02:00:00:00:97:02' } },
      ],
      [
        'a missing address',
        'ip address delete 10.97.0.0/31 dev lneth1',
        { a: { addresses: ['fd00:97::1/64'] } },
      ],
      [
        'an address that nobody asked for',
        'ip address add 10.97.9.9/32 dev lneth1',
        { a: { addresses: ['10.97.0.0/31', 'fd00:97::1/64', '10.97.9.9/32'] } },
      ],
      [
        'a renamed interface',
        'ip link set lneth1 down; ip link set lneth1 name lnother',
        { state: 'partial' },
      ],
    ] as const) {
      test(`${what} shows as drift, and an update mends it`, async () => {
        await inNamespace(host, 'ln-a', command);
        const seen = await veth().read(link);
        const expected = 'a' in drift ? { ...drift, a: { ...link.outs.a, ...drift.a } } : drift;
        assert.deepEqual(seen?.drift, expected);
        link = await veth().update(link, inputs());
        assert.deepEqual((await veth().read(link))?.drift, {});
        assert.ok(await reaches(host, 'ln-a', '10.97.0.1'));
      });
    }

    for (const [what, command] of [
      ['its data', 'rm /var/lib/pulumi-nspawn/link-data/*'],
      ['the script', 'rm /var/lib/pulumi-nspawn/bin/links.sh'],
      ['a unit', 'rm /etc/systemd/system/pulumi-nspawn-links@.service'],
      [
        'a want of a unit',
        'rm /etc/systemd/system/systemd-nspawn@ln-a.service.wants/pulumi-nspawn-links@ln-a.service',
      ],
    ] as const) {
      test(`without ${what} on the host it counts as partial, and an update mends it`, async () => {
        await host.sh(command);
        assert.deepEqual((await veth().read(link))?.drift, { state: 'partial' });
        link = await veth().update(link, inputs());
        assert.deepEqual((await veth().read(link))?.drift, {});
      });
    }

    test('what an interrupted run left is cleaned by the next', async () => {
      const temporary = `pn${link.outs.linkId.slice(0, 12)}`;
      await inNamespace(host, 'ln-a', 'ip link delete lneth1');
      await host.sh(
        `a=$(machinectl show -p Leader --value ln-a) b=$(machinectl show -p Leader --value ln-b)
        ip link add name ${temporary}a netns "$a" type veth peer name ${temporary}b netns "$b"
        nsenter -t "$a" -n ip link set ${temporary}a alias 'pulumi-nspawn test/dev/ln-link ${link.outs.linkId}' name lneth1`,
      );
      assert.deepEqual((await veth().read(link))?.drift.state, 'partial');
      link = await veth().update(link, inputs());
      assert.ok(await reaches(host, 'ln-a', '10.97.0.1'));
      assert.equal((await inNamespace(host, 'ln-b', 'ip -o link')).includes(temporary), false);
    });

    test('an interface that it did not make is refused, and stays', async () => {
      await inNamespace(host, 'ln-a', 'ip link add lnforeign type veth peer name lnforeign2');
      const foreign = { owner: 'test/dev/ln-other', a: end('ln-a', 'lnforeign'), b: end('ln-b', 'lneth9') };
      await assert.rejects(veth().create(foreign), (error: Error & { id?: string }) => {
        assert.match(error.message, /the machine ln-a has an interface lnforeign already/);
        assert.equal(error.id, undefined, 'nothing was changed');
        return true;
      });
      assert.ok(await interfaceIn(host, 'ln-a', 'lnforeign'));
      await inNamespace(host, 'ln-a', 'ip link delete lnforeign');
      assert.equal((await host.sh('ls /var/lib/pulumi-nspawn/link | wc -l')).stdout.trim(), '1');
    });

    test("another's link and an end of another link are refused", async () => {
      await assert.rejects(
        veth().create(inputs({ owner: 'test/dev/ln-thief' })),
        /belongs to test\/dev\/ln-link/,
      );
      const taken = { owner: 'test/dev/ln-other', a: end('ln-a', 'lneth1'), b: end('ln-c', 'lneth1') };
      await assert.rejects(
        veth().create(taken),
        /lneth1 of the machine ln-a is an end of another link, of test\/dev\/ln-link/,
      );
    });

    test('of two that ask for one interface of the host at once, one is made and the other refused', async () => {
      const asking = ['ln-b', 'ln-c'].map((machine) => ({
        owner: `test/dev/ln-for-${machine}`,
        a: end(undefined, 'lnboth'),
        b: end(machine, 'lnboth'),
      }));
      const results = await Promise.allSettled(asking.map((each) => veth().create(each)));
      const made = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
      const refused = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
      assert.deepEqual([made.length, refused.length], [1, 1]);
      assert.match(
        refused[0].message,
        /lnboth of the host is an end of another link, of test\/dev\/ln-for-ln-/,
      );
      assert.equal(refused[0].id, undefined, 'nothing was changed');
      await veth().delete(made[0] as LinkState);
    });

    test('with adopt: true the link changes hands in place, and the former owner cannot delete it', async () => {
      const before = await interfaceIn(host, 'ln-a', 'lneth1');
      const adopted = await veth().create(inputs({ owner: 'test/dev/ln-heir', adopt: true }));
      const now = await interfaceIn(host, 'ln-a', 'lneth1');
      assert.equal(now?.ifindex, before?.ifindex);
      assert.match(now?.ifalias ?? '', /ln-heir/);
      await veth().delete(link);
      assert.ok(await interfaceIn(host, 'ln-a', 'lneth1'));
      assert.equal(await veth().read(link), undefined);
      link = await veth().create(inputs({ adopt: true }));
      assert.equal(await veth().read(adopted), undefined);
    });

    test('a second link of a machine, to the host: networkd leaves its end alone', async () => {
      await host.sh('systemctl start systemd-networkd');
      const second = await veth().create({
        owner: 'test/dev/ln-second',
        a: end(undefined, 'lnhost', '10.97.1.1/30'),
        b: end('ln-a', 'lneth2', '10.97.1.2/30'),
      });
      assert.ok(await reaches(host, 'ln-a', '10.97.1.1'));
      await waitUntil('networkd has seen it', 10, async () => {
        const { stdout } = await host.sh('networkctl list --no-legend lnhost', { reject: false });
        return /unmanaged/.test(stdout);
      });
      await host.sh('systemctl restart systemd-nspawn@ln-a');
      await isBack();
      await waitUntil('the second link is back', 20, () => reaches(host, 'ln-a', '10.97.1.1'));
      assert.deepEqual((await veth().read(second))?.drift, {});
      await veth().delete(second);
      assert.equal(
        (
          await host.sh('ls /etc/systemd/network | grep pulumi; ip -o link | grep -c lnhost', {
            reject: false,
          })
        ).stdout,
        '0',
      );
      assert.ok(await reaches(host, 'ln-a', '10.97.0.1'), 'the other link stays');
    });

    test('comes back after a reboot of the host', async () => {
      await host.sh('systemctl enable --quiet machines.target systemd-nspawn@ln-a systemd-nspawn@ln-b');
      await host.reboot();
      await isBack(60);
      assert.deepEqual((await veth().read(link))?.drift, {});
      await host.sh('systemctl disable --quiet systemd-nspawn@ln-a systemd-nspawn@ln-b');
    });

    test('deleted, it leaves nothing behind, twice', async () => {
      await veth().delete(link);
      assert.equal(await interfaceIn(host, 'ln-a', 'lneth1'), undefined);
      assert.equal(await linkTrace(host), trace);
      await veth().delete(link);
      assert.equal(await veth().read(link), undefined);
      await host.sh('systemctl stop systemd-nspawn@ln-a systemd-nspawn@ln-b');
    });
  });
}

const inNamespace = async (host: LabHost, machine: string, command: string) =>
  (await host.sh(`nsenter -t "$(machinectl show -p Leader --value ${machine})" -n sh -c '${command}'`))
    .stdout;
