import { explain } from '../../provider/check';
import { parseSize } from '../../provider/systemd/quantity';
import { areasOf } from './areas';
import { confederationProblems } from './confederations';
import { configurationOf } from './configuration';
import { type DeclaredLink, declaredLinks } from './declared-links';
import { type DeclaredSegment, declaredSegments } from './declared-segments';
import { networksOf } from './ends';
import { expectedOf } from './expected';
import { interfaceProblems, sharedAddresses } from './interfaces';
import { type Place, plannedLinks } from './links';
import { placementOf } from './placement';
import { missingUnderlays, sharedMachines, strangeHosts } from './places';
import type { Expected, PlannedRouter, TopologyPlan } from './planned';
import { poolProblems } from './pool-problems';
import { protocolsOf } from './protocols';
import { identitiesOf } from './routers';
import { type TopologyArgs, type TopologySettings, topologySchema } from './schema';
import { plannedSegments } from './segments';
import type { Whole } from './whole';

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
export const planTopology = (args: TopologyArgs): TopologyPlan => workedOut(args).plan;

/** A plan, and links and segments as they were declared, by their names: with what no plan holds. */
export const workedOut = (
  args: TopologyArgs,
): { plan: TopologyPlan; declared: ReadonlyMap<string, DeclaredLink | DeclaredSegment> } => {
  const settings = settingsOf(args);
  const { declared: declaredPairs, problems: badLinks } = declaredLinks(settings);
  const { segments: declaredLans, problems: badSegments } = declaredSegments(settings, declaredPairs);
  const declared = [...declaredPairs, ...declaredLans];
  refuse([...strangeHosts(settings), ...poolProblems(settings, declared), ...badLinks, ...badSegments]);

  const { identities, problems: badIds } = identitiesOf(settings);
  const routers = Object.entries(settings.routers).map(([name, router]) => ({
    name,
    ...(router.host === undefined ? {} : { host: router.host }),
    memoryMax: router.memoryMax ?? settings.policy.memoryMax,
    spread: router.spread ?? (router.role === 'reflector' ? 'reflector' : undefined),
  }));
  const budgets = new Map(
    Object.entries(settings.hosts).map(([name, { memory }]) => [name, budgetOf(memory)]),
  );
  const { hosts, used, problems: badPlaces } = placementOf(routers, budgets);
  refuse([...badIds, ...badPlaces]);
  refuse(confederationProblems(settings, identities));

  const protocols = protocolsOf(settings, identities);
  refuse(protocols.problems);
  const areas = areasOf(settings, declared, protocols);
  const placeOf = (router: string): Place => ({
    host: hosts.get(router) as string,
    machineName: identities.get(router)?.machineName as string,
  });
  const { links, problems: badEnds } = plannedLinks(
    declaredPairs,
    settings,
    identities,
    placeOf,
    protocols,
    areas,
  );
  const { segments, problems: badMembers } = plannedSegments(
    declaredLans,
    settings,
    placeOf,
    protocols,
    areas,
  );
  refuse([
    ...areas.problems,
    ...badEnds,
    ...badMembers,
    ...interfaceProblems(links, segments),
    // Two with one number have one address: that is said once.
    ...sharedAddresses(links, badMembers.length > 0 ? new Map() : segments),
    ...sharedMachines(settings, hosts, identities),
    ...missingUnderlays(settings, links, segments),
  ]);

  const made = { links: Object.fromEntries(links), segments: Object.fromEntries(segments) };
  const byName = new Map(declared.map((network) => [network.name, network]));
  const whole: Whole = {
    settings,
    declared: byName,
    identities,
    networks: networksOf({ ...made, routers: Object.fromEntries(identities) }),
    protocols,
    areas,
  };
  const expected = expectedOf(whole);
  const plan: TopologyPlan = {
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
            areas: areas.routers.get(name) ?? [],
            memoryMax,
            drain,
            configuration: configurationOf(name, whole),
            expected: expected.get(name) as Expected,
          },
        ];
      }),
    ),
    ...made,
  };
  return { plan, declared: byName };
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
