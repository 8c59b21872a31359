import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { planTopology, type TopologyArgs } from '../../../sdk';
import { problemsOf } from './refusals';

const args: TopologyArgs = {
  hosts: { here: {} },
  routers: { r1: { id: 1 }, r2: { id: 2 }, r3: { id: 3, asn: 65001, networks: ['198.51.100.0/24'] } },
  links: [
    { a: 'r1', b: 'r2', id: 1 },
    {
      a: 'r2',
      b: { router: 'r3', session: { localAs: { asn: 64999 }, ipv4: { allowasIn: 1 } } },
      id: 2,
      session: { timers: { keepalive: 1, holdtime: 3 } },
    },
    { a: 'r1', b: { host: true, asn: 64496 }, id: 3 },
  ],
  policy: {
    asn: 65000,
    bgp: {
      external: {
        ipv4: { maximumPrefix: 100, routeMapIn: 'FROM-OTHERS' },
        ipv6: { routeMapIn: 'NEVER-HERE' },
      },
      internal: { ipv4: { sendCommunity: ['standard'] } },
      outside: { ipv4: { prefixListOut: 'TO-HOSTS' } },
    },
    pools: { loopback4: '10.255.0.0/24', p2p4: '10.0.0.0/24' },
  },
};
const neighbor = (router: string, address: string) =>
  planTopology(args).routers[router]?.configuration.bgp?.neighbors?.[address];

describe('BGP sessions', () => {
  test('are given what the policy has for their kind, their link and their end', () => {
    assert.deepEqual(neighbor('r3', '10.0.0.2'), {
      remoteAs: 65000,
      description: 'r2',
      localAs: { asn: 64999 },
      timers: { keepalive: 1, holdtime: 3 },
      ipv4: { maximumPrefix: 100, routeMapIn: 'FROM-OTHERS', allowasIn: 1 },
    });
    assert.deepEqual(neighbor('r1', '10.255.0.2')?.ipv4, { nextHopSelf: true, sendCommunity: ['standard'] });
    assert.deepEqual(neighbor('r1', '10.0.0.5')?.ipv4, { prefixListOut: 'TO-HOSTS' });
  });

  test('are with the AS as which the other end comes', () => {
    assert.equal(neighbor('r2', '10.0.0.3')?.remoteAs, 64999);
  });

  test('carry what a router originates, with a route for it that anything longer goes before', () => {
    const { configuration } = planTopology(args).routers.r3 ?? {};
    assert.deepEqual(configuration?.bgp?.ipv4?.networks, ['10.255.0.3/32', '198.51.100.0/24']);
    assert.deepEqual(configuration?.staticRoutes, [
      { prefix: '198.51.100.0/24', blackhole: true, distance: 254 },
    ]);
    assert.deepEqual(
      problemsOf({
        ...args,
        routers: { r1: { networks: ['198.51.100.0/24'] } },
        links: [],
        policy: { asn: 'none' },
      }),
      ['routers.r1.networks: received, and it has no BGP; accepted with an `asn` only'],
    );
  });

  test('with what is misspelt are refused, by the place of it', () => {
    const policy = { ...args.policy, bgp: { external: { ipv4: { maximumPrefx: 1 } } } };
    assert.deepEqual(problemsOf({ ...args, policy } as TopologyArgs), [
      'policy.bgp.external.ipv4.maximumPrefx: is not a property here; check its spelling',
    ]);
  });
});
