import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { frrRules } from '../../../provider/frr/rules';
import { frrConfiguration } from '../../../provider/frr/schema';
import { networkOf, withoutPrefix } from '../../../provider/link/address';
import { planTopology, type TopologyArgs, type TopologyPlan, TopologyProblems } from '../../../sdk';
import { runs } from '../../fuzz';

type Segments = NonNullable<TopologyArgs['segments']>;
type Args = TopologyArgs & { segments: Segments };

const name = fc.stringMatching(/^[a-z]([a-z0-9-]{0,14}[a-z0-9])?$/);

/** What a segment is besides. */
const kinds = fc.constantFrom<object>(
  {},
  {},
  { pool: 'own' },
  { ipv6: false },
  { passive: true },
  { adminState: 'down' },
);

/** Routers on up to three hosts, some linked in a row, with segments of any of them and of machines beside. */
const topology = fc
  .record({
    routers: fc.uniqueArray(name, { minLength: 2, maxLength: 8 }),
    hosts: fc.uniqueArray(name, { minLength: 1, maxLength: 3 }),
    segments: fc.uniqueArray(
      fc.tuple(name, fc.array(fc.nat(), { minLength: 1, maxLength: 5 }), fc.boolean(), kinds),
      { maxLength: 4, selector: ([each]) => each },
    ),
    links: fc.nat({ max: 3 }),
    policy: fc.record(
      {
        ipv6: fc.boolean(),
        asn: fc.constantFrom<'perRouter' | 'none' | number>('perRouter', 'none', 65000),
        unnumbered: fc.boolean(),
        // So many numbers that two names seldom have the same.
        pools: fc.record({
          lan4Length: fc.constantFrom(20, 21),
          lan6Length: fc.constantFrom(64, 112),
          named: fc.constant({ own: { ipv4: '172.16.0.0/12', ipv6: 'fd01::/40', lan4Length: 20, start: 3 } }),
        }),
      },
      { requiredKeys: ['pools'] },
    ),
  })
  .map(
    ({ routers, hosts, segments, links, policy }): Args => ({
      hosts: Object.fromEntries(hosts.map((host, index) => [host, { underlay: `192.0.2.${index + 1}` }])),
      routers: Object.fromEntries(routers.map((router) => [router, {}])),
      links: routers.slice(1, 1 + links).map((router, index) => [routers[index] as string, router]),
      segments: Object.fromEntries(
        segments.map(([segment, picks, machine, kind]) => [
          segment,
          {
            ...kind,
            ends: [
              ...new Set(picks.map((pick) => routers[pick % routers.length] as string)),
              // Of two machines in one place, one would be refused.
              ...(machine ? [{ host: hosts[0] as string, machineName: 'web.example' }] : []),
            ],
          },
        ]),
      ),
      policy,
    }),
  );

/** A plan; undefined where two names have the same number or make the same, which is refused. */
const planned = (args: TopologyArgs): TopologyPlan | undefined => {
  try {
    return planTopology(args);
  } catch (error) {
    const seldom = / both have (id|number) | has the name of what is made for |systemd does not use itself/;
    if (error instanceof TopologyProblems && error.problems.every((each) => seldom.test(each)))
      return undefined;
    throw error;
  }
};

const addressesOf = ({ links, segments }: TopologyPlan) => ({
  links: Object.fromEntries(
    Object.entries(links).map(([link, { a, b }]) => [link, [a.addresses, b.addresses]]),
  ),
  segments: Object.fromEntries(
    Object.entries(segments).map(([segment, { ends }]) => [
      segment,
      Object.fromEntries(Object.entries(ends).map(([end, { addresses }]) => [end, addresses])),
    ]),
  ),
});

test('every address of links, segments and loopbacks is there once, and those of a segment share its subnets', () => {
  let plans = 0;
  // Fewer would not tell how many of them can be planned.
  const numRuns = Math.max(200, runs(200).numRuns);
  fc.assert(
    fc.property(topology, (args) => {
      const plan = planned(args);
      if (!plan) return;
      plans++;
      const own = [
        ...Object.values(plan.routers).flatMap(({ loopbacks }) => loopbacks),
        ...Object.values(plan.links).flatMap(({ a, b }) =>
          [a, b].flatMap(({ addresses = [] }) => addresses.filter((each) => !each.endsWith('/32'))),
        ),
        ...Object.values(plan.segments).flatMap(({ ends }) =>
          Object.values(ends).flatMap(({ addresses = [] }) => addresses),
        ),
      ].map(withoutPrefix);
      assert.equal(new Set(own).size, own.length);
      const subnets = Object.values(plan.segments).flatMap(({ prefixes }) => prefixes);
      assert.equal(new Set(subnets).size, subnets.length);
      for (const { ends, prefixes } of Object.values(plan.segments)) {
        for (const { addresses = [] } of Object.values(ends)) {
          assert.deepEqual(addresses.map(networkOf), prefixes);
        }
      }
    }),
    { numRuns },
  );
  assert.ok(plans > 0.75 * numRuns, `${plans} plans of ${numRuns}`);
});

test('a router that is an end of segments alone leaves all others’ addresses as they were when it goes', () => {
  fc.assert(
    fc.property(topology, fc.nat(), (args, pick) => {
      const names = Object.keys(args.routers);
      const gone = names[pick % names.length] as string;
      fc.pre(!(args.links ?? []).flat().includes(gone));
      const before = planned(args);
      const { [gone]: _, ...routers } = args.routers;
      const segments = Object.fromEntries(
        Object.entries(args.segments)
          .map(
            ([segment, { ends, ...rest }]) =>
              [segment, { ...rest, ends: ends.filter((end) => end !== gone) }] as const,
          )
          .filter(([, { ends }]) => ends.some((end) => typeof end === 'string')),
      );
      const after = planned({ ...args, routers, segments });
      if (!before || !after) return;
      const was = addressesOf(before);
      const is = addressesOf(after);
      assert.deepEqual(is.links, was.links);
      for (const [segment, ends] of Object.entries(is.segments)) {
        const { [gone]: __, ...others } = was.segments[segment] ?? {};
        assert.deepEqual(ends, others);
      }
    }),
    runs(200),
  );
});

test('a segment that comes changes nothing of the others, wherever it is written', () => {
  fc.assert(
    fc.property(topology, name, fc.boolean(), (args, added, first) => {
      fc.pre(!Object.hasOwn(args.segments, added));
      const one = { [added]: { ends: Object.keys(args.routers) } };
      const before = planned(args);
      const after = planned({
        ...args,
        segments: first ? { ...one, ...args.segments } : { ...args.segments, ...one },
      });
      if (!before || !after) return;
      const { [added]: _, ...others } = after.segments;
      assert.deepEqual(withoutAreas(others), withoutAreas(before.segments));
      assert.deepEqual(after.links, before.links);
    }),
    runs(200),
  );
});

test('what is worked out is a configuration that FrrConfig takes, and no two interfaces of a place have one name', () => {
  fc.assert(
    fc.property(topology, (args) => {
      const plan = planned(args);
      if (!plan) return;
      for (const { configuration } of Object.values(plan.routers)) {
        assert.deepEqual(frrConfiguration.safeParse(configuration).error?.issues ?? [], []);
        assert.deepEqual(frrRules(configuration as never), []);
      }
      const all = Object.values(plan.segments).flatMap(({ ends, tunnels, bridge }) => {
        const members = Object.values(ends);
        return [
          ...members.map((end) => `${end.host} ${end.machineName} ${end.interface}`),
          ...members.map(({ host, port }) => `${host} ${port}`),
          ...Object.values(tunnels).flatMap(({ a, b }) => [a, b].map(({ host, port }) => `${host} ${port}`)),
          ...[...new Set(members.map(({ host }) => host))].map((host) => `${host} ${bridge}`),
        ];
      });
      assert.equal(new Set(all).size, all.length);
      for (const each of all) assert.ok((each.split(' ').at(-1) ?? '').length <= 15);
    }),
  );
});

test('its hosts are joined, and in one way only', () => {
  fc.assert(
    fc.property(topology, (args) => {
      for (const { ends, tunnels } of Object.values(planned(args)?.segments ?? {})) {
        const hosts = new Set(Object.values(ends).map(({ host }) => host));
        const joined = Object.values(tunnels).map(({ a, b }) => [a.host, b.host]);
        assert.equal(joined.length, hosts.size - 1);
        assert.deepEqual(new Set([...hosts, ...joined.flat()]), hosts);
        if (joined.length > 0) assert.deepEqual(new Set(joined.flat()), hosts);
        assert.ok(new Set(joined.map(([middle]) => middle)).size <= 1);
      }
    }),
  );
});

// A router's area can come from another segment.
const withoutAreas = (segments: TopologyPlan['segments']) =>
  Object.fromEntries(Object.entries(segments).map(([segment, { area: _, ...rest }]) => [segment, rest]));
