import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { frrRules } from '../../../provider/frr/rules';
import { frrConfiguration } from '../../../provider/frr/schema';
import { planTopology, type TopologyArgs, type TopologyProblems } from '../../../sdk';

const here = { hosts: { here: {} } };
const ids = (names: string[]) => Object.fromEntries(names.map((name, index) => [name, { id: index + 1 }]));
const pools = { loopback4: '10.255.0.0/24', p2p4: '10.0.0.0/24' };
const chain: TopologyArgs = {
  ...here,
  routers: ids(['r1', 'r2', 'r3']),
  links: [
    { a: 'r1', b: 'r2', id: 1 },
    { a: 'r2', b: 'r3', id: 2 },
  ],
  policy: { pools },
};
const configurationIn = (args: TopologyArgs, router: string) =>
  planTopology(args).routers[router]?.configuration;
const expectedIn = (args: TopologyArgs, router: string) => planTopology(args).routers[router]?.expected;

describe('each router in an AS of its own', () => {
  test('eBGP with the other end of each link, and its loopback announced', () => {
    assert.deepEqual(configurationIn(chain, 'r2'), {
      defaults: 'datacenter',
      interfaces: {
        lo: { addresses: ['10.255.0.2/32'] },
        'to-r1': { description: 'to r1' },
        'to-r3': { description: 'to r3' },
      },
      bgp: {
        asn: 4200000002,
        routerId: '10.255.0.2',
        ebgpRequiresPolicy: false,
        multipathRelax: true,
        neighbors: {
          '10.0.0.0': { remoteAs: 4200000001, description: 'r1', ipv4: {} },
          '10.0.0.3': { remoteAs: 4200000003, description: 'r3', ipv4: {} },
        },
        ipv4: { networks: ['10.255.0.2/32'] },
      },
    });
    assert.deepEqual(expectedIn(chain, 'r2'), {
      bgp: ['10.0.0.0', '10.0.0.3'],
      ospf: [],
      ospf6: [],
      prefixes: ['10.255.0.1/32', '10.255.0.3/32'],
    });
  });

  test('unnumbered, sessions are with interfaces, and links have no addresses', () => {
    const args: TopologyArgs = { ...chain, policy: { pools, unnumbered: true, ipv6: true } };
    assert.deepEqual(configurationIn(args, 'r1')?.bgp?.neighbors, {
      'to-r2': { remoteAs: 4200000002, description: 'r2', interface: 'v6only', ipv4: {}, ipv6: {} },
    });
    assert.equal(planTopology(args).links.r1_r2?.a.addresses, undefined);
    assert.deepEqual(expectedIn(args, 'r1')?.bgp, ['to-r2']);
  });

  test('BFD on all links, or on one', () => {
    assert.equal(
      configurationIn({ ...chain, policy: { pools, bfd: true } }, 'r1')?.bgp?.neighbors?.['10.0.0.1']?.bfd,
      true,
    );
    const links = [
      { a: 'r1', b: 'r2', id: 1, bfd: true },
      { a: 'r2', b: 'r3', id: 2 },
    ];
    const neighbors = configurationIn({ ...chain, links }, 'r2')?.bgp?.neighbors;
    assert.equal(neighbors?.['10.0.0.0']?.bfd, true);
    assert.equal(neighbors?.['10.0.0.3']?.bfd, undefined);
  });
});

describe('one AS for all', () => {
  const one: TopologyArgs = { ...chain, policy: { pools, asn: 65000 } };

  test('OSPF on links and loopbacks, and iBGP between all loopbacks', () => {
    const configuration = configurationIn(one, 'r1');
    assert.deepEqual(configuration?.interfaces?.['to-r2']?.ospf, {
      area: '0.0.0.0',
      network: 'point-to-point',
      cost: 10,
    });
    assert.deepEqual(configuration?.interfaces?.lo?.ospf, { area: '0.0.0.0', passive: true });
    assert.deepEqual(configuration?.bgp?.neighbors?.['10.255.0.3'], {
      remoteAs: 'internal',
      description: 'r3',
      updateSource: '10.255.0.1',
      ipv4: { nextHopSelf: true },
    });
    assert.deepEqual(expectedIn(one, 'r1'), {
      bgp: ['10.255.0.2', '10.255.0.3'],
      ospf: ['10.255.0.2'],
      ospf6: [],
      prefixes: ['10.255.0.2/32', '10.255.0.3/32'],
    });
  });

  test("a link's cost is OSPF's on both ends, unless an end has a metric of its own", () => {
    const args: TopologyArgs = {
      ...one,
      links: [{ a: { router: 'r1', metric: 7 }, b: 'r2', cost: 50, id: 1 }],
    };
    assert.equal(configurationIn(args, 'r1')?.interfaces?.['to-r2']?.ospf?.cost, 7);
    assert.equal(configurationIn(args, 'r2')?.interfaces?.['to-r1']?.ospf?.cost, 50);
  });

  test('with a reflector the others have sessions with it alone, and are its clients', () => {
    const routers = { ...chain.routers, r2: { id: 2, role: 'reflector' as const } };
    const neighbors = (router: string) => configurationIn({ ...one, routers }, router)?.bgp?.neighbors ?? {};
    assert.deepEqual(Object.keys(neighbors('r1')), ['10.255.0.2']);
    assert.equal(neighbors('r1')['10.255.0.2']?.ipv4?.routeReflectorClient, undefined);
    assert.equal(neighbors('r2')['10.255.0.3']?.ipv4?.routeReflectorClient, true);
  });

  test('a router with an AS of its own has eBGP with its neighbours, and no OSPF over those links', () => {
    const routers = { ...chain.routers, r3: { id: 3, asn: 65001 } };
    const { links, routers: planned } = planTopology({ ...one, routers });
    assert.deepEqual(links.r1_r2?.runs, ['ospf']);
    assert.deepEqual(links.r2_r3?.runs, ['ebgp']);
    assert.deepEqual(Object.keys(planned.r3?.configuration.bgp?.neighbors ?? {}), ['10.0.0.2']);
    assert.deepEqual(planned.r1?.expected.prefixes, ['10.255.0.2/32', '10.255.0.3/32']);
    // What is behind the border is announced by it.
    assert.deepEqual(planned.r2?.configuration.bgp?.ipv4?.networks, ['10.255.0.2/32', '10.255.0.1/32']);
    assert.deepEqual(planned.r1?.configuration.bgp?.ipv4?.networks, ['10.255.0.1/32']);
  });

  test('a link that is down is configured all the same, and nothing is expected of it', () => {
    const links = [
      { a: 'r1', b: 'r2', id: 1 },
      { a: 'r2', b: 'r3', id: 2, adminState: 'down' as const },
    ];
    const { routers } = planTopology({ ...one, links });
    assert.ok(routers.r2?.configuration.interfaces?.['to-r3']?.ospf);
    assert.deepEqual(routers.r2?.expected, {
      bgp: ['10.255.0.1'],
      ospf: ['10.255.0.1'],
      ospf6: [],
      prefixes: [],
    });
  });

  test('iBGP without an IGP, and reflectors where there is none, are refused', () => {
    const refusal = (policy: TopologyArgs['policy']) => {
      try {
        planTopology({ ...chain, policy: { pools, ...policy } });
      } catch (error) {
        return (error as TopologyProblems).problems;
      }
      return [];
    };
    assert.match(refusal({ asn: 65000, igp: 'none', ibgp: 'mesh' }).join(), /accepted is igp: "ospf"/);
    assert.match(
      refusal({ asn: 65000, ibgp: 'reflectors' }).join(),
      /AS 65000 has no router with role "reflector" among r1, r2, r3/,
    );
    assert.match(refusal({ ipv4: false }).join(), /accepted is one of them/);
  });
});

test('without BGP there is OSPF alone', () => {
  const args: TopologyArgs = { ...chain, policy: { pools, asn: 'none', ipv6: true } };
  const configuration = configurationIn(args, 'r1');
  assert.equal(configuration?.bgp, undefined);
  assert.deepEqual(configuration?.ospf6, { routerId: '10.255.0.1' });
  assert.deepEqual(planTopology(args).links.r1_r2?.runs, ['ospf', 'ospf6']);
});

test('what is worked out is a configuration that FrrConfig takes, whatever the policy', () => {
  const policy = fc.record(
    {
      ipv6: fc.boolean(),
      asn: fc.constantFrom<'perRouter' | 'none' | number>('perRouter', 'none', 65000),
      igp: fc.constantFrom<'ospf' | 'none'>('ospf', 'none'),
      unnumbered: fc.boolean(),
      bfd: fc.boolean(),
      timers: fc.constant({ keepalive: 1, holdtime: 3 }),
      ospf: fc.constant({
        helloInterval: 1,
        deadInterval: 3,
        areas: { 1: { type: 'stub' as const, noSummary: true } },
      }),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(policy, fc.boolean(), fc.constantFrom(undefined, false), (given, down, unnumbered) => {
      const links = [
        ...(chain.links ?? []),
        { a: 'r1', b: 'r3', id: 9, cost: 5, adminState: down ? ('down' as const) : ('up' as const) },
        { a: 'r3', b: 'r4', id: 10, area: 1, unnumbered, bandwidth: 100 },
        { a: 'r4', b: { host: true as const }, id: 11 },
      ];
      const routers = { ...chain.routers, r4: { id: 4 } };
      const planned = refusedAreas(given)
        ? {}
        : planTopology({ ...chain, routers, links, policy: { pools, ...given } }).routers;
      for (const { configuration } of Object.values(planned)) {
        assert.deepEqual(frrConfiguration.safeParse(configuration).error?.issues ?? [], []);
        assert.deepEqual(frrRules(configuration as never), []);
      }
    }),
  );
});

// Where each router has an AS of its own there is no area whose type could be given.
const refusedAreas = ({ asn = 'perRouter', igp, ospf }: { asn?: unknown; igp?: string; ospf?: object }) =>
  ospf !== undefined && igp === 'ospf' && asn === 'perRouter';
