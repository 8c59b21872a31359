import assert from 'node:assert/strict';
import { test } from 'node:test';
import { check } from '../../../provider/check';
import type { Resource } from '../../../provider/resource';
import { UNKNOWN } from '../../../provider/unknown';
import { vethPeering } from '../../../provider/veth-peering/resource';

const checkVeth = (changes: Record<string, unknown> = {}) =>
  check(vethPeering as unknown as Resource, {
    owner: 'project/stack/link',
    a: { machineName: 'r1', interface: 'eth1', addresses: ['10.0.0.0/31', 'FD00::1/64'] },
    b: { machineName: 'r2', interface: 'eth1', addresses: ['10.0.0.1/31', 'fd00::2/64'] },
    ...changes,
  });
const reasons = (changes: Record<string, unknown>) =>
  checkVeth(changes).failures.map(({ property, reason }) => `${property}: ${reason}`);

test('ends come back completed: MAC addresses known in a preview, addresses as the kernel writes them', () => {
  const { inputs, failures } = checkVeth();
  assert.deepEqual(failures, []);
  const a = inputs.a as { mac: string; addresses: string[] };
  assert.match(a.mac, /^.[26ae](:..){5}$/);
  assert.deepEqual(a.addresses, ['10.0.0.0/31', 'fd00::1/64']);
  assert.equal(inputs.state, 'connected');
  assert.equal('mtu' in inputs, false, 'an optional input that is not set stays unset');
});

test('checked inputs, checked again, stay as they are', () => {
  const { inputs } = checkVeth();
  const { linkId: _, state: __, ...again } = inputs;
  assert.deepEqual(check(vethPeering as unknown as Resource, again).inputs, inputs);
});

test('a link that is to be down is known to be in a preview', () => {
  assert.equal(checkVeth({ adminState: 'down' }).inputs.state, 'down');
  assert.equal(checkVeth({ adminState: UNKNOWN }).inputs.state, UNKNOWN);
});

test('an unknown address leaves the rest of its end known, an unknown machine makes the id unknown', () => {
  const a = { machineName: 'r1', interface: 'eth1', addresses: [UNKNOWN] };
  const known = checkVeth();
  const { inputs, failures } = checkVeth({ a });
  assert.deepEqual(failures, []);
  assert.equal(inputs.linkId, known.inputs.linkId);
  assert.deepEqual(inputs.a, { ...a, mac: (known.inputs.a as { mac: string }).mac });
  assert.equal(checkVeth({ a: { ...a, machineName: UNKNOWN } }).inputs.linkId, UNKNOWN);
  assert.deepEqual(checkVeth({ a: UNKNOWN, b: UNKNOWN, mtu: UNKNOWN }).failures, []);
});

for (const [what, changes, expected] of [
  [
    'an admin state of no such name',
    { adminState: 'off' },
    /adminState: received "off"; accepted is "up", "down"/,
  ],
  [
    'metric 0',
    { a: { machineName: 'r1', interface: 'x1', metric: 0 } },
    /a\.metric: received 0; accepted is at least 1/,
  ],
  [
    'two ends on the host',
    { a: { interface: 'x1' }, b: { interface: 'x2' } },
    /a\.machineName: it is missing on both ends/,
  ],
  [
    'the same name twice in one machine',
    { a: { machineName: 'r1', interface: 'x' }, b: { machineName: 'r1', interface: 'x' } },
    /b\.interface: received "x"/,
  ],
  [
    'a name that systemd uses',
    { a: { machineName: 'r1', interface: 've-r1' } },
    /a\.interface: received "ve-r1"/,
  ],
  [
    'a name of 16 bytes',
    { a: { machineName: 'r1', interface: 'abcdefghijklmnop' } },
    /a\.interface: .*at most 15/,
  ],
  ['an MTU that is too small', { mtu: 67 }, /mtu: received 67; accepted is at least 68/],
  ['an MTU that is too large', { mtu: 65536 }, /mtu: received 65536; accepted is at most 65535/],
  [
    'an MTU too small for IPv6',
    { mtu: 1279 },
    /mtu: received 1279, and a\.addresses\[1\] is IPv6; accepted is at least 1280/,
  ],
  [
    'one address twice',
    { b: { machineName: 'r2', interface: 'x', addresses: ['fd00::1/96'] } },
    /b\.addresses\[0\]: received fd00::1\/96, which a\.addresses\[1\] has too/,
  ],
  [
    'ends that share no subnet',
    { b: { machineName: 'r2', interface: 'x', addresses: ['10.0.0.3/31'] } },
    /b\.addresses\[0\]: received 10\.0\.0\.3\/31, and end a has 10\.0\.0\.0\/31: they share no subnet/,
  ],
  [
    'an address without a prefix length',
    { a: { machineName: 'r1', interface: 'x', addresses: ['10.0.0.1'] } },
    /a\.addresses\[0\]: received "10\.0\.0\.1"; accepted is/,
  ],
  [
    'a group MAC address',
    { a: { machineName: 'r1', interface: 'x', mac: '01:00:00:00:00:01' } },
    /a\.mac: .*unicast/,
  ],
  [
    'one MAC address on both ends',
    {
      a: { machineName: 'r1', interface: 'x', mac: '02:00:00:00:00:0a' },
      b: { machineName: 'r2', interface: 'x', mac: '02:00:00:00:00:0A' },
    },
    /b\.mac: received 02:00:00:00:00:0a, which end a has too/,
  ],
  [
    'a bridge of an end in a machine',
    { a: { machineName: 'r1', interface: 'x', bridge: 'lan' } },
    /a\.bridge: received "lan" for an end in a machine; accepted is the bridge of an end on the host itself/,
  ],
  [
    'a port with addresses',
    { b: { interface: 'x', bridge: 'lan', addresses: ['10.0.0.1/31'] } },
    /b\.addresses: received for an end with a bridge, whose port has no addresses/,
  ],
  [
    'a port with a metric',
    { b: { interface: 'x', bridge: UNKNOWN, metric: 5 } },
    /b\.metric: received for an end with a bridge/,
  ],
  [
    'a bridge of the name of its port',
    { b: { interface: 'x', bridge: 'x' } },
    /b\.bridge: received "x", which is the name of the end's own interface/,
  ],
  [
    'a bridge of a name that no interface can have',
    { b: { interface: 'x', bridge: 'a;b' } },
    /b\.bridge: received "a;b"; accepted is an interface name/,
  ],
  [
    'a rate that is none',
    { a: { machineName: 'r1', interface: 'x', rate: '10 mbit' } },
    /a\.rate: received "10 mbit"; accepted are bits a second, such as "100M"/,
  ],
  [
    'a rate that is too small',
    { a: { machineName: 'r1', interface: 'x', rate: '8' } },
    /a\.rate: received "8"; accepted are 8K to 100G/,
  ],
  [
    'an unknown property',
    { a: { machineName: 'r1', interface: 'x', adresses: [] } },
    /a\.adresses: is not a property/,
  ],
] as const) {
  test(`${what}: refused, with the property, what was received and what is accepted`, () => {
    assert.match(reasons(changes).join('\n'), expected);
  });
}

test('an end on the host can be the port of a bridge, with an empty list of addresses too', () => {
  assert.deepEqual(reasons({ b: { interface: 'x', bridge: 'lan' } }), []);
  assert.deepEqual(reasons({ b: { interface: 'x', bridge: 'lan', addresses: [] } }), []);
  assert.deepEqual(reasons({ b: { interface: UNKNOWN, bridge: UNKNOWN } }), []);
  const b = { interface: 'x', bridge: 'lan', addresses: UNKNOWN, metric: UNKNOWN, machineName: UNKNOWN };
  assert.deepEqual(reasons({ b }), [], 'what is not known may come to nothing');
});

test('unnumbered ends share nothing and are accepted', () => {
  const end = (machineName: string, address: string) => ({
    machineName,
    interface: 'eth1',
    addresses: [address],
  });
  assert.deepEqual(reasons({ a: end('r1', '10.0.0.1/32'), b: end('r2', '10.0.0.2/32') }), []);
});

test('another name makes another link of it; addresses, MAC and MTU do not', () => {
  const id = checkVeth().inputs.linkId;
  const b = { machineName: 'r2', interface: 'eth1' };
  assert.equal(
    checkVeth({ mtu: 9000, b: { ...b, mac: '02:00:00:00:00:01', addresses: [] } }).inputs.linkId,
    id,
  );
  assert.notEqual(checkVeth({ b: { ...b, interface: 'eth2' } }).inputs.linkId, id);
  assert.notEqual(checkVeth({ b: { interface: 'eth1' } }).inputs.linkId, id);
});
