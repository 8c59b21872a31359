import { familyOf } from '../../address';
import { canonicalIp, lengthOf } from '../address';
import { numbered } from '../render/lines';
import type { FrrConfiguration } from '../schema';
import { type Refusal, refuseTwice, refuseWhen } from './failure';
import { gives, type Known } from './known';

type Configuration = Known<FrrConfiguration>;
type Path = (string | number)[];

const lists = ['communityLists', 'largeCommunityLists', 'extendedCommunityLists'] as const;

/** What FRR refuses, or keeps silent about, in lists and route maps. */
export const policyRefusals = (configuration: Configuration): Refusal[] => [
  ...entriesOf(configuration.prefixLists, 'prefixLists').flatMap(({ entries, path }) => [
    ...sequenceRefusals(entries, path, 5, 4294967294),
    ...entries.flatMap((entry, index) => lengthRefusals(entry ?? {}, [...path, index])),
    ...sameRefusals(entries, path),
  ]),
  ...lists.flatMap((name) =>
    entriesOf<Known<CommunityEntry>>(configuration[name], name).flatMap(({ entries, path }) => [
      ...sequenceRefusals(entries, path, 5, 4294967294),
      ...communityRefusals(entries, path),
      ...sameRefusals(entries, path),
    ]),
  ),
  ...entriesOf(configuration.asPathLists, 'asPathLists').flatMap(({ entries, path }) => [
    ...sequenceRefusals(entries, path, 5, 4294967294),
    ...sameRefusals(entries, path),
  ]),
  ...entriesOf(configuration.routeMaps, 'routeMaps').flatMap(({ entries, path }) => [
    ...sequenceRefusals(entries, path, 10, 65535),
    ...entries.flatMap((entry, index) => routeMapRefusals(entry ?? {}, [...path, index])),
    ...gotoRefusals(entries, path),
  ]),
  ...callRefusals(configuration.routeMaps),
];

interface CommunityEntry {
  sequence?: number;
  action: 'permit' | 'deny';
  communities?: string[];
  regex?: string;
}

type PrefixEntry = Known<NonNullable<FrrConfiguration['prefixLists']>[string][number]>;
type RouteMapEntry = Known<NonNullable<FrrConfiguration['routeMaps']>[string][number]>;

const entriesOf = <E>(record: Record<string, (E | undefined)[] | undefined> | undefined, name: string) =>
  Object.entries(record ?? {}).map(([key, entries]) => ({
    entries: entries ?? [],
    path: [name, key] as Path,
  }));

// Sequences that are left out depend on those before them; where one is not known, only what is given is compared.
const sequenceRefusals = (
  entries: readonly ({ sequence?: number } | undefined)[],
  path: Path,
  step: number,
  most: number,
): Refusal[] => {
  const whole = entries.every((entry) => entry !== undefined);
  const places = whole
    ? numbered(
        entries.map((entry, index) => ({ ...entry, index })),
        step,
      )
    : entries.map((entry, index) => ({ sequence: entry?.sequence, index }));
  const ordered: { sequence?: number; index: number }[] = [...places].sort((a, b) => a.index - b.index);
  return [
    ...refuseTwice(
      ordered,
      ({ index }) => [...path, index, 'sequence'],
      ({ sequence }) => (sequence === undefined ? undefined : String(sequence)),
      'sequence',
    ),
    ...ordered.flatMap(({ sequence = 0, index }) =>
      refuseWhen(
        sequence > most,
        [...path, index, 'sequence'],
        `it is missing and would be ${sequence}; accepted is at most ${most}`,
      ),
    ),
  ];
};

const lengthRefusals = ({ prefix, ge, le }: PrefixEntry, path: Path): Refusal[] => {
  if (prefix === undefined) return [];
  const [own, most] = [lengthOf(prefix), familyOf(prefix) === 4 ? 32 : 128];
  const between = (least: number) => `accepted is a prefix length from ${least} to ${most} for ${prefix}`;
  return [
    ...refuseWhen(
      ge !== undefined && (ge <= own || ge > most),
      [...path, 'ge'],
      `received ${ge}; ${between(own + 1)}`,
    ),
    ...refuseWhen(
      le !== undefined && (le <= own || le > most),
      [...path, 'le'],
      `received ${le}; ${between(own + 1)}`,
    ),
    ...refuseWhen(
      ge !== undefined && le !== undefined && le < ge,
      [...path, 'le'],
      `received ${le}, and ge is ${ge}; accepted is at least that`,
    ),
  ];
};

const communityRefusals = (
  entries: readonly (Known<CommunityEntry> | undefined)[],
  path: Path,
): Refusal[] => {
  const known = entries.map((entry) => entry ?? {});
  const regexAt = known.findIndex(({ regex }) => regex !== undefined);
  return known.flatMap(({ communities, regex }, index) => [
    ...refuseWhen(
      communities !== undefined && (regex !== undefined || regexAt >= 0),
      [...path, index, 'communities'],
      `it is given beside a regex (${regexAt === index ? 'here' : `entry ${regexAt}`}); accepted is one of the two for a whole list`,
    ),
    ...refuseWhen(
      entries[index] !== undefined &&
        !gives(known[index] ?? {}, 'communities') &&
        !gives(known[index] ?? {}, 'regex'),
      [...path, index],
      'it has neither communities nor regex; accepted is one of the two',
    ),
  ]);
};

// FRR drops a second entry that says the same, without a word (e.g. plist_is_dup()).
const sameRefusals = (entries: readonly (object | undefined)[], path: Path): Refusal[] =>
  refuseTwice(
    entries.map((entry, index) => ({ entry, index })),
    ({ index }) => [...path, index],
    ({ entry }) => (entry === undefined ? undefined : meaning(entry)),
    'entry',
  );

const meaning = (entry: object): string => {
  const { sequence: _, ...rest } = entry as Record<string, unknown>;
  return Object.entries(rest)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) =>
      key === 'prefix'
        ? canonicalIp(String(value))
        : `${key} ${Array.isArray(value) ? [...value].sort().join(' ') : value}`,
    )
    .join(' ');
};

const routeMapRefusals = (entry: RouteMapEntry, path: Path): Refusal[] => {
  const { action, match = {}, set = {} } = entry;
  const both = (one: keyof typeof set, other: keyof typeof set) =>
    refuseWhen(
      gives(set, one) && gives(set, other),
      [...path, 'set', other],
      `it is given beside ${one}; accepted is one of the two`,
    );
  return [
    ...refuseWhen(
      match.communityExactMatch && !gives(match, 'communityList'),
      [...path, 'match', 'communityExactMatch'],
      'it is true without communityList; accepted is beside it',
    ),
    ...refuseWhen(
      gives(match, 'ipv4PrefixList') && gives(match, 'ipv6PrefixList'),
      [...path, 'match', 'ipv6PrefixList'],
      'it is given beside ipv4PrefixList, and no route is of both families; accepted is an entry for each',
    ),
    ...refuseWhen(
      action === 'deny' && gives(entry, 'onMatch'),
      [...path, 'onMatch'],
      'it is given for an entry that denies, which ends the map; accepted is it for one that permits',
    ),
    ...both('community', 'addCommunity'),
    ...both('largeCommunity', 'addLargeCommunity'),
    ...both('asPathPrepend', 'asPathPrependLastAs'),
  ];
};

const gotoRefusals = (entries: readonly (RouteMapEntry | undefined)[], path: Path): Refusal[] => {
  if (!entries.every((entry) => entry !== undefined)) return [];
  return numbered(
    entries.map((entry, index) => ({ ...entry, index })),
    10,
  ).flatMap(({ onMatch, sequence, index }) => [
    ...refuseWhen(
      // FRR counts one further; mgmtd of FRR 10.3 crashes.
      onMatch === 'next' && sequence === 65535,
      [...path, index, 'onMatch'],
      'received "next", and this entry has 65535; accepted is it on an entry before that',
    ),
    ...refuseWhen(
      typeof onMatch === 'number' && onMatch <= sequence,
      [...path, index, 'onMatch'],
      `received ${onMatch}, and this entry has ${sequence}; accepted is the sequence of a later entry`,
    ),
  ]);
};

// A route map that calls itself is refused by FRR, and a longer circle followed until its depth has an end.
const callRefusals = (routeMaps: Configuration['routeMaps'] = {}): Refusal[] => {
  const reaches = (from: string, to: string, seen: string[] = []): boolean =>
    (routeMaps[from] ?? []).some((entry) => {
      const called = entry?.call;
      if (called === undefined || seen.includes(called)) return false;
      return called === to || reaches(called, to, [...seen, called]);
    });
  return Object.entries(routeMaps).flatMap(([name, entries]) =>
    (entries ?? []).flatMap((entry, index) =>
      refuseWhen(
        entry?.call !== undefined && (entry.call === name || reaches(entry.call, name)),
        ['routeMaps', name, index, 'call'],
        `received "${entry?.call}", which comes back to ${name}; accepted is a route map that does not`,
      ),
    ),
  );
};
