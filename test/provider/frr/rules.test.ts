import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { check } from '../../../provider/check';
import { frrRules } from '../../../provider/frr/rules';
import { type FrrConfiguration, frrConfiguration } from '../../../provider/frr/schema';
import { commonInputs, type Resource } from '../../../provider/resource';
import { isRecord, UNKNOWN } from '../../../provider/unknown';
import { everything } from './everything';

/** A resource that has a configuration and nothing else: what a program is told of it. */
const resource = {
  schema: z.strictObject({ ...commonInputs, config: frrConfiguration }),
  rules: ({ config }: { config: FrrConfiguration }) => frrRules(config),
  derived: {},
} as unknown as Resource;
const told = (config: unknown) =>
  check(resource, { owner: 'project/stack/r1', config }).failures.map(
    ({ property, reason }) => `${property}: ${reason}`,
  );

const external = { remoteAs: 65001 };
const bgp = (neighbor: object, rest: object = {}) => ({
  bgp: { asn: 65000, neighbors: { '192.0.2.1': neighbor }, ...rest },
});
const permit = { action: 'permit' } as const;
const eight = { ...permit, prefix: '10.0.0.0/8' };

test('a configuration with every property is accepted', () => {
  assert.deepEqual(told(everything), []);
});

for (const [what, config, expected] of [
  [
    'a prefix with host bits',
    { staticRoutes: [{ prefix: '10.0.0.1/8', blackhole: true }] },
    /^config\.staticRoutes\[0\]\.prefix: .*host bits set; accepted is 10\.0\.0\.0\/8$/,
  ],
  [
    'a prefix of the other family',
    { bgp: { asn: 65000, ipv6: { networks: ['10.0.0.0/8'] } } },
    /config\.bgp\.ipv6\.networks\[0\]/,
  ],
  [
    'a router id that is none',
    { ospf: { routerId: '1' } },
    /^config\.ospf\.routerId: .*accepted is a router id/,
  ],
  ['an AS number that is reserved', { bgp: { asn: 23456 } }, /^config\.bgp\.asn: .*accepted is an AS number/],
  [
    'an AS number of a neighbor that is too large',
    bgp({ remoteAs: 4294967296 }),
    /^config\.bgp\.neighbors\["192\.0\.2\.1"\]\.remoteAs: received 4294967296; accepted is an AS number from 1/,
  ],
  [
    'a neighbor that is neither address nor interface',
    { bgp: { asn: 65000, neighbors: { 'r2 ': external } } },
    /^config\.bgp\.neighbors\["r2 "\]: .*accepted is the address of a neighbor, or an interface/,
  ],
  [
    'one neighbor in two spellings',
    { bgp: { asn: 65000, neighbors: { 'FD00::1': external, 'fd00:0::1': external } } },
    /neighbors\["fd00:0::1"\]: received neighbor fd00::1, which bgp\.neighbors\["FD00::1"\] has too/,
  ],
  ['a neighbor without an AS', bgp({}), /remoteAs: it is missing; accepted is an AS number/],
  [
    'an AS in neighbor and group',
    bgp({ ...external, peerGroup: 'G' }, { peerGroups: { G: external } }),
    /remoteAs: it is given here and in the peer group G/,
  ],
  [
    'a group that is not defined',
    bgp({ peerGroup: 'G' }, { peerGroups: { H: external } }),
    /peerGroup: received "G", which bgp\.peerGroups does not define; accepted is H$/,
  ],
  [
    'a route map that is not defined',
    bgp({ ...external, ipv4: { routeMapIn: 'IN' } }),
    /\.ipv4\.routeMapIn: received "IN", which routeMaps does not define; it defines none$/,
  ],
  [
    'a prefix list of the other family',
    { ...bgp({ ...external, ipv6: { prefixListIn: 'P' } }), prefixLists: { P: [eight] } },
    /\.ipv6\.prefixListIn: received "P", which prefixLists does not define/,
  ],
  [
    'a BFD profile that is not defined',
    bgp({ ...external, bfd: { profile: 'fast' } }),
    /\.bfd\.profile: received "fast", which bfd\.profiles does not define/,
  ],
  [
    'a community list that is not defined',
    { routeMaps: { R: [{ ...permit, match: { communityList: 'C' } }] } },
    /^config\.routeMaps\.R\[0\]\.match\.communityList: received "C"/,
  ],
  [
    'a sequence twice',
    {
      prefixLists: {
        P: [
          { ...eight, sequence: 5 },
          { ...permit, prefix: '10.1.0.0/16', sequence: 5 },
        ],
      },
    },
    /^config\.prefixLists\.P\[1\]\.sequence: received sequence 5, which prefixLists\.P\[0\]\.sequence has too/,
  ],
  [
    'a sequence that one left out would have',
    { routeMaps: { R: [{ ...permit, sequence: 20 }, { ...permit, sequence: 10 }, permit] } },
    /^config\.routeMaps\.R\[2\]\.sequence: received sequence 20/,
  ],
  [
    'an entry twice, which FRR drops',
    { prefixLists: { P: [eight, eight] } },
    /^config\.prefixLists\.P\[1\]: received entry/,
  ],
  [
    'lengths that cannot be',
    { prefixLists: { P: [{ ...eight, ge: 24, le: 16 }] } },
    /^config\.prefixLists\.P\[0\]\.le: received 16, and ge is 24/,
  ],
  [
    'a length that is too large for IPv4',
    { prefixLists: { P: [{ ...eight, le: 33 }] } },
    /\.le: received 33; accepted is a prefix length from 9 to 32/,
  ],
  [
    'communities and a regex in one list',
    {
      communityLists: {
        C: [
          { ...permit, communities: ['65000:1'] },
          { ...permit, regex: '.*' },
        ],
      },
    },
    /^config\.communityLists\.C\[0\]\.communities: it is given beside a regex/,
  ],
  [
    'a community that is none',
    { communityLists: { C: [{ ...permit, communities: ['65536:1'] }] } },
    /accepted is a community such as "65000:1"/,
  ],
  [
    'a regular expression that is none',
    { asPathLists: { A: [{ ...permit, regex: '(65001' }] } },
    /^config\.asPathLists\.A\[0\]\.regex: .*POSIX extended regular expression/,
  ],
  [
    'a route map that calls itself around a corner',
    { routeMaps: { A: [{ ...permit, call: 'B' }], B: [{ ...permit, call: 'A' }] } },
    /^config\.routeMaps\.A\[0\]\.call: received "B", which comes back to A/,
  ],
  [
    'a way on from what denies',
    { routeMaps: { A: [{ action: 'deny', onMatch: 'next' }] } },
    /^config\.routeMaps\.A\[0\]\.onMatch: it is given for an entry that denies/,
  ],
  [
    'both families in one match',
    {
      prefixLists: { P: [eight, { ...permit, prefix: '::/0' }] },
      routeMaps: { R: [{ ...permit, match: { ipv4PrefixList: 'P', ipv6PrefixList: 'P' } }] },
    },
    /ipv6PrefixList: it is given beside ipv4PrefixList/,
  ],
  [
    'a description with a line end',
    bgp({ ...external, description: 'a\n no neighbor' }),
    /description: .*accepted is one line of text/,
  ],
  [
    'a description that FRR would cut',
    bgp({ ...external, description: 'a | include b' }),
    /description: .*"\| ".*accepted is text without it/,
  ],
  [
    'a password with a space',
    bgp({ ...external, password: 'a b' }),
    /password: received a string \(not shown\); accepted is 1 to 80 printable ASCII characters/,
  ],
  [
    'a password that frr-reload.py would rewrite',
    bgp({ ...external, password: 'A::B' }),
    /password: .*looks like an IPv6 address/,
  ],
  [
    'a keepalive of more than a third',
    bgp({ ...external, timers: { keepalive: 5, holdtime: 9 } }),
    /timers\.keepalive: received 5, and holdtime is 9/,
  ],
  [
    'half of the timers',
    bgp({ ...external, timers: { keepalive: 5 } }),
    /timers\.holdtime: it is missing; accepted are keepalive and holdtime together/,
  ],
  [
    'a reflector client that is external',
    bgp({ ...external, ipv4: { routeReflectorClient: true } }),
    /routeReflectorClient: it is given for an external neighbor; accepted is it for internal/,
  ],
  [
    'multihop for an internal neighbor',
    bgp({ remoteAs: 65000, ebgpMultihop: true }),
    /ebgpMultihop: it is given for an internal neighbor/,
  ],
  [
    'multihop and TTL security',
    bgp({ ...external, ebgpMultihop: 2, ttlSecurityHops: 2 }),
    /ttlSecurityHops: it is given beside ebgpMultihop/,
  ],
  [
    'an address that is to be unnumbered',
    bgp({ ...external, interface: true }),
    /interface: it is given for an address/,
  ],
  [
    'ranges that overlap',
    {
      bgp: {
        asn: 65000,
        peerGroups: {
          G: { ...external, listenRanges: ['10.0.0.0/8'] },
          H: { ...external, listenRanges: ['10.1.0.0/16'] },
        },
      },
    },
    /peerGroups\.H\.listenRanges\[0\]: received 10\.1\.0\.0\/16, which overlaps/,
  ],
  [
    'a route to nowhere',
    { staticRoutes: [{ prefix: '10.0.0.0/8' }] },
    /^config\.staticRoutes\[0\]: it has none of via, interface and blackhole/,
  ],
  [
    'a gateway of the other family',
    { staticRoutes: [{ prefix: '10.0.0.0/8', via: 'fd00::1' }] },
    /via: received fd00::1, and the prefix is 10\.0\.0\.0\/8/,
  ],
  [
    'a link-local gateway without an interface',
    { staticRoutes: [{ prefix: '::/0', via: 'fe80::1' }] },
    /interface: it is missing, and via is the link-local fe80::1/,
  ],
  [
    'a gateway on an interface that is not said',
    { staticRoutes: [{ prefix: '10.0.0.0/8', via: '192.0.2.1', onlink: true }] },
    /^config\.staticRoutes\[0\]\.onlink: it is true without via or without interface; accepted is beside both/,
  ],
  [
    'a confederation with itself',
    { bgp: { asn: 65000, confederation: { identifier: 65100, peers: [65001, 65000] } } },
    /^config\.bgp\.confederation\.peers\[1\]: received 65000, this router's own/,
  ],
  [
    'an AS of the confederation twice',
    { bgp: { asn: 65000, confederation: { identifier: 65100, peers: [65001, 65001] } } },
    /^config\.bgp\.confederation\.peers\[1\]: received AS number 65001, which bgp\.confederation\.peers\[0\] has too/,
  ],
  [
    'an internal neighbor of a confederation by that word',
    bgp({ remoteAs: 'internal' }, { confederation: { identifier: 65100 } }),
    /remoteAs: received "internal", which FRR takes for external in a confederation; accepted is the AS number/,
  ],
  [
    'a role for a neighbor in the confederation',
    bgp(
      { ...external, localRole: { role: 'peer' } },
      { confederation: { identifier: 65100, peers: [external.remoteAs] } },
    ),
    /localRole: it is given for a neighbor in the confederation; accepted is it for those outside/,
  ],
  [
    'dampening that ends before it begins',
    { bgp: { asn: 65000, ipv4: { dampening: { suppress: 700 } } } },
    /^config\.bgp\.ipv4\.dampening\.suppress: suppress is 700, and reuse 750/,
  ],
  [
    'dampening that no route would reach',
    { bgp: { asn: 65000, ipv4: { dampening: { maximumSuppressTime: 15 } } } },
    /dampening\.maximumSuppressTime: a route costs 1500 at most .*, and suppress is 2000/,
  ],
  [
    'an aggregate of which nothing is announced, and a part is not',
    {
      bgp: {
        asn: 65000,
        ipv4: { aggregates: [{ prefix: '10.0.0.0/8', summaryOnly: true, suppressMap: 'R' }] },
      },
      routeMaps: { R: [permit] },
    },
    /aggregates\[0\]\.suppressMap: it is given beside summaryOnly/,
  ],
  [
    'a route map to the kernel that is not defined',
    { ipProtocol: { bgp: { routeMap: 'SOURCE' } } },
    /^config\.ipProtocol\.bgp\.routeMap: received "SOURCE", which routeMaps does not define/,
  ],
  [
    'OSPF neighbors where all others are found by themselves',
    { ospf: { neighbors: { '192.0.2.1': {} } }, interfaces: { eth1: { ospf: { area: 0 } } } },
    /^config\.ospf\.neighbors: it is given, and no interface has ospf with network "non-broadcast"/,
  ],
  [
    'a virtual link through the backbone',
    { ospf: { areas: { '0.0.0.0': { virtualLinks: { '10.255.0.2': {} } } } } },
    /areas\["0\.0\.0\.0"\]\.virtualLinks: it is given for the backbone/,
  ],
  [
    'a virtual link through a stub area',
    { ospf: { areas: { 1: { type: 'stub', virtualLinks: { '10.255.0.2': {} } } } } },
    /areas\["1"\]\.virtualLinks: it is given beside type/,
  ],
  [
    'a virtual link to itself',
    { ospf: { routerId: '10.255.0.2', areas: { 1: { virtualLinks: { '10.255.0.2': {} } } } } },
    /areas\["1"\]\.virtualLinks\["10\.255\.0\.2"\]: it is this router's own id/,
  ],
  [
    'a stub of the backbone',
    { ospf: { areas: { 0: { type: 'stub' } } } },
    /areas\["0"\]\.type: received "stub"; accepted is none for the backbone/,
  ],
  [
    'one area in two spellings',
    { ospf: { areas: { 1: {}, '0.0.0.1': {} } } },
    /areas\["0\.0\.0\.1"\]: received area 0\.0\.0\.1/,
  ],
  [
    'an nssa without summaries, which never settles',
    { ospf: { areas: { 1: { type: 'nssa', noSummary: true } } } },
    /noSummary: .*never settles/,
  ],
  [
    'an OSPF password that is too long',
    {
      interfaces: { eth1: { ospf: { area: 0, authentication: { type: 'simple', password: '123456789' } } } },
    },
    /authentication\.password: received a string \(not shown\); accepted is 1 to 8/,
  ],
  [
    'multihop BFD without an address',
    { bfd: { peers: [{ peer: '192.0.2.1', multihop: true }] } },
    /localAddress: it is missing beside multihop/,
  ],
  [
    'a property that FRR has and this has not',
    { bgp: { asn: 65000, addressFamilies: {} } },
    /^config\.bgp\.addressFamilies: is not a property here/,
  ],
] as const) {
  test(`${what}: refused, with the property, what was received and what is accepted`, () => {
    assert.match(told(config).join('\n'), new RegExp(expected.source, 'm'));
  });
}

test('what raw text may define is not missed', () => {
  const config = { ...bgp({ peerGroup: 'G', ipv4: { routeMapIn: 'IN' } }), text: 'route-map IN permit 10\n' };
  assert.deepEqual(told(config), []);
});

test('what is not known yet is passed over, wherever it is', () => {
  assert.deepEqual(told(UNKNOWN), []);
  assert.deepEqual(told({ ...bgp({ ...external, ipv4: { routeMapIn: 'IN' } }), routeMaps: UNKNOWN }), []);
  assert.deepEqual(told({ staticRoutes: [{ prefix: '10.0.0.0/8', via: UNKNOWN }, UNKNOWN] }), []);
  for (const path of pathsOf(everything)) {
    assert.deepEqual(told(withUnknown(everything, path)), [], path.join('.'));
  }
});

test('a password is shown in no message', () => {
  assert.doesNotMatch(told(bgp({ ...external, password: 'se cret' })).join('\n'), /cret/);
  const authentication = { type: 'plain', password: 'secret' };
  const config = { interfaces: { eth1: { ospf: { area: 0, authentication } } }, text: 'password secret\0' };
  assert.doesNotMatch(told(config).join('\n'), /secret/);
  assert.doesNotMatch(told('neighbor 192.0.2.1 password secret').join('\n'), /secret/);
});

const pathsOf = (value: unknown, path: string[] = []): string[][] => [
  ...(path.length > 0 ? [path] : []),
  ...(typeof value === 'object' && value !== null
    ? Object.entries(value).flatMap(([key, part]) => pathsOf(part, [...path, key]))
    : []),
];

const withUnknown = (value: unknown, [name, ...rest]: string[]): unknown => {
  if (name === undefined) return UNKNOWN;
  if (Array.isArray(value))
    return value.map((part, index) => (String(index) === name ? withUnknown(part, rest) : part));
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) => [key, key === name ? withUnknown(part, rest) : part]),
  );
};
