import type { CheckFailure } from '../resource';
import { isRecord, isUnknown } from '../unknown';
import { bgpRefusals } from './rules/bgp';
import { failureAt, type Refusal } from './rules/failure';
import { interfaceRefusals } from './rules/interface';
import { knownOf } from './rules/known';
import { ospfRefusals } from './rules/ospf';
import { policyRefusals } from './rules/policy';
import { referenceRefusals } from './rules/reference';
import { routeRefusals } from './rules/route';
import type { FrrConfiguration } from './schema';

/**
 * The checks of a typed configuration that span its properties. Unknowns may be anywhere: what cannot be known yet is passed
 * over. `at` is where the configuration is in the inputs.
 */
export const frrRules = (configuration: FrrConfiguration, at = 'config'): CheckFailure[] =>
  frrRefusals(configuration).map((refusal) => failureAt(at, refusal));

/** The same, with paths inside the configuration. */
export const frrRefusals = (configuration: FrrConfiguration): Refusal[] => {
  const known = knownOf(configuration);
  if (!known) return [];
  return [
    ...policyRefusals(known),
    ...interfaceRefusals(known),
    ...routeRefusals(known),
    ...bgpRefusals(known),
    ...ospfRefusals(known),
    // What `text` defines is not seen here.
    ...('text' in known ? [] : referenceRefusals(known, unknownAmong(configuration))),
  ];
};

// Where names are defined, and what is there is not known.
const unknownAmong = (configuration: unknown): Set<string> =>
  new Set(definitions.filter((path) => unknownAt(configuration, path.split('.'))));

const definitions = [
  'routeMaps',
  'prefixLists',
  'communityLists',
  'largeCommunityLists',
  'extendedCommunityLists',
  'asPathLists',
  'bfd.profiles',
  'bgp.peerGroups',
];

const unknownAt = (value: unknown, [name, ...rest]: string[]): boolean => {
  if (isUnknown(value)) return true;
  return name !== undefined && isRecord(value) && unknownAt(value[name], rest);
};
