import { hostMachine } from '../../provider/link/end';
import type { TopologySettings } from './schema';

type LinkArgument = Exclude<TopologySettings['links'][number], unknown[]>;
type EndArgument = Exclude<LinkArgument['b'], string>;
type Shared = Pick<
  LinkArgument,
  | 'id'
  | 'pool'
  | 'ipv4'
  | 'ipv6'
  | 'cost'
  | 'bandwidth'
  | 'rate'
  | 'area'
  | 'ospf'
  | 'passive'
  | 'session'
  | 'password'
  | 'adminState'
  | 'mtu'
  | 'bfd'
  | 'unnumbered'
>;

/** An end in a router of the topology. */
export type RouterEnd = Extract<EndArgument, { router: string }>;
/** An end that is no router: the host itself, or a machine on it. */
export type OutsideEnd = Extract<EndArgument, { host: unknown }>;

/** A link or a segment as it was declared: what routers speak over. */
export interface DeclaredNetwork extends Shared {
  kind: 'link' | 'segment';
  /** Its place in the arguments, for problems: `links[2]`, `segments.office`. */
  label: string;
  /** Unique in the topology. */
  name: string;
  ends: (RouterEnd | OutsideEnd)[];
}

/** Whether an end is in a router of the topology. */
export const isInside = <End extends object>(end: End): end is Extract<End, { router: string }> =>
  'router' in end;

/** The routers of a link or segment: one at least. */
export const routersOf = ({ ends }: DeclaredNetwork): string[] =>
  ends.filter(isInside).map(({ router }) => router);

/** Whether it is between routers: over one with a single router, they speak with nobody of the topology. */
export const isBetweenRouters = (network: DeclaredNetwork): boolean => routersOf(network).length > 1;

/** How an end is named: by its router, its machine, or as the host itself. */
export const labelOf = (end: RouterEnd | OutsideEnd): string =>
  isInside(end) ? end.router : (end.machineName ?? hostMachine);

/** Ends in routers and on hosts that are not there. */
export const strangeEnds = (
  label: string,
  ends: DeclaredNetwork['ends'],
  { routers, hosts }: TopologySettings,
): string[] =>
  ends.flatMap((end) => {
    if (!isInside(end)) {
      return end.host === true || Object.hasOwn(hosts, end.host)
        ? []
        : [`${label}: there is no host ${JSON.stringify(end.host)}; accepted is true, or ${list(hosts)}`];
    }
    return Object.hasOwn(routers, end.router)
      ? []
      : [`${label}: there is no router ${JSON.stringify(end.router)}; accepted is ${list(routers)}`];
  });

/** Ends with an AS, where a router has no BGP to speak with it. */
export const withoutBgp = (
  label: string,
  ends: DeclaredNetwork['ends'],
  settings: TopologySettings,
): string[] => {
  const lacking = ends.filter(isInside).find(({ router }) => !hasBgp(router, settings));
  return ends.flatMap((end) =>
    lacking === undefined || isInside(end) || end.asn === undefined
      ? []
      : [
          `${label}: received asn ${end.asn}, and ${lacking.router} has no BGP; accepted is an \`asn\` of the router, or none here`,
        ],
  );
};

/** Whether a router has an AS. */
export const hasBgp = (router: string, { routers, policy }: TopologySettings): boolean =>
  (routers[router]?.asn ?? policy.asn) !== 'none';

const list = (known: object): string =>
  Object.keys(known)
    .map((name) => JSON.stringify(name))
    .join(', ') || 'none yet';
