import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { frrRules } from '../../../provider/frr/rules';
import { formatPlan, planTopology, type TopologyArgs } from '../../../sdk';
import { problemsOf } from './refusals';

/** a1 ── a2 ── b1 ── out: 65001 and 65002 are AS 64512 to out, which is in 64496. */
const args: TopologyArgs = {
  hosts: { here: {} },
  routers: {
    a1: { id: 1, asn: 65001 },
    a2: { id: 2, asn: 65001 },
    b1: { id: 3, asn: 65002 },
    out: { id: 4, asn: 64496 },
  },
  links: [
    { a: 'a1', b: 'a2', id: 1 },
    { a: 'a2', b: 'b1', id: 2 },
    { a: 'b1', b: 'out', id: 3 },
  ],
  policy: {
    asn: 65001,
    ipv6: true,
    confederations: { 64512: [65001, 65002] },
    pools: { loopback4: '10.255.0.0/24', p2p4: '10.0.0.0/24' },
  },
};
const plan = planTopology(args);
const bgpOf = (router: string) => plan.routers[router]?.configuration.bgp;
const asnsOf = (router: string, of = plan) =>
  Object.fromEntries(
    Object.values(of.routers[router]?.configuration.bgp?.neighbors ?? {}).map((each) => [
      each.description,
      each.remoteAs,
    ]),
  );

describe('ASes that are parts of a larger one', () => {
  test('say so, and which others are', () => {
    assert.deepEqual(bgpOf('a1')?.confederation, { identifier: 64512, peers: [65002] });
    assert.deepEqual(bgpOf('b1')?.confederation, { identifier: 64512, peers: [65001] });
    assert.equal(bgpOf('out')?.confederation, undefined);
  });

  test('know each other by their own numbers, and others know them by the larger', () => {
    assert.deepEqual(asnsOf('a1'), { a2: 65001 });
    assert.deepEqual(asnsOf('a2'), { a1: 65001, b1: 65002 });
    assert.deepEqual(asnsOf('b1'), { a2: 65001, out: 64496 });
    assert.deepEqual(asnsOf('out'), { b1: 64512 });
  });

  test('tell each other next hops that lie on the link between them', () => {
    const sessions = (router: string, other: string) =>
      Object.values(bgpOf(router)?.neighbors ?? {}).filter(({ description }) => description === other);
    assert.deepEqual(
      sessions('b1', 'a2').map(({ ipv4, ipv6 }) => [ipv4, ipv6]),
      [
        [{ nextHopSelf: true }, undefined],
        [undefined, { nextHopSelf: true }],
      ],
    );
    assert.deepEqual(
      sessions('b1', 'out').map(({ ipv4, ipv6 }) => [ipv4, ipv6]),
      [
        [{}, undefined],
        [undefined, {}],
      ],
    );
    const unnumbered = planTopology({ ...args, policy: { ...args.policy, unnumbered: true } });
    const { ipv4, ipv6, remoteAs } = Object.values(
      unnumbered.routers.b1?.configuration.bgp?.neighbors ?? {},
    ).find(({ description }) => description === 'a2') as { ipv4: unknown; ipv6: unknown; remoteAs: unknown };
    assert.deepEqual([ipv4, ipv6, remoteAs], [{ nextHopSelf: true }, { nextHopSelf: true }, 65001]);
  });

  test('are what FrrConfig accepts', () => {
    for (const { configuration } of Object.values(plan.routers))
      assert.deepEqual(frrRules(configuration), []);
  });

  test('have no OSPF between them, and all loopbacks reach each other', () => {
    assert.deepEqual(plan.links.a2_b1?.runs, ['ebgp']);
    assert.deepEqual(
      plan.routers.out?.expected.prefixes.filter((prefix) => prefix.endsWith('/32')),
      ['10.255.0.1/32', '10.255.0.2/32', '10.255.0.3/32'],
    );
  });

  test('whose parts are not connected among themselves leave it open who reaches whom', () => {
    const apart = planTopology({
      ...args,
      links: [
        ['a1', 'a2'],
        ['a2', 'out'],
        ['b1', 'out'],
      ],
    });
    assert.deepEqual(apart.routers.a1?.expected.prefixes, []);
  });

  test('show it in the plan', () => {
    assert.match(formatPlan(plan), /^b1 +here +10\.255\.0\.3 +65002 +128M +in AS 64512$/m);
  });

  test('are refused where they cannot be, by name', () => {
    const refused = (confederations: Record<string, number[]>) =>
      problemsOf({ ...args, policy: { ...args.policy, confederations } });
    assert.deepEqual(refused({ 64496: [65001, 65002] }), [
      'policy.confederations["64496"]: it is the AS of router out; accepted is a number that no router has',
    ]);
    assert.deepEqual(refused({ 64512: [65001, 65001, 65003], 64513: [65001] }), [
      'policy.confederations["64512"][1]: received 65001, which stands there already; accepted is it once',
      'policy.confederations["64512"][2]: received 65003, which no router has; accepted are the ASes of routers: 65001, 65002, 64496',
      'policy.confederations["64513"][0]: received 65001, which is a part of 64512 too; accepted is one of the two',
    ]);
    assert.deepEqual(refused({ 23456: [65001] }), [
      'policy.confederations["23456"]: received [65001]; accepted is an AS number from 1 to 4294967294, not 23456 or 65535',
    ]);
  });
});
