import * as pulumi from '@pulumi/pulumi';
import { dependencies } from './dependencies';
import type { Link } from './link';
import { merged } from './merged';
import { Router } from './router';
import type { ConfigurationPart, RouterArgs } from './router-args';
import { RoutingCheck, type RoutingCheckArgs } from './routing-check';
import { endsOf, networksOf, prefixesOf } from './topology/ends';
import { madeLink, madeSegment, type SegmentLinks } from './topology/link-resources';
import { passwordsOf } from './topology/passwords';
import { TopologyProblems, workedOut } from './topology/plan';
import { isIgp, type PlannedRouter, type TopologyPlan } from './topology/planned';
import type { TopologyArgs } from './topology/schema';

/**
 * Routers on one host or many, the links and LAN segments between them, and all that follows: places, addresses, AS numbers, sessions,
 * configurations, and a check that all of it is up. What a router or a link gets depends on its own name (or `id`): what comes or
 * goes elsewhere renumbers nothing.
 *
 * @example
 * const ring = new Topology('ring', {
 *   hosts: { paris: { connection: paris, underlay: '192.0.2.1' }, tokyo: { connection: tokyo, underlay: '198.51.100.1' } },
 *   routers: { r1: {}, r2: {}, r3: {}, r4: {} },
 *   links: [['r1', 'r2'], ['r2', 'r3'], ['r3', 'r4'], ['r4', 'r1']],
 *   policy: { asn: 'none' }, // OSPF alone
 * });
 * console.log(formatPlan(ring.plan));
 */
export class Topology extends pulumi.ComponentResource {
  /** What was worked out, before anything is made. */
  readonly plan: TopologyPlan;
  /** The routers, by their names. */
  readonly routers: Record<string, Router>;
  /** The links, by their names: those that were given, or both routers': `r1_r2`. */
  readonly links: Record<string, Link>;
  /** What segments are made of, by their names. */
  readonly segments: Record<string, SegmentLinks>;
  /** By router: its loopbacks with prefix lengths, known before anything is made: `loopbacks.r1`. */
  readonly loopbacks: Record<string, string[]>;
  /** By router and interface: the addresses of its ends of links and segments, likewise: `addresses.r1['to-r2']`. */
  readonly addresses: Record<string, Record<string, string[]>>;
  /** By link or segment: its subnets, likewise; what a firewall, say, is to know. */
  readonly prefixes: Record<string, string[]>;
  /** What waits until all sessions are up and all loopbacks are reached; undefined where `check` is false. */
  readonly check: RoutingCheck | undefined;

  constructor(name: string, args: TopologyArgs, options: pulumi.ComponentResourceOptions = {}) {
    super('nspawn:index:Topology', name, {}, options);
    const { plan, declared } = planFor(name, args);
    const { routers, links, segments } = plan;
    const networks = networksOf(plan);
    this.plan = plan;
    const child: pulumi.ComponentResourceOptions = {
      parent: this,
      dependsOn: dependencies(options.dependsOn),
    };
    // With the host in its name, a router that moves is made there and deleted here, with its links.
    this.routers = mapped(
      routers,
      (planned, router) =>
        new Router(
          `${name}-${router}@${planned.host}`,
          routerArgs(
            args,
            planned,
            router,
            passwordsOf(planned, endsOf(networks, router), declared, args.policy),
          ),
          child,
        ),
    );
    const surroundings = { name, args, declared, routers: this.routers, options: child };
    this.links = mapped(links, (planned, link) => madeLink(link, planned, surroundings));
    this.segments = mapped(segments, (planned, segment) => madeSegment(segment, planned, surroundings));
    this.loopbacks = mapped(routers, ({ loopbacks }) => loopbacks);
    this.addresses = mapped(routers, (_, router) =>
      Object.fromEntries(endsOf(networks, router).map(({ own }) => [own.interface, own.addresses ?? []])),
    );
    this.prefixes = Object.fromEntries(networks.map((network) => [network.name, prefixesOf(network.ends)]));
    this.check = this.checked(name, args, child);
    this.registerOutputs({
      loopbacks: this.loopbacks,
      addresses: this.addresses,
      prefixes: this.prefixes,
    });
  }

  private checked(
    name: string,
    { hosts, check }: TopologyArgs,
    child: pulumi.ComponentResourceOptions,
  ): RoutingCheck | undefined {
    const routers = Object.values(this.plan.routers).flatMap((planned) =>
      checkedRouter(planned, hosts[planned.host]?.connection),
    );
    if (check === false || routers.length === 0) return undefined;
    return new RoutingCheck(
      name,
      {
        routers,
        timeoutSeconds: check?.timeoutSeconds ?? (elects(this.plan) ? 120 : undefined),
        // Whatever changes in a router, all of it must be up again.
        triggers: Object.values(this.routers).map(({ digest }) => digest),
      },
      {
        ...child,
        dependsOn: [
          ...Object.values(this.routers),
          ...Object.values(this.links),
          ...Object.values(this.segments).flatMap(({ links, tunnels }) => [
            ...Object.values(links),
            ...Object.values(tunnels),
          ]),
        ],
      },
    );
  }
}

// Before OSPF elects on a segment, it waits for as long as a neighbour may be silent: 40 seconds (RFC 2328, section 9.4).
const elects = ({ segments }: TopologyPlan): boolean =>
  Object.values(segments).some(({ runs, adminState }) => adminState === 'up' && runs.some(isIgp));

const checkedRouter = (
  { machineName, expected: { bgp, ospf, ospf6, prefixes } }: PlannedRouter,
  connection: RoutingCheckArgs['connection'],
): Exclude<RoutingCheckArgs['routers'], pulumi.Output<unknown> | Promise<unknown>> => {
  const wanted = {
    ...(bgp.length > 0 ? { bgp: { neighbors: bgp } } : {}),
    ...(ospf.length > 0 ? { ospf: { neighbors: ospf } } : {}),
    ...(ospf6.length > 0 ? { ospf6: { neighbors: ospf6 } } : {}),
    ...(prefixes.length > 0 ? { prefixes } : {}),
  };
  if (Object.keys(wanted).length === 0) return [];
  return [{ ...(connection === undefined ? {} : { connection }), machineName, ...wanted }];
};

const planFor = (name: string, args: TopologyArgs): ReturnType<typeof workedOut> => {
  try {
    return workedOut(args);
  } catch (error) {
    if (!(error instanceof TopologyProblems)) throw error;
    // Without a stack: what is wrong is in the arguments.
    throw new pulumi.RunError(
      `Topology ${JSON.stringify(name)} is refused:\n${error.problems.map((problem) => `  ${problem}\n`).join('')}`,
    );
  }
};

const routerArgs = (
  { hosts, routers, policy }: TopologyArgs,
  planned: PlannedRouter,
  name: string,
  passwords: Record<string, unknown>,
): RouterArgs => {
  const { config, router } = routers[name] ?? {};
  const { host, machineName, memoryMax, drain, configuration } = planned;
  const own = merged(configuration, passwords);
  return {
    ...merged<object>(policy?.router ?? {}, router),
    connection: hosts[host]?.connection,
    machineName,
    memoryMax,
    drain,
    config: [policy?.config, config].reduce<unknown>(withPart, own) as RouterArgs['config'],
  };
};

// Text is what FRR reads after all that is typed, the router's own after that of all.
const withPart = (base: unknown, part: ConfigurationPart | undefined): unknown => {
  if (part === undefined) return base;
  if ([base, part].some((each) => pulumi.Output.isInstance(each) || each instanceof Promise)) {
    return pulumi.all([base, part]).apply(([one, other]) => withPart(one, other as ConfigurationPart));
  }
  const more = (typeof part === 'string' ? { text: part } : part) as { text?: unknown };
  const { text } = base as { text?: unknown };
  return {
    ...merged(base as object, more),
    ...(text === undefined || more.text === undefined
      ? {}
      : { text: pulumi.concat(text as string, more.text as string) }),
  };
};

const mapped = <T, R>(record: Record<string, T>, make: (value: T, name: string) => R): Record<string, R> =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [name, make(value, name)]));
