import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as pulumi from '@pulumi/pulumi';
import { drained } from '../../sdk/drained';
import { merged } from '../../sdk/merged';

// biome-ignore lint/suspicious/noExplicitAny: looks inside
type Known = any;

const known = (output: unknown) =>
  new Promise((resolve) => {
    (pulumi.output(output) as pulumi.Output<unknown>).apply(resolve);
  });

test('records are merged, lists joined, and all else replaced', () => {
  assert.deepEqual(
    merged({ a: { b: 1, list: [1, 2] }, c: 'x' }, { a: { list: [2, 3], d: true }, c: 'y', e: undefined }),
    { a: { b: 1, list: [1, 2, 3], d: true }, c: 'y', e: undefined },
  );
});

test('an output in the place of a value stays one, and one in the place of a record is merged when it is known', async () => {
  const base = { bgp: { asn: 1, neighbors: {} } };
  const password = pulumi.secret('s');
  const one = merged<typeof base>(base, { bgp: { neighbors: { peer: { password } } } }) as Known;
  assert.equal(one.bgp.neighbors.peer.password, password);
  const other = merged<typeof base>(base, { bgp: pulumi.output({ routerId: '192.0.2.1' }) }) as Known;
  assert.deepEqual(await known(other.bgp), { asn: 1, neighbors: {}, routerId: '192.0.2.1' });
});

test('a drained configuration leads traffic around all that it speaks, and no more', async () => {
  const interfaces = { eth1: { ospf: { area: 0 } } };
  assert.deepEqual(drained('r1', { bgp: { asn: 1 }, interfaces }), {
    bgp: { asn: 1, gracefulShutdown: true },
    interfaces,
    ospf: { maxMetric: true },
  });
  assert.deepEqual(drained('r1', { ospf6: { routerId: '192.0.2.1' } }), {
    ospf6: { routerId: '192.0.2.1', stubRouter: true },
  });
  assert.deepEqual(await known(drained('r1', pulumi.output({ bgp: { asn: 1 } }))), {
    bgp: { asn: 1, gracefulShutdown: true },
  });
  assert.throws(() => drained('r1', 'router bgp 1\n'), /drain is there for a typed config only/);
});
