import assert from 'node:assert/strict';
import { test } from 'node:test';
import { endDrift, linkDrift } from '../../../provider/link/drift';

const a = {
  machineName: 'r1',
  interface: 'eth1',
  mac: '02:00:00:00:00:01',
  addresses: ['10.0.0.0/31', 'fd00::1/64'],
};
const b = { interface: 'eth7', mac: '02:00:00:00:00:02' };
const seen = {
  mac: a.mac,
  mtu: 1500,
  global: ['fd00::1/64', '10.0.0.0/31'],
  linkLocal: ['fe80::1/64'],
  metrics: { '10.0.0.0/31': 0, 'fd00::1/64': 256, 'fe80::1/64': 256 },
};

test('drift is what differs: addresses in the order given, what was added last, and none where they are not managed', () => {
  assert.equal(endDrift(a, seen), undefined);
  assert.equal(endDrift(a, undefined), undefined);
  assert.deepEqual(endDrift(a, { ...seen, global: ['192.0.2.1/32', 'fd00::1/64'] })?.addresses, [
    'fd00::1/64',
    '192.0.2.1/32',
  ]);
  assert.equal(endDrift({ ...b, mac: a.mac }, seen), undefined);
  assert.equal(endDrift({ ...a, addresses: ['fe80::1/64'] }, { ...seen, global: [] }), undefined);
  assert.deepEqual(endDrift(a, { ...seen, mac: b.mac }), { ...a, mac: b.mac });
});

test('a metric drifts when a route has another, and is gone when it has the usual one', () => {
  const metrics = { '10.0.0.0/31': 50, 'fd00::1/64': 50 };
  assert.equal(endDrift({ ...a, metric: 50 }, { ...seen, metrics }), undefined);
  assert.deepEqual(endDrift(a, { ...seen, metrics }), { ...a, metric: 50 });
  assert.deepEqual(endDrift({ ...a, metric: 50 }, { ...seen, metrics: { ...metrics, 'fd00::1/64': 9 } }), {
    ...a,
    metric: 9,
  });
  assert.deepEqual(endDrift({ ...a, metric: 50 }, seen), a);
});

test('a metric is no drift where addresses are left to others, or where 256 is what IPv6 has by itself', () => {
  assert.equal(endDrift({ ...b, mac: a.mac, metric: 5 }, seen), undefined);
  const six = { ...a, addresses: ['fd00::1/64'], metric: 256 };
  assert.equal(endDrift(six, { ...seen, global: ['fd00::1/64'] }), undefined);
});

test('an end without a MAC address has none to differ; its link-local address can be gone', () => {
  const { mac: _, ...wireguard } = { ...a, linkLocal: 'fe80::1/64' };
  assert.equal(endDrift(wireguard, { ...seen, mac: '' }), undefined);
  const { linkLocal: __, ...without } = wireguard;
  assert.deepEqual(endDrift(wireguard, { ...seen, mac: '', linkLocal: [] }), without);
});

test('a port drifts when it is one of another bridge, or of none; whoever made it one where none is given may', () => {
  const port = { ...b, bridge: 'lan' };
  const there = { ...seen, mac: b.mac };
  assert.equal(endDrift(port, { ...there, bridge: 'lan' }), undefined);
  assert.deepEqual(endDrift(port, { ...there, bridge: 'other' }), { ...b, bridge: 'other' });
  assert.deepEqual(endDrift(port, there), b);
  assert.equal(endDrift(b, { ...there, bridge: 'lan' }), undefined);
});

test('a rate drifts when another one is in force, or none; whose hand limits where none is given may', () => {
  const limited = { ...a, rate: '10M' };
  assert.equal(endDrift(limited, { ...seen, rate: 10_000_000 }), undefined);
  assert.deepEqual(endDrift(limited, { ...seen, rate: 2_500_000 }), { ...a, rate: '2500K' });
  assert.deepEqual(endDrift(limited, seen), a);
  assert.equal(endDrift(a, { ...seen, rate: 10_000_000 }), undefined);
});

test('a state is what was seen, and as asked for while a machine does not run', () => {
  const made = { a, b, mtu: 1500, adminState: 'down' } as const;
  assert.deepEqual(linkDrift(made, { state: 'waiting', ends: {} }), { state: 'down' });
  assert.deepEqual(linkDrift(made, { state: 'connected', ends: {} }), { state: 'connected' });
  assert.deepEqual(linkDrift({ ...made, adminState: 'up' }, { state: 'waiting', ends: {} }), {
    state: 'connected',
  });
  assert.deepEqual(linkDrift(made, { state: 'down', ends: { a: { ...seen, mtu: 1400 } } }), {
    state: 'down',
    mtu: 1400,
  });
});
