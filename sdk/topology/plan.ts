import { explain } from '../../provider/check';
import { parseSize } from '../../provider/systemd/quantity';
import { areasOf } from './areas';
import { configurationOf, type Whole } from './configuration';
import { type DeclaredLink, declaredLinks } from './declared-links';
import { type Expected, expectedOf } from './expected';
import { plannedLinks } from './links';
import { placementOf } from './placement';
import { missingUnderlays, sharedMachines, strangeHosts } from './places';
import type { PlannedRouter, TopologyPlan } from './planned';
import { poolProblems } from './pool-problems';
import { protocolsOf } from './protocols';
import { identitiesOf } from './routers';
import { type TopologyArgs, type TopologySettings, topologySchema } from './schema';

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

/** A plan, and the links as they were declared, by their names: with what no plan holds. */
export const workedOut = (
  args: TopologyArgs,
): { plan: TopologyPlan; declared: ReadonlyMap<string, DeclaredLink> } => {
  const settings = settingsOf(args);
  const { declared, problems: badLinks } = declaredLinks(settings);
  refuse([...strangeHosts(settings), ...poolProblems(settings, declared), ...badLinks]);

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

  const protocols = protocolsOf(settings, identities);
  refuse(protocols.problems);
  const areas = areasOf(settings, declared, protocols);
  const { links, problems: badEnds } = plannedLinks(
    declared,
    settings,
    identities,
    (router) => ({
      host: hosts.get(router) as string,
      machineName: identities.get(router)?.machineName as string,
    }),
    protocols,
    areas,
  );
  refuse([
    ...areas.problems,
    ...badEnds,
    ...sharedMachines(settings, hosts, identities),
    ...missingUnderlays(settings, links),
  ]);

  const whole: Whole = {
    settings,
    declared: new Map(declared.map((link) => [link.name, link])),
    identities,
    links,
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
    links: Object.fromEntries(links),
  };
  return { plan, declared: whole.declared };
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
