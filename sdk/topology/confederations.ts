import type { Identity } from './routers';
import type { TopologySettings } from './schema';

/** An AS that is made of others (RFC 5065). */
export interface Confederation {
  /** Its number, by which those outside know it. */
  identifier: number;
  /** The ASes that it is made of. */
  members: number[];
}

/** The confederations of a topology. */
export const confederationsOf = ({ policy }: TopologySettings): Confederation[] =>
  Object.entries(policy.confederations).map(([identifier, members]) => ({
    identifier: Number(identifier),
    members,
  }));

/** That which an AS is a part of. */
export const confederationOf = (settings: TopologySettings, asn: number): Confederation | undefined =>
  confederationsOf(settings).find(({ members }) => members.includes(asn));

/** Whether two ASes are parts of one confederation. */
export const areConfederates = (settings: TopologySettings, one: number, other: number): boolean =>
  confederationOf(settings, one)?.members.includes(other) ?? false;

/** The number by which another AS knows one. */
export const asnTowards = (settings: TopologySettings, other: number, asn: number): number =>
  areConfederates(settings, asn, other) ? asn : (confederationOf(settings, asn)?.identifier ?? asn);

/** What cannot be of the confederations that are declared. */
export const confederationProblems = (
  settings: TopologySettings,
  identities: ReadonlyMap<string, Identity>,
): string[] => {
  const confederations = confederationsOf(settings);
  const routersIn = (asn: number) =>
    [...identities].filter(([, each]) => each.asn === asn).map(([name]) => name);
  return confederations.flatMap(({ identifier, members }, index) => {
    const place = `policy.confederations["${identifier}"]`;
    const [router] = routersIn(identifier);
    return [
      ...(router === undefined
        ? []
        : [`${place}: it is the AS of router ${router}; accepted is a number that no router has`]),
      ...members.flatMap((member, at) => {
        const first = confederations.slice(0, index).find((each) => each.members.includes(member));
        const received = `${place}[${at}]: received ${member}, `;
        if (members.indexOf(member) < at)
          return [`${received}which stands there already; accepted is it once`];
        if (first)
          return [`${received}which is a part of ${first.identifier} too; accepted is one of the two`];
        if (routersIn(member).length === 0)
          return [`${received}which no router has; accepted are the ASes of routers: ${asnsOf(identities)}`];
        return [];
      }),
    ];
  });
};

const asnsOf = (identities: ReadonlyMap<string, Identity>): string =>
  [...new Set([...identities.values()].flatMap(({ asn }) => asn ?? []))].join(', ') || 'none';
