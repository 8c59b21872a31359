import { canonicalIp } from '../address';
import { canonicalCommunities, canonicalExtendedValues, canonicalLargeCommunities } from '../community';
import type { FrrConfiguration } from '../schema';
import { block, given, note, numbered, sorted, when } from './lines';

type RouteMapEntry = NonNullable<FrrConfiguration['routeMaps']>[string][number];
type Match = NonNullable<RouteMapEntry['match']>;
type SetActions = NonNullable<RouteMapEntry['set']>;

/** Route maps, each entry a block. */
export const renderRouteMaps = ({ routeMaps }: FrrConfiguration): string[] =>
  sorted(routeMaps).flatMap(([name, entries]) =>
    numbered(entries, 10).flatMap((entry) =>
      block(`route-map ${name} ${entry.action} ${entry.sequence}`, [
        ...given(entry.description, (text) => `description ${note(text)}`),
        ...matchLines(entry.match ?? {}),
        ...setLines(entry.set ?? {}),
        ...given(entry.call, (called) => `call ${called}`),
        ...given(entry.onMatch, (next) => `on-match ${next === 'next' ? next : `goto ${next}`}`),
      ]),
    ),
  );

const matchLines = (match: Match): string[] => [
  ...given(match.asPathList, (name) => `match as-path ${name}`),
  ...given(
    match.communityList,
    (name) => `match community ${name}${match.communityExactMatch ? ' exact-match' : ''}`,
  ),
  ...given(match.extendedCommunityList, (name) => `match extcommunity ${name}`),
  ...given(match.interface, (name) => `match interface ${name}`),
  ...given(match.ipv4PrefixList, (name) => `match ip address prefix-list ${name}`),
  ...given(match.ipv4NextHopPrefixList, (name) => `match ip next-hop prefix-list ${name}`),
  ...given(match.ipv6PrefixList, (name) => `match ipv6 address prefix-list ${name}`),
  ...given(match.ipv6NextHopPrefixList, (name) => `match ipv6 next-hop prefix-list ${name}`),
  ...given(match.largeCommunityList, (name) => `match large-community ${name}`),
  ...given(match.localPreference, (value) => `match local-preference ${value}`),
  ...given(match.metric, (value) => `match metric ${value}`),
  ...given(match.origin, (value) => `match origin ${value}`),
  ...given(match.peer, (peer) => `match peer ${canonicalIp(peer)}`),
  ...given(match.sourceProtocol, (value) => `match source-protocol ${value}`),
  ...given(match.tag, (value) => `match tag ${value}`),
];

const setLines = (set: SetActions): string[] => [
  ...given(set.asPathExclude, (asns) => `set as-path exclude ${asns.join(' ')}`),
  ...given(set.asPathPrepend, (asns) => `set as-path prepend ${asns.join(' ')}`),
  ...given(set.asPathPrependLastAs, (times) => `set as-path prepend last-as ${times}`),
  ...given(set.deleteCommunityList, (name) => `set comm-list ${name} delete`),
  ...given(set.community, (texts) => `set community ${all(texts, canonicalCommunities)}`),
  ...given(set.addCommunity, (texts) => `set community ${all(texts, canonicalCommunities)} additive`),
  ...given(set.distance, (value) => `set distance ${value}`),
  ...given(set.routeTargets, (texts) => `set extcommunity rt ${all(texts, canonicalExtendedValues)}`),
  ...given(set.sitesOfOrigin, (texts) => `set extcommunity soo ${all(texts, canonicalExtendedValues)}`),
  ...given(set.ipv4NextHop, (hop) => `set ip next-hop ${hop}`),
  ...given(set.ipv6NextHop, (hop) =>
    hop === 'peer-address'
      ? 'set ipv6 next-hop peer-address'
      : `set ipv6 next-hop global ${canonicalIp(hop)}`,
  ),
  ...when(set.ipv6NextHopPreferGlobal, 'set ipv6 next-hop prefer-global'),
  ...given(set.deleteLargeCommunityList, (name) => `set large-comm-list ${name} delete`),
  ...given(set.largeCommunity, (texts) => `set large-community ${all(texts, canonicalLargeCommunities)}`),
  ...given(
    set.addLargeCommunity,
    (texts) => `set large-community ${all(texts, canonicalLargeCommunities)} additive`,
  ),
  ...given(set.localPreference, (value) => `set local-preference ${value}`),
  ...given(set.metric, (value) => `set metric ${value}`),
  ...given(set.metricType, (value) => `set metric-type ${value}`),
  ...given(set.origin, (value) => `set origin ${value}`),
  ...given(set.source, (address) => `set src ${canonicalIp(address)}`),
  ...given(set.tag, (value) => `set tag ${value}`),
  ...given(set.weight, (value) => `set weight ${value}`),
];

const all = (texts: string[] | 'none', canonical: (texts: readonly string[]) => string[]): string =>
  texts === 'none' ? texts : canonical(texts).join(' ');
