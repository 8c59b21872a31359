import { familyOf } from '../../address';
import { canonicalIp } from '../address';
import { canonicalCommunities, canonicalExtendedCommunities, canonicalLargeCommunities } from '../community';
import type { FrrConfiguration } from '../schema';
import { numbered, sorted, words } from './lines';

/** Prefix, community and AS path lists. Sequences are always written: FRR gives its own where there is none. */
export const renderLists = (configuration: FrrConfiguration): string[] =>
  [
    prefixLists(configuration, 4),
    prefixLists(configuration, 6),
    communityLists('community-list', configuration.communityLists, canonicalCommunities),
    communityLists('large-community-list', configuration.largeCommunityLists, canonicalLargeCommunities),
    communityLists('extcommunity-list', configuration.extendedCommunityLists, canonicalExtendedCommunities),
    asPathLists(configuration),
  ].flatMap((lines) => (lines.length > 0 ? [...lines, '!'] : []));

const prefixLists = ({ prefixLists: lists }: FrrConfiguration, family: 4 | 6): string[] =>
  sorted(lists).flatMap(([name, entries]) =>
    numbered(entries, 5)
      .filter(({ prefix }) => familyOf(prefix) === family)
      .map(({ sequence, action, prefix, ge, le }) =>
        words(
          family === 4 ? 'ip' : 'ipv6',
          'prefix-list',
          name,
          'seq',
          sequence,
          action,
          canonicalIp(prefix),
          ge !== undefined && `ge ${ge}`,
          le !== undefined && `le ${le}`,
        ),
      ),
  );

type CommunityLists = FrrConfiguration['communityLists'];

const communityLists = (
  command: string,
  lists: CommunityLists,
  canonical: (communities: readonly string[]) => string[],
): string[] =>
  sorted(lists).flatMap(([name, entries]) =>
    numbered(entries, 5).map(({ sequence, action, communities, regex }) =>
      words(
        'bgp',
        command,
        regex === undefined ? 'standard' : 'expanded',
        name,
        'seq',
        sequence,
        action,
        regex ?? canonical(communities ?? []).join(' '),
      ),
    ),
  );

const asPathLists = ({ asPathLists: lists }: FrrConfiguration): string[] =>
  sorted(lists).flatMap(([name, entries]) =>
    numbered(entries, 5).map(
      ({ sequence, action, regex }) => `bgp as-path access-list ${name} seq ${sequence} ${action} ${regex}`,
    ),
  );
