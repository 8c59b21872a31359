import {
  type DeclaredNetwork,
  isInside,
  labelOf,
  type OutsideEnd,
  type RouterEnd,
  strangeEnds,
  withoutBgp,
} from './declared-networks';
import type { TopologySettings } from './schema';

type LinkArgument = Exclude<TopologySettings['links'][number], unknown[]>;

/** A link as it was declared. */
export interface DeclaredLink extends DeclaredNetwork {
  kind: 'link';
  /** The name that was given. */
  given?: string;
  tunnel?: LinkArgument['tunnel'];
  /** In the order of their routers' names; what is no router comes second. */
  ends: [RouterEnd, RouterEnd | OutsideEnd];
}

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
    return [
      {
        ...properties,
        kind: 'link',
        label,
        name,
        ...(given === undefined ? {} : { given }),
        ends: [one, other],
      },
    ];
  });
  return { declared, problems };
};

const inOrder = ([one, other]: DeclaredLink['ends']): DeclaredLink['ends'] =>
  isInside(other) && other.router < one.router ? [other, one] : [one, other];

const endProblems = (
  label: string,
  [one, other]: DeclaredLink['ends'],
  settings: TopologySettings,
): string[] => [
  ...strangeEnds(label, [one, other], settings),
  ...(isInside(other) && one.router === other.router
    ? [`${label}: both ends are ${JSON.stringify(one.router)}; accepted are two routers`]
    : []),
  ...withoutBgp(label, [one, other], settings),
];
