import type { TopologySettings } from './schema';

type LinkArgument = TopologySettings['links'][number];
type EndOf<T> = T extends { a: infer E } ? E : T extends [infer E, unknown] ? E : never;
type EndArgument = Exclude<EndOf<LinkArgument>, string>;

/** A link as it was declared, its ends in the order of their routers' names. */
export interface DeclaredLink {
  /** Its place in `links`, for problems: `links[2]`. */
  label: string;
  /** Unique in the topology. */
  name: string;
  /** The name that was given. */
  given?: string;
  id?: number;
  cost?: number;
  adminState: 'up' | 'down';
  mtu?: number;
  bfd?: boolean;
  tunnel?: unknown;
  ends: [EndArgument, EndArgument];
}

/** Reads `links`, and says what is wrong with them. */
export const declaredLinks = ({
  links,
  routers,
}: TopologySettings): { declared: DeclaredLink[]; problems: string[] } => {
  const problems: string[] = [];
  const seen = new Map<string, string>();
  const declared = links.flatMap((link, index): DeclaredLink[] => {
    const label = `links[${index}]`;
    const {
      a,
      b,
      name: given,
      ...rest
    } = Array.isArray(link) ? { a: link[0], b: link[1], name: undefined, adminState: 'up' as const } : link;
    const ends = [a, b].map((end) => (typeof end === 'string' ? { router: end } : end));
    const strange = ends.filter(({ router }) => !Object.hasOwn(routers, router));
    for (const { router } of strange) {
      problems.push(
        `${label}: there is no router ${JSON.stringify(router)}; accepted is ${list(Object.keys(routers))}`,
      );
    }
    const [one, other] = ends.sort((x, y) => (x.router < y.router ? -1 : 1)) as [EndArgument, EndArgument];
    if (one.router === other.router) {
      problems.push(`${label}: both ends are ${JSON.stringify(one.router)}; accepted are two routers`);
    }
    // `_` is in no name that can be given, so no given name is the name of another pair.
    const name = given ?? `${one.router}_${other.router}`;
    const first = seen.get(name);
    if (first !== undefined) {
      problems.push(
        given === undefined
          ? `${label}: a second link between ${one.router} and ${other.router}, after ${first}; give it a \`name\``
          : `${label}.name: received ${JSON.stringify(name)}, which ${first} has too; accepted is a name of its own`,
      );
    }
    seen.set(name, label);
    return [{ ...rest, label, name, ...(given === undefined ? {} : { given }), ends: [one, other] }];
  });
  return { declared, problems };
};

const list = (names: string[]): string => names.map((name) => JSON.stringify(name)).join(', ') || 'none yet';
