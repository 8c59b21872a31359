import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { dynamicProvider } from '../../../provider/adapter';
import type { Resource } from '../../../provider/resource';
import { routingCheck } from '../../../provider/routing-check/resource';
import { allUp, asSeen, readUnmet, sentence, wantsOf } from '../../../provider/routing-check/wants';
import { runs } from '../../fuzz';
import { answersLike } from '../answers';
import { assertPlain } from '../plain';

const r1 = {
  machineName: 'r1',
  bgp: {
    neighbors: ['10.0.0.1'],
    received: { '10.0.0.1': ['192.0.2.0/24'] },
    receivedAtLeast: { '10.0.0.1': 9 },
  },
  ospf: { neighbors: ['10.255.0.2'] },
  ospf6: {},
  bfd: { count: 2 },
  prefixes: ['198.51.100.0/24'],
};

test('neighbours are wanted by name, by number, or all there are', () => {
  assert.deepEqual(wantsOf(r1), [
    'bgp 10.0.0.1',
    'ospf 10.255.0.2',
    'ospf6 *',
    'bfd #2',
    'received 10.0.0.1 192.0.2.0/24',
    'received 10.0.0.1 #9',
    'route 198.51.100.0/24',
  ]);
});

test('a session that is not up stands in sessions with the state that it has, under the name that was given', () => {
  const unmet = readUnmet(
    'r1 bgp 10.0.0.1 Active\nr1 ospf eth1/10.255.0.2 Init/DROther\nr1 bfd fe80::1%eth1 down\n',
  );
  const seen = asSeen(allUp([r1]), unmet);
  assert.equal(seen.r1?.['bgp 10.0.0.1'], 'Active');
  assert.equal(seen.r1?.['ospf 10.255.0.2'], 'Init/DROther');
  assert.equal(seen.r1?.['bfd fe80::1%eth1'], 'down');
  assert.equal(seen.r1?.['route 198.51.100.0/24'], 'up');
});

test('errors name the router, the neighbour and the state', () => {
  const told = readUnmet(
    [
      'r1 bgp 10.0.0.1 Active',
      'r1 route 198.51.100.0/24 missing',
      'r1 received 10.0.0.1 192.0.2.0/24 missing',
      'r1 received 10.0.0.1 #9 4',
      'r1 bfd #2 1',
      'r1 ospf6 * absent',
    ].join('\n'),
  );
  assert.deepEqual(told.map(sentence), [
    'r1: bgp 10.0.0.1 is Active',
    'r1: there is no route to 198.51.100.0/24',
    'r1: 192.0.2.0/24 was not received from 10.0.0.1',
    'r1: 4 of 9 prefixes were received from 10.0.0.1',
    'r1: 1 of 2 BFD peers are up',
    'r1: there are no OSPFv3 neighbours',
  ]);
});

test('what FRR tells of a session goes with it, and not with another whose name begins so', () => {
  const [one, other] = readUnmet(
    'r1 bgp 10.0.0.1 Active\nr1 bgp 10.0.0.10 Idle\n',
    'r1 bgp 10.0.0.10 last reset: Admin. shutdown\nr1 bgp 10.0.0.10 bgpd: gone\n',
  );
  assert.deepEqual(one?.reasons, []);
  assert.deepEqual(other?.reasons, ['last reset: Admin. shutdown', 'bgpd: gone']);
});

const provider = dynamicProvider(routingCheck as unknown as Resource);
const inputs = { owner: 'p/s/n', routers: [{ connection: { host: 'a' }, machineName: 'r1', bgp: {} }] };

test('what must be up is known in a preview, and a router of which nothing is asked is refused', async () => {
  const checked = await provider.check({}, inputs);
  assert.deepEqual((checked.inputs as Record<string, unknown>).sessions, { r1: { 'bgp *': 'up' } });
  const { failures } = await provider.check({}, { ...inputs, routers: [{ machineName: 'r1' }] });
  assert.match(failures[0]?.reason ?? '', /nothing is to be checked/);
});

test("a change of a router's connection alone reaches no host", async () => {
  const news = { ...inputs, routers: [{ connection: { host: 'b' }, machineName: 'r1', bgp: {} }] };
  const { outs } = await provider.update('n', inputs, news);
  assert.deepEqual((outs as typeof news).routers, news.routers);
});

test('whatever a host answers is told, and changes no object but its own', () => {
  const missing =
    'r1 bgp 10.0.0.1 Active\nr1 ospf eth1/10.255.0.2 Init/DROther\nr1 route 198.51.100.0/24 missing\n';
  fc.assert(
    fc.property(answersLike({ missing }), (values) => {
      const unmet = readUnmet(values.missing ?? '');
      assertPlain(asSeen(allUp([r1]), unmet));
      for (const each of unmet) assert.equal(typeof sentence(each), 'string');
    }),
    runs(150),
  );
});
