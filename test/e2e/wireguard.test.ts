import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { closeSessions, sessionFor } from '../../provider/host/pool';
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

describe('TunnelPeering over WireGuard', () => {
  let h1: LabHost;
  let h2: LabHost;
  let traces: string[];
  let tunnel: LinkState;
  const resource = provider('TunnelPeering');
  const tunnelEnd = (host: LabHost, ...addresses: string[]) => ({
    connection: connectionTo(host),
    machineName: 'ln-w',
    interface: 'lnwg',
    addresses,
    underlay: host.address,
  });
  const inputs = (changes: Record<string, unknown> = {}) => ({
    owner: 'test/dev/ln-wireguard',
    kind: 'wireguard',
    a: tunnelEnd(h1, '10.94.0.0/31', 'fd00:94::1/64'),
    b: tunnelEnd(h2, '10.94.0.1/31', 'fd00:94::2/64'),
    ...changes,
  });
  const isBack = (seconds = 30) =>
    waitUntil('the tunnel is back', seconds, () => reaches(h1, 'ln-w', '10.94.0.1'));
  const roundTrips = () =>
    [h1, h2].map((host) => sessionFor(connectionTo(host)).roundTrips()).reduce((sum, each) => sum + each);

  before(async () => {
    [h1, h2] = (await hosts()) as [LabHost, LabHost];
    await Promise.all([h1, h2].map((host) => makeMachine(host, 'ln-w')));
    traces = await Promise.all([h1, h2].map(trace));
  });
  after(async () => {
    await Promise.all([h1, h2].map((host) => removeMachine(host, 'ln-w')));
  });

  test('made before its machines run, it comes when they have started', async () => {
    tunnel = await resource.create(inputs());
    assert.deepEqual((await resource.read(tunnel))?.drift, {});
    await Promise.all([h1, h2].map((host) => host.sh('systemctl start systemd-nspawn@ln-w')));
    await isBack();
    assert.ok(await reaches(h2, 'ln-w', 'fd00:94::1'));
    assert.equal((await interfaceIn(h2, 'ln-w', 'lnwg'))?.mtu, 1440);
    assert.ok(await reaches(h1, 'ln-w', `${tunnel.outs.b.linkLocal.replace(/\/.*/, '')}%lnwg`));
    assert.deepEqual((await resource.read(tunnel))?.drift, {});
    assert.equal((await h1.sh('systemctl --failed --no-legend --plain')).stdout, '');
  });

  test('applied again, it changes nothing, in one round trip a host', async () => {
    const before = await interfaceIn(h1, 'ln-w', 'lnwg');
    const trips = roundTrips();
    const again = await resource.update(tunnel, inputs());
    assert.equal(roundTrips() - trips, 2);
    assert.deepEqual(again.outs, tunnel.outs);
    assert.equal((await interfaceIn(h1, 'ln-w', 'lnwg'))?.ifindex, before?.ifindex);
  });

  test('what leaves by an end is limited, and not any more', async () => {
    const limits = () => limitsOf(h1, 'ln-w', 'lnwg');
    const limited = await resource.update(tunnel, inputs({ a: { ...inputs().a, rate: '20M' } }));
    assert.match(await limits(), /tbf .*rate 20Mbit/);
    assert.deepEqual((await resource.read(limited))?.drift, {});
    tunnel = await resource.update(limited, inputs());
    assert.doesNotMatch(await limits(), /tbf/);
    assert.ok(await reaches(h1, 'ln-w', '10.94.0.1'));
  });

  test('what crosses the underlay is encrypted, and as large as it takes', async () => {
    const port = tunnel.outs.b.port;
    const { stdout } = await h2.run(
      ['sh', '-c', `exec 3<&0; perl - ${port} <&3 & sleep 0.5; ${pingAcross}; wait`],
      {
        input: capture,
      },
    );
    const [packets, clear, largest] = stdout.trim().split('\n').at(-1)?.split(' ').map(Number) ?? [];
    assert.ok((packets ?? 0) >= 6, stdout);
    assert.equal(clear, 0);
    assert.equal(largest, 1500);
  });

  test('private keys are in a file of root alone, and nowhere else', async () => {
    for (const host of [h1, h2]) {
      const folder = '/var/lib/pulumi-nspawn/wireguard';
      const { stdout } = await host.sh(`stat -c '%a %U' ${folder} ${folder}/*; cat ${folder}/*`);
      assert.match(stdout, /^700 root\n600 root\n/);
      const key = /^key (.*)$/m.exec(stdout)?.[1] as string;
      assert.equal(JSON.stringify(tunnel.outs).includes(key), false);
      const { stdout: seen } = await host.sh(
        'journalctl --no-pager --output cat; cat /proc/[0-9]*/cmdline 2>/dev/null | tr "\\0" " "',
      );
      assert.equal(seen.includes(key), false);
    }
  });

  test('another text in rekey makes new keys on both hosts', async () => {
    const { a, b } = tunnel.outs.publicKeys;
    tunnel = await resource.update(tunnel, inputs({ rekey: 'november' }));
    assert.notEqual(tunnel.outs.publicKeys.a, a);
    assert.notEqual(tunnel.outs.publicKeys.b, b);
    await isBack();
    assert.deepEqual((await resource.update(tunnel, inputs({ rekey: 'november' }))).outs, tunnel.outs);
    assert.deepEqual((await resource.read(tunnel))?.drift, {});
    tunnel = await resource.update(tunnel, inputs());
  });

  for (const [what, command] of [
    ['a restart of a machine', 'systemctl restart systemd-nspawn@ln-w'],
    ['machinectl terminate and a start', 'machinectl terminate ln-w; systemctl start systemd-nspawn@ln-w'],
    [
      'a crash of the machine and a start',
      'main=$(systemctl show -P MainPID systemd-nspawn@ln-w); kill -9 "$(machinectl show -p Leader --value ln-w)"; timeout 20 tail --pid="$main" -f /dev/null; systemctl stop systemd-nspawn@ln-w; systemctl reset-failed systemd-nspawn@ln-w 2>/dev/null; systemctl start systemd-nspawn@ln-w',
    ],
    [
      'a crash of wireguard-go',
      'systemctl list-units --plain --no-legend --state=active "pulumi-nspawn-wireguard-*" | cut -d" " -f1 | xargs systemctl kill --signal=KILL',
    ],
  ] as const) {
    test(`comes back after ${what}`, async () => {
      const before = (await interfaceIn(h1, 'ln-w', 'lnwg'))?.ifindex;
      assert.ok(before);
      await h1.sh(command);
      await isBack();
      assert.deepEqual((await resource.read(tunnel))?.drift, {});
    });
  }

  for (const [what, command, drift] of [
    ['a deleted end', 'ip link delete lnwg', { state: 'partial' }],
    ['an end that was set down', 'ip link set lnwg down', { state: 'down', b: ['10.94.0.1/31'] }],
    ['another MTU', 'ip link set lnwg mtu 1300', { mtu: 1300 }],
  ] as const) {
    test(`${what} shows as drift, and an update mends it`, async () => {
      await h2.sh(`nsenter -t "$(machinectl show -p Leader --value ln-w)" -n sh -c '${command}'`);
      const { linkLocal: _, ...bare } = tunnel.outs.b;
      const b = 'b' in drift ? { b: { ...bare, addresses: drift.b } } : {};
      assert.deepEqual((await resource.read(tunnel))?.drift, { ...drift, ...b });
      tunnel = await resource.update(tunnel, inputs());
      assert.deepEqual((await resource.read(tunnel))?.drift, {});
      await isBack();
    });
  }

  for (const [what, command] of [
    ['another port', 'wg set "$name" listen-port 9999'],
    ['another peer', 'wg set "$name" peer "$(wg genkey | wg pubkey)" allowed-ips 10.0.0.0/8'],
    ['a lost key', 'rm /var/lib/pulumi-nspawn/wireguard/*'],
  ] as const) {
    test(`${what} counts as partial, and an update mends it`, async () => {
      await h2.sh(`name=$(wg show interfaces); ${command}`);
      assert.deepEqual((await resource.read(tunnel))?.drift, { state: 'partial' });
      tunnel = await resource.update(tunnel, inputs());
      assert.deepEqual((await resource.read(tunnel))?.drift, {});
      await isBack();
    });
  }

  test('set down, it keeps what it has; up again, it works', async () => {
    const before = await interfaceIn(h1, 'ln-w', 'lnwg');
    const a = { ...inputs().a, metric: 70 };
    const down = await resource.update(tunnel, inputs({ adminState: 'down', a }));
    const seen = await interfaceIn(h1, 'ln-w', 'lnwg');
    assert.deepEqual([seen?.flags.includes('UP'), seen?.global], [false, before?.global]);
    assert.deepEqual((await resource.read(down))?.drift, {});
    tunnel = await resource.update(down, inputs());
    await isBack();
    assert.equal((await interfaceIn(h1, 'ln-w', 'lnwg'))?.ifindex, before?.ifindex);
  });

  test('a host that cannot be reached begins by itself', async () => {
    const { underlay: _, ...a } = inputs().a;
    const { port } = tunnel.outs.a;
    // What NAT does: nothing comes in that was not asked for.
    await h1.sh(`nft 'add table inet lnnat; add chain inet lnnat in { type filter hook input priority 0; }
      add rule inet lnnat in ct state established accept; add rule inet lnnat in udp dport ${port} drop'`);
    await resource.delete(tunnel);
    tunnel = await resource.create(inputs({ a }));
    await waitUntil('the other end reaches it', 30, () => reaches(h2, 'ln-w', '10.94.0.0'));
    assert.equal(tunnel.outs.mtu, 1440);
    await h1.sh('nft delete table inet lnnat');
    assert.deepEqual((await resource.read(tunnel))?.drift, {});
    tunnel = await resource.update(tunnel, inputs());
  });

  test('a port that another tunnel or another program has is refused', async () => {
    const second = (port: number) => ({
      owner: 'test/dev/ln-second',
      kind: 'wireguard',
      a: { ...tunnelEnd(h1, '10.94.1.1/30'), interface: 'lnwg2', port },
      b: { ...tunnelEnd(h2, '10.94.1.2/30'), interface: 'lnwg2' },
    });
    const refused = async (port: number, expected: RegExp) => {
      const error = await resource.create(second(port)).then(
        () => assert.fail('it was made'),
        (reason) => reason,
      );
      assert.match(error.message, expected);
      // The other host has made a key.
      await resource.delete({ id: error.id, outs: error.properties });
    };
    await refused(
      tunnel.outs.a.port,
      /UDP port \d+ of this host is that of another tunnel, of test\/dev\/ln-wireguard/,
    );
    await h1.sh(
      `perl -MIO::Socket::INET -e '$s = IO::Socket::INET->new(Proto => "udp", LocalPort => 31999) or die; sleep 30' </dev/null >/dev/null 2>&1 & echo $! >/run/ln-port`,
    );
    await waitUntil('the port is taken', 5, async () => /:31999 /.test((await h1.sh('ss -lunH')).stdout));
    await refused(31999, /UDP port 31999 of this host is taken by another program/);
    await h1.sh('kill "$(cat /run/ln-port)"; rm /run/ln-port');
  });

  test('comes back after a reboot of a host', async () => {
    await h2.sh('systemctl enable --quiet machines.target systemd-nspawn@ln-w');
    await h2.reboot();
    await isBack(60);
    assert.deepEqual((await resource.read(tunnel))?.drift, {});
    await h2.sh('systemctl disable --quiet systemd-nspawn@ln-w');
  });

  test('deleted, it leaves nothing behind on either host, twice', async () => {
    await resource.delete(tunnel);
    assert.deepEqual(await Promise.all([h1, h2].map(trace)), traces);
    await resource.delete(tunnel);
    assert.equal(await resource.read(tunnel), undefined);
  });

  test('ends on the hosts themselves, over IPv6', async () => {
    const hostEnd = (host: LabHost, address: string) => ({
      connection: connectionTo(host),
      interface: 'lnwg',
      addresses: [address],
      underlay: host.address6,
    });
    const between = await resource.create({
      owner: 'test/dev/ln-hosts',
      kind: 'wireguard',
      a: hostEnd(h1, '10.94.2.1/30'),
      b: hostEnd(h2, '10.94.2.2/30'),
    });
    const answers = async () =>
      (await h1.sh('ping -c 1 -W 1 -q 10.94.2.2', { reject: false })).exitCode === 0;
    await waitUntil('the tunnel is there', 10, answers);
    assert.equal((await interfaceIn(h1, undefined, 'lnwg'))?.mtu, 1420);
    assert.deepEqual((await resource.read(between))?.drift, {});
    await resource.delete(between);
    assert.deepEqual(await Promise.all([h1, h2].map(trace)), traces);
  });
});

const pingAcross = `nsenter -t "$(machinectl show -p Leader --value ln-w)" -n ping -q -M do -s 1412 -p 70756c756d692d636c656172 -c 3 -i 0.2 10.94.0.0`;

/** Sees each packet of the host for 3 s: prints how many have the UDP port, how many show the pattern, and the largest. */
const capture = `
use strict;
my ($port) = @ARGV;
socket(my $raw, 17, 2, unpack('S', pack('n', 3))) or die $!;
my ($count, $clear, $largest, $end) = (0, 0, 0, time + 3);
while (time < $end) {
  my $ready = '';
  vec($ready, fileno($raw), 1) = 1;
  next unless select($ready, undef, undef, 0.2);
  recv($raw, my $packet, 65535, 0);
  my ($version, $total, $protocol) = unpack('C x n x5 C', $packet);
  next unless $version == 0x45 && $protocol == 17;
  my ($from, $to) = unpack('x20 n n', $packet);
  next unless $from == $port || $to == $port;
  $count++;
  $clear++ if index($packet, 'pulumi-clear') >= 0;
  $largest = $total if $total > $largest;
}
print "$count $clear $largest\\n";
`;

/** All that a tunnel could leave on a host, what runs it among it. */
const trace = async (host: LabHost): Promise<string> =>
  `${await linkTrace(host)}${(await host.sh('pgrep -a wireguard-go; ls -d /run/wireguard 2>/dev/null; ss -lunH | grep -c : ', { reject: false })).stdout}`;
