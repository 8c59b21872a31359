import { familyOf } from '../../address';
import type { FrrConfiguration } from '../schema';
import type { Refusal } from './failure';
import type { Known } from './known';

type Configuration = Known<FrrConfiguration>;

/** Names that are given nowhere: a route map, a list, a profile or a group that FRR would take for one that permits nothing. */
export const referenceRefusals = (configuration: Configuration, unknownPaths: Set<string>): Refusal[] => {
  const defined = definedNames(configuration);
  return references(configuration, []).flatMap(({ kind, name, path }) => {
    const { names, where } = defined[kind];
    if (unknownPaths.has(where) || names.includes(name)) return [];
    const there = names.length > 0 ? `accepted is ${names.slice(0, 8).join(', ')}` : 'it defines none';
    return [{ path, reason: `received "${name}", which ${where} does not define; ${there}` }];
  });
};

type Kind =
  | 'routeMap'
  | 'prefixList4'
  | 'prefixList6'
  | 'community'
  | 'largeCommunity'
  | 'extendedCommunity'
  | 'asPath'
  | 'profile'
  | 'peerGroup';

const definedNames = (configuration: Configuration): Record<Kind, { names: string[]; where: string }> => {
  const keys = (record: object | undefined, where: string) => ({ names: Object.keys(record ?? {}), where });
  const prefixLists = (family: 4 | 6) => ({
    names: Object.entries(configuration.prefixLists ?? {})
      // An entry whose prefix is not known yet may be of either family.
      .filter(
        ([, entries]) =>
          !entries ||
          entries.some((entry) => entry?.prefix === undefined || familyOf(entry.prefix) === family),
      )
      .map(([name]) => name),
    where: 'prefixLists',
  });
  return {
    routeMap: keys(configuration.routeMaps, 'routeMaps'),
    prefixList4: prefixLists(4),
    prefixList6: prefixLists(6),
    community: keys(configuration.communityLists, 'communityLists'),
    largeCommunity: keys(configuration.largeCommunityLists, 'largeCommunityLists'),
    extendedCommunity: keys(configuration.extendedCommunityLists, 'extendedCommunityLists'),
    asPath: keys(configuration.asPathLists, 'asPathLists'),
    profile: keys(configuration.bfd?.profiles, 'bfd.profiles'),
    peerGroup: keys(configuration.bgp?.peerGroups, 'bgp.peerGroups'),
  };
};

/** Properties that hold a name, wherever they are. Of `prefixListIn` and `prefixListOut` the place says the family. */
const kinds = new Map<string, Kind>([
  ['routeMap', 'routeMap'],
  ['routeMapIn', 'routeMap'],
  ['routeMapOut', 'routeMap'],
  ['unsuppressMap', 'routeMap'],
  ['suppressMap', 'routeMap'],
  ['call', 'routeMap'],
  ['ipv4PrefixList', 'prefixList4'],
  ['ipv4NextHopPrefixList', 'prefixList4'],
  ['ipv6PrefixList', 'prefixList6'],
  ['ipv6NextHopPrefixList', 'prefixList6'],
  ['prefixListIn', 'prefixList4'],
  ['prefixListOut', 'prefixList4'],
  ['communityList', 'community'],
  ['deleteCommunityList', 'community'],
  ['largeCommunityList', 'largeCommunity'],
  ['deleteLargeCommunityList', 'largeCommunity'],
  ['extendedCommunityList', 'extendedCommunity'],
  ['asPathList', 'asPath'],
  ['asPathListIn', 'asPath'],
  ['asPathListOut', 'asPath'],
  ['profile', 'profile'],
  ['peerGroup', 'peerGroup'],
]);

const references = (
  value: unknown,
  path: (string | number)[],
): { kind: Kind; name: string; path: (string | number)[] }[] => {
  if (typeof value === 'string') {
    const kind = kinds.get(String(path.at(-1)));
    if (!kind) return [];
    const six = kind === 'prefixList4' && (path.includes('ipv6') || path.includes('ospf6'));
    return [{ kind: six ? 'prefixList6' : kind, name: value, path }];
  }
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, part]) =>
    references(part, [...path, Array.isArray(value) ? Number(key) : key]),
  );
};
