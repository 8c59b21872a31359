import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Address4, Address6 } from 'ip-address';
import { planTopology, type TopologyArgs, type TopologyPlan, TopologyProblems } from '../../../sdk';
import { runs } from '../../fuzz';

type Links = NonNullable<TopologyArgs['links']>;
type Args = Omit<TopologyArgs, 'links'> & { links: Links };

const name = fc.stringMatching(/^[a-z]([a-z0-9-]{0,14}[a-z0-9])?$/);
const policy = fc.record(
  {
    ipv6: fc.boolean(),
    asn: fc.constantFrom<'perRouter' | 'none' | number>('perRouter', 'none', 65000),
    pools: fc.record({
      p2p4Length: fc.constantFrom<30 | 31>(30, 31),
      p2p6Length: fc.constantFrom<64 | 127>(64, 127),
      named: fc.constant({
        own: { ipv4: '172.16.0.0/12', ipv6: 'fd01::/40', start: 9 },
        other: { ipv4: '10.0.0.0/10' },
      }),
    }),
    unnumbered: fc.boolean(),
  },
  { requiredKeys: [] },
);

/** What a link of two is besides. */
const kinds = fc.constantFrom<object>(
  {},
  {},
  { pool: 'own' },
  { ipv6: false },
  { unnumbered: true },
  { passive: true },
);

/** Routers on up to three hosts, each linked to some before it, some with their host. */
const topology = fc
  .record({
    names: fc.uniqueArray(name, { minLength: 2, maxLength: 12 }),
    hosts: fc.uniqueArray(name, { minLength: 1, maxLength: 3 }),
    picks: fc.array(fc.tuple(fc.nat(), fc.nat(), kinds), { maxLength: 20 }),
    outside: fc.nat({ max: 3 }),
    policy,
  })
  .map(({ names, hosts, picks, outside, policy: given }): Args => {
    // Without its pools, the policy has none to ask for.
    const asks = (kind: object) => (given.pools === undefined && 'pool' in kind ? {} : kind);
    const pairs = picks
      .map(([a, b, kind]) => {
        const [one, other] = [names[a % names.length], names[b % names.length]].sort() as [string, string];
        return { a: one, b: other, ...asks(kind) };
      })
      .filter(
        ({ a, b }, index, all) => a !== b && all.findIndex((each) => a === each.a && b === each.b) === index,
      );
    return {
      hosts: Object.fromEntries(hosts.map((host, index) => [host, { underlay: `192.0.2.${index + 1}` }])),
      routers: Object.fromEntries(
        names.map((each, index) => [each, given.pools && index % 3 === 2 ? { pool: 'other' } : {}]),
      ),
      links: [...pairs, ...names.slice(0, outside).map((a) => ({ a, b: { host: true as const } }))],
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
    Object.entries(routers).map(([each, { configuration: _, expected: __, areas: ___, ...identity }]) => [
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
    runs(200),
  );
});

test('a router that goes, with its links, changes nothing of the others', () => {
  fc.assert(
    fc.property(topology, fc.nat(), (args, pick) => {
      const names = Object.keys(args.routers);
      const gone = names[pick % names.length] as string;
      const before = planned(args);
      const { [gone]: _, ...routers } = args.routers;
      const after = planned({
        ...args,
        routers,
        links: args.links.filter((link) => !endsOf(link).includes(gone)),
      });
      if (!before || !after) return;
      const { [gone]: __, ...others } = identities(before);
      assert.deepEqual(identities(after), others);
      for (const [link, is] of Object.entries(after.links)) assert.deepEqual(before.links[link], is);
    }),
    runs(200),
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
        for (const loopback of loopbacks) {
          add(loopback, ['10.192.0.0/10', 'fd6e:7370:6177::/64', '10.0.0.0/10']);
        }
      }
      for (const { a, b } of Object.values(plan.links)) {
        // Unnumbered: both routers' loopbacks.
        if (a.addresses?.some((address) => address.endsWith('/32'))) {
          assert.ok(plan.routers[a.router as string]?.loopbacks.includes(a.addresses[0] as string));
          continue;
        }
        for (const address of [...(a.addresses ?? []), ...(b.addresses ?? [])]) {
          add(address, ['10.128.0.0/10', 'fd6e:7370:8000::/33', '172.16.0.0/12', 'fd01::/40']);
        }
        assert.equal(a.addresses?.length, b.addresses?.length);
        a.addresses?.forEach((address, index) => {
          assert.equal(network(address), network(b.addresses?.[index] as string));
        });
      }
    }),
    runs(200),
  );
});

test('no two interfaces of a router have one name, and all fit the kernel', () => {
  fc.assert(
    fc.property(topology, (args) => {
      const plan = planned(args);
      if (!plan) return;
      const ends = Object.values(plan.links).flatMap(({ a, b }) => [a, b]);
      const names = ends.map((end) => `${end.host} ${end.machineName} ${end.interface}`);
      assert.equal(new Set(names).size, ends.length);
      for (const end of ends) assert.ok(Buffer.byteLength(end.interface) <= 15);
    }),
  );
});

const endsOf = (link: Links[number]) => (Array.isArray(link) ? link : [link.a, link.b]);

const within = (address: string, pool: string) =>
  address.includes(':') === pool.includes(':') &&
  (pool.includes(':')
    ? new Address6(address).isInSubnet(new Address6(pool))
    : new Address4(address).isInSubnet(new Address4(pool)));

const network = (address: string) =>
  (address.includes(':') ? new Address6(address) : new Address4(address)).startAddress().correctForm();
