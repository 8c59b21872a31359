import { canonicalIp, isIp } from '../address';
import type { FrrConfiguration } from '../schema';
import { type Refusal, refuseTwice, refuseWhen } from './failure';
import { gives, type Known } from './known';

type Configuration = Known<FrrConfiguration>;
type Bgp = Known<NonNullable<FrrConfiguration['bgp']>>;
type Neighbor = Known<NonNullable<NonNullable<FrrConfiguration['bgp']>['neighbors']>[string]>;
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
    ...peers.flatMap(({ name, peer, kind }) => (peer ? peerRefusals(peer, bgp, ['bgp', kind, name]) : [])),
    ...Object.entries(bgp.neighbors ?? {}).flatMap(([name, peer]) =>
      peer ? neighborRefusals(name, peer, bgp, gives(rest, 'text')) : [],
    ),
    ...listenRefusals(bgp),
    ...(['ipv4', 'ipv6'] as const).flatMap((family) => familyRefusals(bgp, family)),
    ...refuseWhen(
      bgp.asn !== undefined && bgp.confederation?.peers?.includes(bgp.asn),
      ['bgp', 'confederation', 'peers'],
      `it holds ${bgp.asn}, this router's own; accepted are the other ASes of the confederation`,
    ),
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
    ...refuseWhen(
      keepalive !== undefined && holdtime !== undefined && holdtime > 0 && keepalive >= holdtime,
      [...path, 'keepalive'],
      `received ${keepalive}, and holdtime is ${holdtime}; accepted is less than that, a third as a rule`,
    ),
  ];
};

/** What holds for groups and neighbours alike. */
const peerRefusals = (peer: Neighbor, bgp: Bgp, path: Path): Refusal[] => [
  ...timerRefusals(peer.timers, [...path, 'timers']),
  ...refuseWhen(
    peer.localAs?.replaceAs && !gives(peer.localAs, 'noPrepend'),
    [...path, 'localAs', 'replaceAs'],
    'it is true without noPrepend; accepted is beside it',
  ),
  ...refuseWhen(
    peer.localAs?.asn !== undefined && peer.localAs.asn === bgp.asn,
    [...path, 'localAs', 'asn'],
    `received ${peer.localAs?.asn}, this router's own; accepted is another`,
  ),
  ...internalRefusals(peer, bgp, path),
  ...(['ipv4', 'ipv6'] as const).flatMap((family) => {
    const limit = peer[family]?.maximumPrefix;
    return refuseWhen(
      typeof limit === 'object' && limit.warningOnly && gives(limit, 'restart'),
      [...path, family, 'maximumPrefix', 'restart'],
      'it is given beside warningOnly, with which no session ends; accepted is one of the two',
    );
  }),
];

/** What is for internal or for external neighbours alone. A confederation's members are neither. */
const internalRefusals = (peer: Neighbor, bgp: Bgp, path: Path): Refusal[] => {
  const kind = kindOf(peer.remoteAs ?? groupOf(bgp, peer)?.remoteAs, bgp);
  if (kind === undefined || gives(bgp, 'confederation')) return [];
  const refused = (holds: unknown, names: string[], accepted: string) =>
    refuseWhen(
      holds,
      [...path, ...names],
      `it is given for an ${kind} neighbor; accepted is it for ${accepted} ones`,
    );
  if (kind === 'external') {
    return (['ipv4', 'ipv6'] as const).flatMap((family) =>
      refused(peer[family]?.routeReflectorClient, [family, 'routeReflectorClient'], 'internal'),
    );
  }
  return [
    ...refused(peer.ebgpMultihop, ['ebgpMultihop'], 'external'),
    ...refused(peer.localAs, ['localAs'], 'external'),
    ...refused(peer.localRole, ['localRole'], 'external'),
    ...refused(peer.disableConnectedCheck, ['disableConnectedCheck'], 'external'),
    ...(['ipv4', 'ipv6'] as const).flatMap((family) => [
      ...refused(peer[family]?.asOverride, [family, 'asOverride'], 'external'),
      ...refused(peer[family]?.removePrivateAs, [family, 'removePrivateAs'], 'external'),
    ]),
  ];
};

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
      gives(peer, 'remoteAs') && group !== undefined && gives(group, 'remoteAs'),
      [...path, 'remoteAs'],
      `it is given here and in the peer group ${peer.peerGroup}; accepted is it in one of the two`,
    ),
    ...refuseWhen(
      gives(peer, 'ttlSecurityHops') || (group && gives(group, 'ttlSecurityHops'))
        ? peer.ebgpMultihop || group?.ebgpMultihop
        : false,
      [...path, gives(peer, 'ttlSecurityHops') ? 'ttlSecurityHops' : 'ebgpMultihop'],
      'ttlSecurityHops and ebgpMultihop are both given; accepted is one of the two',
    ),
    ...takenBackRefusals(peer, group, path),
  ];
};

// A member has what its group has: FRR has no line for most of what would take it back.
const takenBackRefusals = (peer: Neighbor, group: Neighbor | undefined, path: Path): Refusal[] => {
  if (!group) return [];
  const refusals = (member: object, of: object, inner: Path): Refusal[] =>
    Object.entries(member).flatMap(([key, value]) => {
      const shared = (of as Record<string, unknown>)[key];
      return refuseWhen(
        value === false && shared !== undefined && shared !== false && key !== 'activate',
        [...inner, key],
        'received false, and the peer group has it; accepted is a group without it',
      );
    });
  return [
    ...refusals(peer, group, path),
    ...(['ipv4', 'ipv6'] as const).flatMap((family) =>
      refusals(peer[family] ?? {}, group[family] ?? {}, [...path, family]),
    ),
  ];
};

const listenRefusals = ({ peerGroups = {} }: Bgp): Refusal[] => {
  const ranges = Object.entries(peerGroups).flatMap(([name, group]) =>
    (group?.listenRanges ?? []).map((range, index) => ({
      range,
      path: ['bgp', 'peerGroups', name, 'listenRanges', index],
    })),
  );
  return [
    ...refuseTwice(
      ranges,
      ({ path }) => path,
      ({ range }) => (range === undefined ? undefined : canonicalIp(range)),
      'range',
    ),
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
  return (['networks', 'aggregates'] as const).flatMap((name) =>
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
};
