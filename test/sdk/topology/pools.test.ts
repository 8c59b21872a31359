import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { planTopology, type TopologyArgs } from '../../../sdk';
import { problemsOf } from './refusals';

const named = {
  core: { ipv4: '10.1.0.0/24', ipv6: '2001:db8:1::/48', ipv4Length: 30 as const, start: 3 },
  customers: { ipv4: '203.0.113.0/24', start: 17 },
  six: { ipv6: '2001:db8:6::/64' },
};
const args: TopologyArgs = {
  hosts: { here: {} },
  routers: { r1: { id: 1 }, r2: { id: 2, pool: 'customers' }, r3: { id: 3 } },
  links: [
    { a: 'r1', b: 'r2', id: 1 },
    { a: 'r1', b: 'r3', id: 1, pool: 'core' },
    { a: 'r2', b: 'r3', id: 1, pool: 'six' },
  ],
  policy: { ipv6: true, pools: { loopback4: '10.255.0.0/24', p2p4: '10.0.0.0/24', named } },
};

describe('pools of your own', () => {
  test('give links and loopbacks what they ask for, each counted by itself from its start', () => {
    const { routers, links } = planTopology(args);
    assert.deepEqual(links.r1_r2?.a.addresses, ['10.0.0.0/31', 'fd6e:7370:8000::/127']);
    assert.deepEqual(links.r1_r3?.a.addresses, ['10.1.0.9/30', '2001:db8:1::4/127']);
    assert.deepEqual(routers.r2?.loopbacks, ['203.0.113.18/32']);
    assert.equal(routers.r2?.routerId, '203.0.113.18');
    assert.deepEqual(routers.r1?.loopbacks, ['10.255.0.1/32', 'fd6e:7370:6177::1/128']);
  });

  test('of one family give links of that family alone, over which BGP takes IPv4 routes all the same', () => {
    const { routers, links } = planTopology(args);
    assert.deepEqual(links.r2_r3?.b.addresses, ['2001:db8:6::1/127']);
    assert.deepEqual(routers.r2?.configuration.bgp?.neighbors?.['2001:db8:6::1'], {
      remoteAs: 4200000003,
      description: 'r3',
      capabilityExtendedNexthop: true,
      ipv4: {},
      ipv6: {},
    });
    const ospf = planTopology({ ...args, policy: { ...args.policy, asn: 'none' } });
    assert.deepEqual(ospf.links.r2_r3?.runs, ['ospf6']);
    assert.deepEqual(ospf.links.r1_r2?.runs, ['ospf', 'ospf6']);
  });

  test('that nobody knows, that both kinds use, or that have no room are refused', () => {
    const asked = (pool: string, more: object = {}) =>
      problemsOf({
        ...args,
        routers: { ...args.routers, r1: { pool: 'core' } },
        links: [{ a: 'r1', b: 'r2', pool }],
        policy: { pools: { named: { ...named, ...more } } },
      });
    assert.deepEqual(asked('cor'), ['links[0].pool: received "cor"; accepted is "core", "customers", "six"']);
    assert.deepEqual(asked('core'), [
      'links[0].pool: received "core", which loopbacks are from; accepted is another for links',
    ]);
    assert.deepEqual(asked('tiny', { tiny: { ipv4: '192.0.2.0/30', start: 3 } }), [
      'policy.pools.named.tiny: there is no room in it for links; accepted is an ipv4 or ipv6 prefix with room after its start',
    ]);
    assert.deepEqual(asked('twin', { twin: { ipv4: '10.1.0.128/25' } }), [
      'policy.pools.named.twin.ipv4: received 10.1.0.128/25, which overlaps named.core.ipv4 (10.1.0.0/24); accepted are pools apart',
    ]);
    assert.deepEqual(problemsOf({ ...args, links: [{ a: 'r1', b: 'r3', id: 62, pool: 'core' }] }), []);
    assert.match(
      problemsOf({ ...args, links: [{ a: 'r1', b: 'r3', id: 63, pool: 'core' }] }).join(),
      /links\[0\] \(r1_r3\): received id 63; accepted is 1 to 62/,
    );
  });
});

test('router ids can have a pool of their own, and be nobody’s addresses', () => {
  const { routers } = planTopology({
    ...args,
    policy: { ...args.policy, pools: { ...args.policy?.pools, routerId: '0.0.1.0/24' } },
  });
  assert.deepEqual(
    Object.values(routers).map(({ routerId }) => routerId),
    ['0.0.1.1', '0.0.1.2', '0.0.1.3'],
  );
});

test('a link says itself whether it has IPv4 and IPv6', () => {
  const { links } = planTopology({
    ...args,
    links: [
      { a: 'r1', b: 'r2', id: 1, ipv4: false },
      { a: 'r1', b: 'r3', id: 2, ipv6: false },
    ],
  });
  assert.deepEqual(links.r1_r2?.a.addresses, ['fd6e:7370:8000::/127']);
  assert.deepEqual(links.r1_r3?.a.addresses, ['10.0.0.2/31']);
});

describe('unnumbered links', () => {
  const unnumbered: TopologyArgs = {
    ...args,
    routers: { r1: { id: 1 }, r2: { id: 2 }, r3: { id: 3, asn: 65001 } },
    links: [['r1', 'r2'], ['r2', 'r3'], { a: 'r1', b: 'r3', id: 9, unnumbered: false }],
    policy: { asn: 65000, ipv6: true, unnumbered: true, pools: { loopback4: '10.255.0.0/24' } },
  };

  test('inside an AS are on the routers’ loopbacks, and between ASes on none', () => {
    const { links, routers } = planTopology(unnumbered);
    assert.deepEqual(links.r1_r2?.a.addresses, ['10.255.0.1/32']);
    assert.deepEqual(links.r1_r2?.b.addresses, ['10.255.0.2/32']);
    assert.deepEqual(links.r1_r2?.runs, ['ospf', 'ospf6']);
    assert.equal(links.r2_r3?.a.addresses, undefined);
    assert.equal(links.r1_r3?.a.addresses?.length, 2);
    assert.equal(routers.r1?.configuration.interfaces?.['to-r2']?.ospf?.network, 'point-to-point');
  });

  test('need an IPv4 loopback, and no broadcast', () => {
    const routers = { ...unnumbered.routers, r2: { id: 2, loopbacks: ['2001:db8::2/128'] } };
    assert.deepEqual(problemsOf({ ...unnumbered, routers }), [
      'links[0]: it is unnumbered, and r2 has no IPv4 loopback, which OSPF needs there; accepted is unnumbered: false, or a loopback',
    ]);
    const links = [{ a: 'r1', b: 'r2', ospf: { network: 'broadcast' as const } }];
    assert.deepEqual(problemsOf({ ...unnumbered, links }), [
      'links[0]: it is unnumbered, and OSPF\'s network there "broadcast"; accepted is "point-to-point"',
    ]);
  });
});
