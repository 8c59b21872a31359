import assert from 'node:assert/strict';
import { test } from 'node:test';
import { check } from '../../../provider/check';
import { linkData } from '../../../provider/link/plan';
import type { Resource } from '../../../provider/resource';
import { type PublicKeys, type TunnelInputs, tunnelPlan } from '../../../provider/tunnel-peering/both';
import { keysOf } from '../../../provider/tunnel-peering/keys';
import { tunnelPeering } from '../../../provider/tunnel-peering/resource';

const end = (host: string, underlay: string | undefined, port: number) => ({
  connection: { host },
  machineName: 'r1',
  interface: 'eth1',
  ...(underlay ? { underlay } : {}),
  port,
});
const wireguardLines = (changes: Record<string, unknown>, keys: PublicKeys = { a: 'A=', b: 'B=' }) => {
  const { inputs, failures } = check(tunnelPeering as unknown as Resource, {
    owner: 'project/stack/link',
    kind: 'wireguard',
    a: end('one', '192.0.2.1', 1001),
    b: end('two', '192.0.2.2', 1002),
    ...changes,
  });
  assert.deepEqual(failures, []);
  return (['a', 'b'] as const).map((side) =>
    linkData(tunnelPlan(inputs as unknown as TunnelInputs, keys, side))
      .split('\n')
      .find((line) => line.startsWith('wireguard ')),
  );
};

test("each end has its own port, and the other's address, port and public key", () => {
  assert.deepEqual(wireguardLines({}), [
    'wireguard 1001 192.0.2.2:1002 0 B=',
    'wireguard 1002 192.0.2.1:1001 0 A=',
  ]);
  assert.deepEqual(
    wireguardLines({
      a: end('one', '2001:db8::1', 1001),
      b: end('two', '2001:db8::2', 1002),
      persistentKeepalive: 9,
    }),
    ['wireguard 1001 [2001:db8::2]:1002 9 B=', 'wireguard 1002 [2001:db8::1]:1001 9 A='],
  );
});

test('an end without an underlay begins, and keeps the way open', () => {
  assert.deepEqual(wireguardLines({ a: end('one', undefined, 1001) }), [
    'wireguard 1001 192.0.2.2:1002 25 B=',
    'wireguard 1002 - 0 A=',
  ]);
});

test("while the other end's key is not known, its place is empty", () => {
  assert.deepEqual(wireguardLines({}, { a: 'A=' }), [
    'wireguard 1001 192.0.2.2:1002 0 -',
    'wireguard 1002 192.0.2.1:1001 0 A=',
  ]);
});

test('a host that shows no key keeps the one on record', () => {
  assert.deepEqual(keysOf([{ publicKey: 'new' }, undefined], { a: 'old', b: 'B=' }), { a: 'new', b: 'B=' });
  assert.deepEqual(keysOf([undefined, undefined], {}), {});
});
