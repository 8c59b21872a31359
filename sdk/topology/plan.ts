import { explain } from '../../provider/check';
import type { FrrConfiguration } from '../../provider/frr/schema';
import { parseSize } from '../../provider/systemd/quantity';
import { configurationOf } from './configuration';
import { declaredLinks } from './declared-links';
import { type Expected, expectedOf } from './expected';
import { plannedLinks } from './links';
import { placementOf } from './placement';
import { protocolsOf } from './protocols';
import { identitiesOf, poolProblems } from './routers';
import { type TopologyArgs, type TopologySettings, topologySchema } from './schema';

/** What a topology comes to, before anything is made of it. Plain data, and no secrets. */
export interface TopologyPlan {
  /** By their names. */
  hosts: Record<string, PlannedHost>;
  /** By their names, as declared. */
  routers: Record<string, PlannedRouter>;
  /** By their names: that which was given, or those of both routers: `r1_r2`. */
  links: Record<string, PlannedLink>;
}

/** A host, and what is on it. */
export interface PlannedHost {
  routers: string[];
  /** What its routers may take together, in bytes. */
  memoryUsed: number;
  /** What they may take at most, in bytes; undefined: no limit. */
  memoryBudget?: number;
}

/** A router. */
export interface PlannedRouter {
  host: string;
  machineName: string;
  /** The number from which its addresses and AS number come. */
  id: number;
  /** Its AS; undefined: no BGP. */
  asn?: number;
  routerId: string;
  /** With prefix lengths: `10.192.0.1/32`. */
  loopbacks: string[];
  role?: 'reflector' | 'client';
  memoryMax: string;
  drain: boolean;
  /** What is worked out for it, without what the program adds. */
  configuration: FrrConfiguration;
  /** What must be so when all is up. */
  expected: Expected;
}

/** A link. Its ends are in the order of their routers' names. */
export interface PlannedLink {
  kind: 'veth' | 'tunnel';
  a: PlannedEnd;
  b: PlannedEnd;
  adminState: 'up' | 'down';
  bfd: boolean;
  cost?: number;
  mtu?: number;
  /** What is spoken over it. */
  runs: LinkProtocol[];
}

/** A protocol between the ends of a link. */
export type LinkProtocol = 'ebgp' | 'ospf' | 'ospf6';

/** An end of a link. */
export interface PlannedEnd {
  router: string;
  host: string;
  machineName: string;
  interface: string;
  /** With prefix lengths; undefined: none of its own (unnumbered). */
  addresses?: string[];
  metric?: number;
  mac?: string;
}

/** Why there is no plan: every problem that was found. */
export class TopologyProblems extends Error {
  constructor(readonly problems: string[]) {
    super(problems.join('\n'));
    this.name = 'TopologyProblems';
  }
}

/**
 * Works out all of a topology: where routers go, addresses, interfaces, sessions, configurations. Pure, and stable: what a router
 * or a link gets depends on its own name (or `id`), so what comes or goes elsewhere renumbers nothing. Throws
 * {@link TopologyProblems}, with every problem in words.
 *
 * @example
 * const plan = planTopology({ hosts: { here: {} }, routers: { r1: {}, r2: {} }, links: [['r1', 'r2']] });
 * assert.equal(plan.links.r1_r2?.kind, 'veth');
 */
export const planTopology = (args: TopologyArgs): TopologyPlan => {
  const settings = settingsOf(args);
  const { declared, problems: badLinks } = declaredLinks(settings);
  refuse([...strangeHosts(settings), ...poolProblems(settings), ...badLinks]);

  const { identities, problems: badIds } = identitiesOf(settings);
  const routers = Object.entries(settings.routers).map(([name, router]) => ({
    name,
    ...(router.host === undefined ? {} : { host: router.host }),
    memoryMax: router.memoryMax ?? settings.policy.memoryMax,
  }));
  const budgets = new Map(
    Object.entries(settings.hosts).map(([name, { memory }]) => [name, budgetOf(memory)]),
  );
  const { hosts, used, problems: badPlaces } = placementOf(routers, budgets);
  refuse([...badIds, ...badPlaces]);

  const protocols = protocolsOf(settings, identities);
  refuse(protocols.problems);
  const { links, problems: badEnds } = plannedLinks(
    declared,
    settings,
    (router) => ({
      host: hosts.get(router) as string,
      machineName: identities.get(router)?.machineName as string,
    }),
    protocols.onLink,
  );
  refuse([...badEnds, ...sharedMachines(settings, hosts, identities), ...missingUnderlays(settings, links)]);

  const expected = expectedOf(settings, identities, links, protocols);
  return {
    hosts: Object.fromEntries(
      Object.keys(settings.hosts).map((name) => [
        name,
        {
          routers: routers.filter((router) => hosts.get(router.name) === name).map((router) => router.name),
          memoryUsed: used.get(name) ?? 0,
          ...(Number.isFinite(budgets.get(name)) ? { memoryBudget: budgets.get(name) as number } : {}),
        },
      ]),
    ),
    routers: Object.fromEntries(
      routers.map(({ name, memoryMax }): [string, PlannedRouter] => {
        const { role, drain = false } = settings.routers[name] ?? {};
        const identity = identities.get(name) as NonNullable<ReturnType<typeof identities.get>>;
        return [
          name,
          {
            host: hosts.get(name) as string,
            ...identity,
            ...(role === undefined ? {} : { role }),
            memoryMax,
            drain,
            configuration: configurationOf(name, settings, identities, links, protocols),
            expected: expected.get(name) as Expected,
          },
        ];
      }),
    ),
    links: Object.fromEntries(links),
  };
};

const settingsOf = (args: TopologyArgs): TopologySettings => {
  const parsed = topologySchema.safeParse(args);
  if (parsed.success) return parsed.data;
  const failures = parsed.error.issues.flatMap((issue) => explain(issue, args));
  throw new TopologyProblems(failures.map(({ property, reason }) => `${property}: ${reason}`));
};

const refuse = (problems: string[]) => {
  if (problems.length > 0) throw new TopologyProblems(problems);
};

const budgetOf = (memory: string | undefined): number =>
  memory === undefined ? Number.POSITIVE_INFINITY : (parseSize(memory) as number);

const strangeHosts = ({ hosts, routers }: TopologySettings): string[] => {
  const known = Object.keys(hosts);
  if (known.length === 0) return ['hosts: it is empty; accepted is at least one host'];
  return Object.entries(routers)
    .filter(([, { host }]) => host !== undefined && !known.includes(host))
    .map(
      ([name, { host }]) =>
        `routers.${name}.host: received ${JSON.stringify(host)}; accepted is ${known.map((each) => JSON.stringify(each)).join(', ')}`,
    );
};

const sharedMachines = (
  { routers }: TopologySettings,
  hosts: ReadonlyMap<string, string>,
  identities: ReadonlyMap<string, { machineName: string }>,
): string[] => {
  const taken = new Map<string, string>();
  return Object.keys(routers).flatMap((name) => {
    const machineName = identities.get(name)?.machineName ?? name;
    const key = `${hosts.get(name)} ${machineName}`;
    const first = taken.get(key);
    taken.set(key, name);
    return first === undefined
      ? []
      : [
          `routers.${name}.machineName: received ${JSON.stringify(machineName)}, which ${first} has on the same host; accepted is a name of its own`,
        ];
  });
};

const missingUnderlays = ({ hosts }: TopologySettings, links: ReadonlyMap<string, PlannedLink>): string[] => {
  const tunnels = [...links].filter(([, { kind }]) => kind === 'tunnel');
  return Object.entries(hosts).flatMap(([name, { underlay }]) => {
    const [link] = tunnels.find(([, { a, b }]) => a.host === name || b.host === name) ?? [];
    return underlay !== undefined || link === undefined
      ? []
      : [
          `hosts.${name}.underlay: it is missing, and link ${link} leaves this host; accepted is its address for the other hosts`,
        ];
  });
};
