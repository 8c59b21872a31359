import { hostMachine } from '../../provider/link/end';
import type { TopologySettings } from './schema';

type LinkArgument = Exclude<TopologySettings['links'][number], unknown[]>;
type EndArgument = Exclude<LinkArgument['b'], string>;

/** An end in a router of the topology. */
export type RouterEnd = Extract<EndArgument, { router: string }>;
/** An end that is no router: the host itself, or a machine on it. */
export type OutsideEnd = Extract<EndArgument, { host: unknown }>;

/** A link as it was declared. */
export interface DeclaredLink extends Omit<LinkArgument, 'a' | 'b' | 'name'> {
  /** Its place in `links`, for problems: `links[2]`. */
  label: string;
  /** Unique in the topology. */
  name: string;
  /** The name that was given. */
  given?: string;
  /** In the order of their routers' names; what is no router comes second. */
  ends: [RouterEnd, RouterEnd | OutsideEnd];
}

/** Whether an end is in a router of the topology. */
export const isInside = (end: RouterEnd | OutsideEnd): end is RouterEnd => 'router' in end;

/** The routers of a link: two, or one. */
export const routersOf = ({ ends }: DeclaredLink): string[] =>
  ends.filter(isInside).map(({ router }) => router);

/** Reads `links`, and says what is wrong with them. */
export const declaredLinks = (
  settings: TopologySettings,
): { declared: DeclaredLink[]; problems: string[] } => {
  const problems: string[] = [];
  const seen = new Map<string, string>();
  const declared = settings.links.flatMap((link, index): DeclaredLink[] => {
    const label = `links[${index}]`;
    const { a, b, ...rest }: LinkArgument = Array.isArray(link)
      ? { a: link[0], b: link[1], adminState: 'up' }
      : link;
    const { name: given, ...properties } = rest;
    const ends = [a, b].map((end) =>
      typeof end === 'string' ? { router: end } : end,
    ) as DeclaredLink['ends'];
    problems.push(...endProblems(label, ends, settings));
    const [one, other] = inOrder(ends);
    // `_` is in no name that can be given, so no given name is the name of another pair.
    const name = given ?? `${one.router}_${labelOf(other)}`;
    const first = seen.get(name);
    if (first !== undefined) {
      problems.push(
        given === undefined
          ? `${label}: a second link between ${one.router} and ${labelOf(other)}, after ${first}; give it a \`name\``
          : `${label}.name: received ${JSON.stringify(name)}, which ${first} has too; accepted is a name of its own`,
      );
    }
    seen.set(name, label);
    return [{ ...properties, label, name, ...(given === undefined ? {} : { given }), ends: [one, other] }];
  });
  return { declared, problems };
};

const inOrder = ([one, other]: DeclaredLink['ends']): DeclaredLink['ends'] =>
  isInside(other) && other.router < one.router ? [other, one] : [one, other];

/** How an end is named: by its router, its machine, or as the host itself. */
export const labelOf = (end: RouterEnd | OutsideEnd): string =>
  isInside(end) ? end.router : (end.machineName ?? hostMachine);

const endProblems = (
  label: string,
  [one, other]: DeclaredLink['ends'],
  { routers, hosts, policy }: TopologySettings,
): string[] => [
  ...[one, other].flatMap((end) => {
    if (!isInside(end)) {
      return end.host === true || Object.hasOwn(hosts, end.host)
        ? []
        : [`${label}: there is no host ${JSON.stringify(end.host)}; accepted is true, or ${list(hosts)}`];
    }
    return Object.hasOwn(routers, end.router)
      ? []
      : [`${label}: there is no router ${JSON.stringify(end.router)}; accepted is ${list(routers)}`];
  }),
  ...(isInside(other) && one.router === other.router
    ? [`${label}: both ends are ${JSON.stringify(one.router)}; accepted are two routers`]
    : []),
  ...(!isInside(other) && other.asn !== undefined && (routers[one.router]?.asn ?? policy.asn) === 'none'
    ? [
        `${label}: received asn ${other.asn}, and ${one.router} has no BGP; accepted is an \`asn\` of the router, or none here`,
      ]
    : []),
];

const list = (known: object): string =>
  Object.keys(known)
    .map((name) => JSON.stringify(name))
    .join(', ') || 'none yet';
