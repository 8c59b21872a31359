import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { planTopology, type TopologyArgs } from '../../../sdk';
import { problemsOf } from './refusals';

const args: TopologyArgs = {
  hosts: { here: {} },
  routers: { c1: { id: 1 }, c2: { id: 2 }, e1: { id: 3, area: 1 }, e2: { id: 4, area: 1 }, x: { id: 5 } },
  links: [
    { a: 'c1', b: 'c2', id: 1 },
    { a: 'c1', b: 'e1', id: 2 },
    { a: 'c2', b: 'e1', id: 3 },
    { a: 'e1', b: 'e2', id: 4 },
    { a: 'c2', b: 'x', id: 5, area: 2 },
  ],
  policy: {
    asn: 'none',
    ipv6: true,
    ospf: { areas: { 1: { type: 'stub', noSummary: true } } },
    pools: { loopback4: '10.255.0.0/24', p2p4: '10.0.0.0/24' },
  },
};

describe('areas', () => {
  test('of links are their own, or those of their routers, and border routers follow', () => {
    const { links, routers } = planTopology(args);
    assert.deepEqual(
      Object.entries(links).map(([name, { area }]) => `${name} ${area}`),
      ['c1_c2 0.0.0.0', 'c1_e1 0.0.0.1', 'c2_e1 0.0.0.1', 'e1_e2 0.0.0.1', 'c2_x 0.0.0.2'],
    );
    assert.deepEqual(routers.c2?.areas, ['0.0.0.0', '0.0.0.1', '0.0.0.2']);
    assert.deepEqual(routers.e1?.areas, ['0.0.0.1']);
    assert.deepEqual(routers.x?.areas, ['0.0.0.2']);
    assert.equal(routers.x?.configuration.interfaces?.lo?.ospf?.area, '0.0.0.2');
    assert.equal(routers.e1?.configuration.interfaces?.['to-c1']?.ospf6?.area, '0.0.0.1');
  });

  test('have their type on each of their routers, and keep summaries out at the border', () => {
    const { routers } = planTopology(args);
    const types = (router: string) => routers[router]?.configuration.ospf?.areas;
    assert.deepEqual(types('c1'), { '0.0.0.1': { type: 'stub', noSummary: true } });
    assert.deepEqual(types('e2'), { '0.0.0.1': { type: 'stub' } });
    assert.equal(types('x'), undefined);
    assert.deepEqual(routers.e2?.configuration.ospf6?.areas, types('e2'));
  });

  test('without summaries have routes to what is in them, and to all else by default alone', () => {
    const { routers } = planTopology(args);
    const four = (router: string) =>
      routers[router]?.expected.prefixes.filter((prefix) => prefix.includes('.')).join(' ');
    assert.equal(four('e1'), '10.255.0.4/32');
    assert.equal(four('x'), '10.255.0.1/32 10.255.0.2/32 10.255.0.3/32 10.255.0.4/32');
    assert.equal(four('c1'), '10.255.0.2/32 10.255.0.3/32 10.255.0.4/32 10.255.0.5/32');
  });

  test('are one network: what does not meet area 0, or parts it, is refused', () => {
    const areas = (links: TopologyArgs['links'], ospf: object = {}) =>
      problemsOf({
        hosts: { here: {} },
        routers: { r1: {}, r2: {}, r3: {}, r4: {} },
        links,
        policy: { asn: 'none', ospf },
      });
    const one = { a: 'r1', b: 'r2', area: 1 };
    assert.deepEqual(areas([one, { a: 'r2', b: 'r3', area: 2 }]), [
      'routers.r2: it is in areas 1 and 2, and not in area 0; accepted are border routers with a link in area 0',
    ]);
    assert.deepEqual(areas([['r1', 'r2'], { a: 'r2', b: 'r3', area: 1 }, ['r3', 'r4']]), [
      'area 0: it is in 2 parts (r1, r2; r3, r4); accepted is one that links of area 0 hold together',
    ]);
    // One area that is not 0 is no area border's affair.
    assert.deepEqual(areas([one]), []);
    assert.deepEqual(areas([['r1', 'r2']], { areas: { 0: { type: 'stub' }, 7: { type: 'nssa' } } }), [
      'policy.ospf.areas["0"]: area 0 is the backbone; accepted are types of other areas',
      'policy.ospf.areas["7"]: no link is in area 7; accepted are areas that links are in',
    ]);
    assert.deepEqual(areas([one], { areas: { 1: { type: 'nssa', noSummary: true } } }), [
      'policy.ospf.areas["1"].noSummary: received true beside type "nssa"; accepted is it with type "stub" only',
    ]);
    assert.deepEqual(problemsOf({ ...args, routers: { ...args.routers, e2: { area: '0.0.0.9' } } }), [
      'links[3]: its routers are in areas 1 and 9; accepted is an `area` of its own',
    ]);
  });
});

test('a border of an AS is in no area into which nothing comes', () => {
  const links = [
    ...(args.links ?? []),
    ['e2', { host: true, asn: 65001 }] as ['e2', { host: true; asn: number }],
  ];
  assert.deepEqual(problemsOf({ ...args, links, policy: { ...args.policy, asn: 65000 } }), [
    'routers.e2: it has eBGP, and is in area 1, where it hears of nothing outside that it could announce; accepted is it in another area, or noSummary: false',
  ]);
});

describe('what OSPF does on links', () => {
  const settings: TopologyArgs = {
    ...args,
    links: [
      { a: 'c1', b: 'c2', id: 1, bandwidth: 1000 },
      { a: 'c1', b: 'e1', id: 2, ospf: { helloInterval: 2, network: 'broadcast' } },
      { a: 'c2', b: { router: 'e1', metric: 70 }, id: 3, cost: 30, bandwidth: 1000 },
      { a: 'c1', b: 'c2', name: 'spare', id: 4, passive: true },
    ],
    policy: {
      ...args.policy,
      ospf: { helloInterval: 1, deadInterval: 4, cost: 15, referenceBandwidth: 40000 },
    },
  };
  const interfaceOf = (router: string, name: string) =>
    planTopology(settings).routers[router]?.configuration.interfaces?.[name];

  test('is the whole topology’s, or their own', () => {
    assert.deepEqual(interfaceOf('c1', 'to-e1')?.ospf, {
      area: '0.0.0.1',
      network: 'broadcast',
      cost: 15,
      helloInterval: 2,
      deadInterval: 4,
    });
  });

  test('costs what an end says, the link, its bandwidth, or the default', () => {
    assert.equal(interfaceOf('c1', 'to-c2')?.ospf?.cost, 40);
    assert.equal(interfaceOf('c1', 'to-c2')?.bandwidth, 1000);
    assert.equal(interfaceOf('c2', 'to-e1')?.ospf?.cost, 30);
    assert.equal(interfaceOf('e1', 'to-c2')?.ospf6?.cost, 70);
  });

  test('is nothing on passive ones, whose subnets are announced', () => {
    assert.deepEqual(interfaceOf('c1', 'spare')?.ospf, { area: '0.0.0.0', passive: true });
    assert.deepEqual(interfaceOf('c1', 'spare')?.ospf6, { area: '0.0.0.0', passive: true });
    assert.deepEqual(planTopology(settings).links.spare?.runs, []);
    assert.deepEqual(planTopology(settings).routers.c1?.expected.ospf, ['10.255.0.2', '10.255.0.3']);
  });
});
