import { pathText } from '../../check';
import { canonicalIp, isIp, overlap } from '../address';
import { wholeDampening } from '../dampening';
import type { FrrConfiguration } from '../schema';
import { type Refusal, refuseTwice, refuseWhen } from './failure';
import { gives, type Known } from './known';

type Configuration = Known<FrrConfiguration>;
type Bgp = Known<NonNullable<FrrConfiguration['bgp']>>;
type Neighbor = Known<NonNullable<NonNullable<FrrConfiguration['bgp']>['neighbors']>[string]>;
type Dampening =
  | Known<NonNullable<NonNullable<NonNullable<FrrConfiguration['bgp']>['ipv4']>['dampening']>>
  | undefined;
type Path = (string | number)[];

/** What BGP cannot do, and what FRR would refuse line by line. `text` may define groups that are not seen here. */
export const bgpRefusals = ({ bgp, ...rest }: Configuration): Refusal[] => {
  if (!bgp) return [];
  const peers = [
    ...Object.entries(bgp.peerGroups ?? {}).map(([name, peer]) => ({ name, peer, kind: 'peerGroups' })),
    ...Object.entries(bgp.neighbors ?? {}).map(([name, peer]) => ({ name, peer, kind: 'neighbors' })),
  ];
  return [
    ...timerRefusals(bgp.timers, ['bgp', 'timers']),
    ...refuseTwice(
      Object.keys(bgp.neighbors ?? {}),
      (name) => ['bgp', 'neighbors', name],
      canonicalIp,
      'neighbor',
    ),
    ...peers.flatMap(({ name, peer, kind }) =>
      peer ? peerRefusals(peer, bgp, ['bgp', kind, name], gives(rest, 'text')) : [],
    ),
    ...Object.entries(bgp.neighbors ?? {}).flatMap(([name, peer]) =>
      peer ? neighborRefusals(name, peer, bgp, gives(rest, 'text')) : [],
    ),
    ...mixedRefusals(bgp),
    ...listenRefusals(bgp),
    ...confederationRefusals(bgp),
    ...(['ipv4', 'ipv6'] as const).flatMap((family) => familyRefusals(bgp, family)),
  ];
};

const groupOf = (bgp: Bgp, { peerGroup }: Neighbor): Neighbor | undefined =>
  peerGroup === undefined ? undefined : bgp.peerGroups?.[peerGroup];

const timerRefusals = (
  timers: { keepalive?: number; holdtime?: number } | undefined,
  path: Path,
): Refusal[] => {
  if (!timers) return [];
  const { keepalive, holdtime } = timers;
  return [
    ...(['keepalive', 'holdtime'] as const).flatMap((name, index) =>
      refuseWhen(
        !gives(timers, name) && gives(timers, index === 0 ? 'holdtime' : 'keepalive'),
        [...path, name],
        'it is missing; accepted are keepalive and holdtime together',
      ),
    ),
    ...refuseWhen(
      holdtime !== undefined && holdtime > 0 && holdtime < 3,
      [...path, 'holdtime'],
      `received ${holdtime}; accepted is 0 or at least 3`,
    ),
    // FRR takes a third of the one where the other is more, and writes that.
    ...refuseWhen(
      keepalive !== undefined && holdtime !== undefined && keepalive > holdtime / 3,
      [...path, 'keepalive'],
      `received ${keepalive}, and holdtime is ${holdtime}; accepted is at most a third of it`,
    ),
  ];
};

/** What holds for groups and neighbours alike. */
const peerRefusals = (peer: Neighbor, bgp: Bgp, path: Path, hasText: boolean): Refusal[] => [
  ...timerRefusals(peer.timers, [...path, 'timers']),
  // "Not an internal neighbor", 8.4 and 10.3: its own AS number is then that of the confederation (peer_remote_as()).
  ...refuseWhen(
    gives(bgp, 'confederation') && peer.remoteAs === 'internal',
    [...path, 'remoteAs'],
    'received "internal", which FRR takes for external in a confederation; accepted is the AS number',
  ),
  ...refuseWhen(
    peer.localAs?.replaceAs && (!gives(peer.localAs, 'noPrepend') || peer.localAs.noPrepend === false),
    [...path, 'localAs', 'replaceAs'],
    'it is true without noPrepend; accepted is beside it',
  ),
  ...refuseWhen(
    peer.localAs?.asn !== undefined && peer.localAs.asn === bgp.asn,
    [...path, 'localAs', 'asn'],
    `received ${peer.localAs?.asn}, this router's own; accepted is another`,
  ),
  ...kindRefusals(peer, bgp, path, hasText),
  ...(['ipv4', 'ipv6'] as const).flatMap((family) => {
    const limit = peer[family]?.maximumPrefix;
    return [
      ...refuseWhen(
        typeof limit === 'object' && limit.warningOnly && gives(limit, 'restart'),
        [...path, family, 'maximumPrefix', 'restart'],
        'it is given beside warningOnly, with which no session ends; accepted is one of the two',
      ),
      ...refuseWhen(
        peer[family]?.routeServerClient && peer[family]?.nextHopSelf,
        [...path, family, 'nextHopSelf'],
        'it is given beside routeServerClient, whose next hops stay as they are; accepted is one of the two',
      ),
      // FRR turns it on by itself, and writes that it did.
      ...refuseWhen(
        peer[family]?.addPath === 'bestpath-per-AS' && !gives(bgp, 'deterministicMed'),
        [...path, family, 'addPath'],
        'received "bestpath-per-AS" without bgp.deterministicMed; accepted is beside it',
      ),
      ...refuseWhen(
        peer[family]?.addPath === 'bestpath-per-AS' && bgp.deterministicMed === false,
        [...path, family, 'addPath'],
        'received "bestpath-per-AS", and bgp.deterministicMed is false; accepted is beside true',
      ),
    ];
  }),
  ...refuseWhen(
    gives(peer, 'ttlSecurityHops') && peer.ebgpMultihop,
    [...path, 'ttlSecurityHops'],
    'it is given beside ebgpMultihop; accepted is one of the two',
  ),
];

/** What is for internal or for external neighbors alone. */
const kindRefusals = (peer: Neighbor, bgp: Bgp, path: Path, hasText: boolean): Refusal[] => {
  const group = groupOf(bgp, peer);
  const of = gives(peer, 'remoteAs') ? peer : group;
  const kind = kindOf(of?.remoteAs, bgp);
  // Not known yet, or what `text` says of it.
  const stated = of !== undefined && gives(of, 'remoteAs');
  if (kind === undefined && (stated || hasText || (gives(peer, 'peerGroup') && !group))) return [];
  const only = (wanted: 'internal' | 'external', given: unknown, ...names: string[]) =>
    refuseWhen(
      given && kind !== wanted,
      [...path, ...names],
      `it is given ${kind ? `for an ${kind} neighbor` : 'without remoteAs'}; accepted is it for ${wanted} neighbors`,
    );
  const outside = (given: unknown, ...names: string[]) =>
    refuseWhen(
      given && confederate(of?.remoteAs, bgp),
      [...path, ...names],
      'it is given for a neighbor in the confederation; accepted is it for those outside',
    );
  return [
    ...outside(peer.localAs, 'localAs'),
    ...outside(peer.localRole, 'localRole'),
    ...(['ipv4', 'ipv6'] as const).flatMap((family) => [
      ...outside(peer[family]?.asOverride, family, 'asOverride'),
      ...outside(peer[family]?.removePrivateAs, family, 'removePrivateAs'),
    ]),
    ...refuseWhen(
      peer.localAs?.asn !== undefined && peer.localAs.asn === (peer.remoteAs ?? group?.remoteAs),
      [...path, 'localAs', 'asn'],
      `received ${peer.localAs?.asn}, the neighbor's own; accepted is another`,
    ),
    ...refuseWhen(
      group?.localAs?.asn !== undefined && group.localAs.asn === peer.remoteAs,
      [...path, 'remoteAs'],
      `received ${peer.remoteAs}, which is localAs of the peer group; accepted is another`,
    ),
    ...only('external', peer.ebgpMultihop, 'ebgpMultihop'),
    ...only('external', peer.localAs, 'localAs'),
    ...only('external', peer.localRole, 'localRole'),
    ...only('external', peer.disableConnectedCheck, 'disableConnectedCheck'),
    ...only('external', peer.ttlSecurityHops, 'ttlSecurityHops'),
    ...(['ipv4', 'ipv6'] as const).flatMap((family) => [
      ...only('external', peer[family]?.asOverride, family, 'asOverride'),
      ...only('external', peer[family]?.removePrivateAs, family, 'removePrivateAs'),
      ...only('internal', peer[family]?.routeReflectorClient, family, 'routeReflectorClient'),
    ]),
  ];
};

// Neighbors in other ASes of the confederation are external in some ways, and in others not (BGP_PEER_CONFED).
const confederate = (remoteAs: Neighbor['remoteAs'], { confederation }: Bgp): boolean =>
  typeof remoteAs === 'number' && (confederation?.peers ?? []).includes(remoteAs);

const kindOf = (remoteAs: Neighbor['remoteAs'], { asn }: Bgp): 'internal' | 'external' | undefined => {
  if (remoteAs === undefined || typeof remoteAs === 'string') return remoteAs;
  return asn === undefined ? undefined : remoteAs === asn ? 'internal' : 'external';
};

const neighborRefusals = (name: string, peer: Neighbor, bgp: Bgp, hasText: boolean): Refusal[] => {
  const path = ['bgp', 'neighbors', name];
  const group = groupOf(bgp, peer);
  const groupKnown = !gives(peer, 'peerGroup') || group !== undefined;
  return [
    ...refuseWhen(
      gives(peer, 'interface') && isIp(name),
      [...path, 'interface'],
      'it is given for an address; accepted is an interface as the key, such as "eth1"',
    ),
    ...refuseWhen(
      bgp.peerGroups !== undefined && name in bgp.peerGroups,
      path,
      `received "${name}", which is a peer group too; accepted is a name of its own`,
    ),
    ...refuseWhen(
      groupKnown && !gives(peer, 'remoteAs') && !(group && gives(group, 'remoteAs')) && !hasText,
      [...path, 'remoteAs'],
      'it is missing; accepted is an AS number, "internal" or "external", here or in the peer group',
    ),
    ...refuseWhen(
      group && gives(peer, 'ttlSecurityHops') && group.ebgpMultihop,
      [...path, 'ttlSecurityHops'],
      'it is given, and the peer group has ebgpMultihop; accepted is one of the two',
    ),
    ...refuseWhen(
      group && gives(group, 'ttlSecurityHops') && peer.ebgpMultihop,
      [...path, 'ebgpMultihop'],
      'it is given, and the peer group has ttlSecurityHops; accepted is one of the two',
    ),
    ...refuseWhen(
      gives(peer, 'peerGroup') && gives(peer, 'localRole'),
      [...path, 'localRole'],
      'it is given for a member of a peer group, which FRR does not keep; accepted is a neighbor without one',
    ),
    ...unnumberedRefusals(name, peer, path),
    ...inheritedRefusals(peer, group, path),
  ];
};

// What is on the same link is one hop away, and has the address that it has there.
const unnumberedRefusals = (name: string, peer: Neighbor, path: Path): Refusal[] =>
  isIp(name)
    ? []
    : (['ebgpMultihop', 'ttlSecurityHops', 'disableConnectedCheck', 'updateSource', 'port'] as const).flatMap(
        (key) =>
          refuseWhen(
            peer[key],
            [...path, key],
            'it is given for an interface; accepted is it for an address as the key',
          ),
      );

// What FRR writes of a member whose group has the same property is not what was given, but for a few.
const inheritedRefusals = (peer: Neighbor, group: Neighbor | undefined, path: Path): Refusal[] => {
  if (!group) return [];
  const refusals = (member: object, of: object, inner: Path): Refusal[] =>
    Object.keys(member).flatMap((key) =>
      refuseWhen(
        !ownForAll.has(key) && [key, ...(sameFor[key] ?? [])].some((name) => name in of),
        [...inner, key],
        `it is given here and in the peer group ${peer.peerGroup}; accepted is it in one of the two`,
      ),
    );
  return [
    ...refusals(peer, group, path),
    ...(['ipv4', 'ipv6'] as const).flatMap((family) =>
      refusals(peer[family] ?? {}, group[family] ?? {}, [...path, family]),
    ),
  ];
};

/** A route server client's attributes are unchanged too. */
const sameFor: Record<string, string[]> = {
  attributeUnchanged: ['routeServerClient'],
  routeServerClient: ['attributeUnchanged'],
};

/** What a member can have otherwise than its group. */
const ownForAll = new Set(['activate', 'bfd', 'description', 'ipv4', 'ipv6', 'password', 'timers']);

// Of a group that does not say itself what its members are, the first one does.
const mixedRefusals = (bgp: Bgp): Refusal[] => {
  const first = new Map<string, string>();
  return Object.entries(bgp.neighbors ?? {}).flatMap(([name, peer]) => {
    const group = peer && groupOf(bgp, peer);
    const kind = peer && kindOf(peer.remoteAs, bgp);
    if (!group || gives(group, 'remoteAs') || !kind || peer.peerGroup === undefined) return [];
    const before = first.get(peer.peerGroup);
    if (!before) first.set(peer.peerGroup, kind);
    return refuseWhen(
      before && before !== kind,
      ['bgp', 'neighbors', name, 'peerGroup'],
      `received "${peer.peerGroup}", which has ${before} members; accepted is a group of ${kind} ones`,
    );
  });
};

const listenRefusals = ({ peerGroups = {} }: Bgp): Refusal[] => {
  const ranges = Object.entries(peerGroups).flatMap(([name, group]) =>
    (group?.listenRanges ?? []).map((range, index) => ({
      range,
      path: ['bgp', 'peerGroups', name, 'listenRanges', index],
    })),
  );
  return [
    ...ranges.flatMap(({ range, path }, index) => {
      const other = ranges.slice(0, index).find((each) => range && each.range && overlap(range, each.range));
      return refuseWhen(
        other,
        path,
        `received ${range}, which overlaps ${pathText(other?.path ?? [])}; accepted are ranges apart from each other`,
      );
    }),
    ...Object.entries(peerGroups).flatMap(([name, group]) =>
      refuseWhen(
        group && gives(group, 'listenRanges') && !gives(group, 'remoteAs'),
        ['bgp', 'peerGroups', name, 'remoteAs'],
        'it is missing beside listenRanges; accepted is an AS number, "internal" or "external"',
      ),
    ),
  ];
};

const familyRefusals = (bgp: Bgp, family: 'ipv4' | 'ipv6'): Refusal[] => {
  const prefixOf = (item: string | { prefix?: string }) => (typeof item === 'string' ? item : item.prefix);
  const single = (bgp[family]?.aggregates ?? []).flatMap((aggregate, index) =>
    refuseWhen(
      aggregate?.prefix?.endsWith(family === 'ipv4' ? '/32' : '/128'),
      ['bgp', family, 'aggregates', index, 'prefix'],
      `received ${aggregate?.prefix}; accepted is a prefix with others in it`,
    ),
  );
  const twice = (['networks', 'aggregates'] as const).flatMap((name) =>
    refuseTwice<string | { prefix?: string }>(
      bgp[family]?.[name] ?? [],
      (_, index) => ['bgp', family, name, index],
      (item) => {
        const prefix = prefixOf(item);
        return prefix === undefined ? undefined : canonicalIp(prefix);
      },
      'prefix',
    ),
  );
  return [
    ...single,
    ...twice,
    ...(bgp[family]?.aggregates ?? []).flatMap((aggregate, index) =>
      refuseWhen(
        aggregate?.summaryOnly && gives(aggregate, 'suppressMap'),
        ['bgp', family, 'aggregates', index, 'suppressMap'],
        'it is given beside summaryOnly, with which nothing is announced; accepted is one of the two',
      ),
    ),
    ...dampeningRefusals(bgp[family]?.dampening, ['bgp', family, 'dampening']),
  ];
};

const dampeningRefusals = (dampening: Dampening, path: Path): Refusal[] => {
  if (typeof dampening !== 'object') return [];
  const known = (['halfLife', 'reuse', 'suppress', 'maximumSuppressTime'] as const).every(
    (name) => !gives(dampening, name) || dampening[name] !== undefined,
  );
  if (!known) return [];
  const { halfLife, reuse, suppress, maximumSuppressTime } = wholeDampening(dampening);
  const most = Math.floor(reuse * 2 ** (maximumSuppressTime / halfLife));
  return [
    ...refuseWhen(
      suppress < reuse,
      [...path, gives(dampening, 'suppress') ? 'suppress' : 'reuse'],
      `suppress is ${suppress}, and reuse ${reuse}; accepted is a suppress of at least that`,
    ),
    // What a route can cost has an end, after which it would be passed over for longer than that.
    ...refuseWhen(
      suppress >= reuse && suppress > most,
      [...path, gives(dampening, 'maximumSuppressTime') ? 'maximumSuppressTime' : 'suppress'],
      `a route costs ${most} at most (reuse × 2^(maximumSuppressTime ÷ halfLife)), and suppress is ${suppress}, which none would reach; accepted is a longer time or a lower suppress`,
    ),
  ];
};

const confederationRefusals = ({ asn, confederation }: Bgp): Refusal[] => [
  ...(confederation?.peers ?? []).flatMap((peer, index) =>
    refuseWhen(
      peer !== undefined && peer === asn,
      ['bgp', 'confederation', 'peers', index],
      `received ${peer}, this router's own; accepted are other ASes of the confederation`,
    ),
  ),
  ...refuseTwice(
    confederation?.peers ?? [],
    (_, index) => ['bgp', 'confederation', 'peers', index],
    String,
    'AS number',
  ),
];
