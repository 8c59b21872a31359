import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Address4, Address6 } from 'ip-address';
import { planTopology, type TopologyArgs, type TopologyPlan, TopologyProblems } from '../../../sdk';

type Args = Omit<TopologyArgs, 'links'> & { links: [string, string][] };

const name = fc.stringMatching(/^[a-z]([a-z0-9-]{0,14}[a-z0-9])?$/);
const policy = fc.record(
  {
    ipv6: fc.boolean(),
    asn: fc.constantFrom<'perRouter' | 'none' | number>('perRouter', 'none', 65000),
    pools: fc.record({
      p2p4Length: fc.constantFrom<30 | 31>(30, 31),
      p2p6Length: fc.constantFrom<64 | 127>(64, 127),
    }),
  },
  { requiredKeys: [] },
);

/** Routers on up to three hosts, each linked to some before it. */
const topology = fc
  .record({
    names: fc.uniqueArray(name, { minLength: 2, maxLength: 12 }),
    hosts: fc.uniqueArray(name, { minLength: 1, maxLength: 3 }),
    picks: fc.array(fc.tuple(fc.nat(), fc.nat()), { maxLength: 20 }),
    policy,
  })
  .map(({ names, hosts, picks, policy: given }): Args => {
    const pairs = picks

      .map(([a, b]) => [names[a % names.length], names[b % names.length]].sort() as [string, string])
      .filter(([a, b], index, all) => a !== b && all.findIndex(([c, d]) => a === c && b === d) === index);
    return {
      hosts: Object.fromEntries(hosts.map((host, index) => [host, { underlay: `192.0.2.${index + 1}` }])),
      routers: Object.fromEntries(names.map((each) => [each, {}])),
      links: pairs,
      policy: given,
    };
  });

/** A plan; undefined where two names have the same number, which is refused. */
const planned = (args: TopologyArgs): TopologyPlan | undefined => {
  try {
    return planTopology(args);
  } catch (error) {
    if (error instanceof TopologyProblems && error.problems.every((each) => / both have id /.test(each)))
      return undefined;
    throw error;
  }
};

// Who a router is: others come and go in its configuration.
const identities = ({ routers }: TopologyPlan) =>
  Object.fromEntries(
    Object.entries(routers).map(([each, { configuration: _, expected: __, ...identity }]) => [
      each,
      identity,
    ]),
  );

test('a router and a link more, wherever they are written, change nothing of the others', () => {
  fc.assert(
    fc.property(topology, name, fc.boolean(), (args, added, first) => {
      fc.pre(!Object.hasOwn(args.routers, added));
      const peer = Object.keys(args.routers)[0] as string;
      const before = planned(args);
      const routers = first ? { [added]: {}, ...args.routers } : { ...args.routers, [added]: {} };
      const after = planned({ ...args, routers, links: [[added, peer], ...args.links] });
      if (!before || !after) return;
      const { [added]: _, ...others } = identities(after);
      assert.deepEqual(others, identities(before));
      for (const [link, was] of Object.entries(before.links)) assert.deepEqual(after.links[link], was);
    }),
    { numRuns: 200 },
  );
});

test('a router that goes, with its links, changes nothing of the others', () => {
  fc.assert(
    fc.property(topology, fc.nat(), (args, pick) => {
      const names = Object.keys(args.routers);
      const gone = names[pick % names.length] as string;
      const before = planned(args);
      const { [gone]: _, ...routers } = args.routers;
      const after = planned({ ...args, routers, links: args.links.filter((ends) => !ends.includes(gone)) });
      if (!before || !after) return;
      const { [gone]: __, ...others } = identities(before);
      assert.deepEqual(identities(after), others);
      for (const [link, is] of Object.entries(after.links)) assert.deepEqual(before.links[link], is);
    }),
    { numRuns: 200 },
  );
});

test('no two addresses are the same, all are within their pools, and the ends of a link share a subnet of two', () => {
  fc.assert(
    fc.property(topology, (args) => {
      const plan = planned(args);
      if (!plan) return;
      const seen = new Set<string>();
      const add = (address: string, pools: string[]) => {
        const parsed = address.includes(':') ? new Address6(address) : new Address4(address);
        const text = parsed.correctForm();
        assert.ok(!seen.has(text), `${text} twice`);
        seen.add(text);
        assert.ok(
          pools.some((pool) => within(text, pool)),
          `${text} in ${pools}`,
        );
      };
      for (const { loopbacks } of Object.values(plan.routers)) {
        for (const loopback of loopbacks) add(loopback, ['10.192.0.0/10', 'fd6e:7370:6177::/64']);
      }
      for (const { a, b } of Object.values(plan.links)) {
        for (const address of [...(a.addresses ?? []), ...(b.addresses ?? [])]) {
          add(address, ['10.128.0.0/10', 'fd6e:7370:8000::/33']);
        }
        assert.equal(a.addresses?.length, b.addresses?.length);
        a.addresses?.forEach((address, index) => {
          assert.equal(network(address), network(b.addresses?.[index] as string));
        });
      }
    }),
    { numRuns: 200 },
  );
});

test('no two interfaces of a router have one name, and all fit the kernel', () => {
  fc.assert(
    fc.property(topology, (args) => {
      const plan = planned(args);
      if (!plan) return;
      const ends = Object.values(plan.links).flatMap(({ a, b }) => [a, b]);
      assert.equal(new Set(ends.map((end) => `${end.router} ${end.interface}`)).size, ends.length);
      for (const end of ends) assert.ok(Buffer.byteLength(end.interface) <= 15);
    }),
  );
});

const within = (address: string, pool: string) =>
  address.includes(':') === pool.includes(':') &&
  (pool.includes(':')
    ? new Address6(address).isInSubnet(new Address6(pool))
    : new Address4(address).isInSubnet(new Address4(pool)));

const network = (address: string) =>
  (address.includes(':') ? new Address6(address) : new Address4(address)).startAddress().correctForm();
