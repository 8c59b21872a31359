import assert from 'node:assert/strict';
import { test } from 'node:test';
import { check } from '../../../provider/check';
import type { Resource } from '../../../provider/resource';
import { tunnelMtu } from '../../../provider/tunnel-peering/mtu';
import { tunnelPeering } from '../../../provider/tunnel-peering/resource';
import { UNKNOWN } from '../../../provider/unknown';

const a = { connection: { host: 'one' }, machineName: 'r1', interface: 'eth1', underlay: '192.0.2.1' };
const b = { connection: { host: 'two' }, machineName: 'r1', interface: 'eth1', underlay: '192.0.2.2' };
const checkTunnel = (changes: Record<string, unknown> = {}) =>
  check(tunnelPeering as unknown as Resource, { owner: 'project/stack/link', a, b, ...changes });

test('VNI, MTU and MAC addresses are known in a preview, and stay as they are', () => {
  const { inputs, failures } = checkTunnel();
  assert.deepEqual(failures, []);
  assert.equal(inputs.mtu, 1450);
  assert.ok(Number.isInteger(inputs.vni));
  const { linkId: _, state: __, ...again } = inputs;
  assert.deepEqual(check(tunnelPeering as unknown as Resource, again).inputs, inputs);
});

test('what is given wins over what is worked out', () => {
  const { inputs } = checkTunnel({ vni: 7, mtu: 1400 });
  assert.deepEqual([inputs.vni, inputs.mtu], [7, 1400]);
});

test('the MTU is what the outer headers leave of the underlay', () => {
  assert.equal(tunnelMtu('vxlan', '192.0.2.1'), 1450);
  assert.equal(tunnelMtu('vxlan', '2001:db8::1'), 1430);
  assert.equal(tunnelMtu('vxlan', '192.0.2.1', 9000), 8950);
  assert.equal(tunnelMtu('wireguard', '192.0.2.1'), 1440);
  assert.equal(tunnelMtu('wireguard', '2001:db8::1'), 1420);
});

test('an unknown underlay leaves MTU and nothing else unknown', () => {
  const unknown = { a: { ...a, underlay: UNKNOWN }, b: { ...b, underlay: UNKNOWN } };
  const { inputs, failures } = checkTunnel(unknown);
  assert.deepEqual(failures, []);
  assert.equal(inputs.mtu, UNKNOWN);
  assert.notEqual(inputs.linkId, UNKNOWN);
});

test('with wireguard ports and link-local addresses are known in a preview, and there is no VNI and no MAC address', () => {
  const { inputs, failures } = checkTunnel({ kind: 'wireguard', b: { ...b, port: 51820 } });
  assert.deepEqual(failures, []);
  const made = inputs as { a: Record<string, unknown>; b: Record<string, unknown> };
  assert.ok(Number(made.a.port) >= 20000 && Number(made.a.port) < 32768);
  assert.equal(made.b.port, 51820);
  assert.match(String(made.a.linkLocal), /^fe80::[0-9a-f:]+\/64$/);
  assert.deepEqual(['vni' in inputs, 'mac' in made.a], [false, false]);
  assert.equal((checkTunnel({ kind: 'wireguard', port: 4500 }).inputs.a as { port: number }).port, 4500);
});

test('with wireguard one end can be without an underlay; while the kind is unknown, so are the ends', () => {
  const { inputs, failures } = checkTunnel({ kind: 'wireguard', a: { ...a, underlay: undefined } });
  assert.deepEqual(failures, []);
  assert.equal(inputs.mtu, 1440);
  const unknown = checkTunnel({ kind: UNKNOWN });
  assert.deepEqual(unknown.failures, []);
  assert.deepEqual([unknown.inputs.a, unknown.inputs.mtu, unknown.inputs.vni], [UNKNOWN, UNKNOWN, UNKNOWN]);
});

for (const [what, changes, expected] of [
  [
    'a bridge with wireguard',
    { kind: 'wireguard', b: { ...b, machineName: undefined, addresses: undefined, bridge: 'lan' } },
    /b\.bridge: received "lan" with kind "wireguard", which carries no frames; accepted with kind "vxlan" only/,
  ],
  ['a VNI with wireguard', { kind: 'wireguard', vni: 7 }, /vni: .*accepted with kind "vxlan" only/],
  [
    'a MAC address with wireguard',
    { kind: 'wireguard', a: { ...a, mac: '02:00:00:00:00:01' } },
    /a\.mac: .*"vxlan"/,
  ],
  ['new keys with vxlan', { rekey: 'now' }, /rekey: .*accepted with kind "wireguard" only/],
  ['a keepalive with vxlan', { persistentKeepalive: 25 }, /persistentKeepalive: .*"wireguard"/],
  ['a port of one end with vxlan', { b: { ...b, port: 1234 } }, /b\.port: .*"wireguard"/],
  ['no underlay with vxlan', { b: { ...b, underlay: undefined } }, /b\.underlay: it is missing/],
  [
    'no underlay on either end with wireguard',
    { kind: 'wireguard', a: { ...a, underlay: undefined }, b: { ...b, underlay: undefined } },
    /a\.underlay: it is missing; .*on one end at least/,
  ],
  [
    'a connection of neither end',
    { connection: { host: 'one' } },
    /connection: .*a\.connection and b\.connection/,
  ],
  [
    'both ends on one host',
    { b: { ...b, connection: a.connection } },
    /b\.connection: both ends are on one host/,
  ],
  [
    'one underlay twice',
    { b: { ...b, underlay: '192.0.2.1' } },
    /b\.underlay: received 192\.0\.2\.1, which end a has too/,
  ],
  ['underlays of two kinds', { b: { ...b, underlay: '2001:db8::2' } }, /b\.underlay: .*two of one kind/],
  [
    'an underlay with a prefix length',
    { b: { ...b, underlay: '192.0.2.2/24' } },
    /b\.underlay: received "192\.0\.2\.2\/24"/,
  ],
  ['VNI 0', { vni: 0 }, /vni: received 0; accepted is at least 1/],
  ['a VNI of 25 bits', { vni: 0x1000000 }, /vni: .*at most 16777215/],
  ['port 0', { port: 0 }, /port: received 0/],
] as const) {
  test(`${what}: refused, with the property, what was received and what is accepted`, () => {
    const { failures } = checkTunnel(changes);
    assert.match(failures.map(({ property, reason }) => `${property}: ${reason}`).join('\n'), expected);
  });
}
