import * as pulumi from '@pulumi/pulumi';
import { dependencies } from './dependencies';
import { Link } from './link';
import type { LinkArgs, LinkEndArgs } from './link-args';
import { merged } from './merged';
import { Router } from './router';
import type { ConfigurationPart, RouterArgs } from './router-args';
import { RoutingCheck, type RoutingCheckArgs } from './routing-check';
import { planTopology, TopologyProblems } from './topology/plan';
import type { PlannedEnd, PlannedLink, PlannedRouter, TopologyPlan } from './topology/planned';
import type { TopologyArgs } from './topology/schema';

/**
 * Routers on one host or many, the links between them, and all that follows: places, addresses, AS numbers, sessions,
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
  /** What waits until all sessions are up and all loopbacks are reached; undefined where `check` is false. */
  readonly check: RoutingCheck | undefined;

  constructor(name: string, args: TopologyArgs, options: pulumi.ComponentResourceOptions = {}) {
    super('nspawn:index:Topology', name, {}, options);
    this.plan = planFor(name, args);
    const { routers, links } = this.plan;
    const child: pulumi.ComponentResourceOptions = {
      parent: this,
      dependsOn: dependencies(options.dependsOn),
    };
    // With the host in its name, a router that moves is made there and deleted here, with its links.
    this.routers = mapped(
      routers,
      (planned, router) =>
        new Router(`${name}-${router}@${planned.host}`, routerArgs(args, planned, router), child),
    );
    this.links = mapped(links, (planned, link) => {
      const hosts = [...new Set([planned.a.host, planned.b.host])].join('_');
      return new Link(`${name}-${link}@${hosts}`, linkArgs(args, planned, link, this.routers), child);
    });
    this.check = this.checked(name, args, child);
    this.registerOutputs({});
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
        timeoutSeconds: check?.timeoutSeconds,
        // Whatever changes in a router, all of it must be up again.
        triggers: Object.values(this.routers).map(({ digest }) => digest),
      },
      {
        ...child,
        dependsOn: [...Object.values(this.routers), ...Object.values(this.links)],
      },
    );
  }
}

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

const planFor = (name: string, args: TopologyArgs): TopologyPlan => {
  try {
    return planTopology(args);
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
): RouterArgs => {
  const { config, router } = routers[name] ?? {};
  const { host, machineName, memoryMax, drain, configuration } = planned;
  const own = merged(configuration, passwords(configuration, policy?.password));
  return {
    ...router,
    connection: hosts[host]?.connection,
    machineName,
    memoryMax,
    drain,
    config: merged(own as never, withText(config)),
  };
};

// Text is what FRR reads after all that is typed.
const withText = (config: ConfigurationPart | undefined): unknown => {
  if (typeof config === 'string') return { text: config };
  if (pulumi.Output.isInstance(config) || config instanceof Promise) {
    return pulumi.output(config).apply((known) => (typeof known === 'string' ? { text: known } : known));
  }
  return config;
};

const passwords = (
  { bgp }: PlannedRouter['configuration'],
  password: pulumi.Input<string> | undefined,
): unknown =>
  password === undefined || bgp === undefined
    ? undefined
    : { bgp: { neighbors: mapped(bgp.neighbors ?? {}, () => ({ password: pulumi.secret(password) })) } };

const linkArgs = (
  args: TopologyArgs,
  planned: PlannedLink,
  name: string,
  routers: Record<string, Router>,
): LinkArgs => {
  const { a, b, mtu, adminState } = planned;
  const end = ({ router, host, interface: own, addresses, metric, mac }: PlannedEnd): LinkEndArgs => ({
    router: routers[router] as Router,
    host,
    interface: own,
    addresses,
    metric,
    mac,
    underlay: args.hosts[host]?.underlay,
  });
  return { a: end(a), b: end(b), mtu, adminState, tunnel: tunnelOf(args, name, planned) };
};

const tunnelOf = (
  { links = [], policy }: TopologyArgs,
  name: string,
  { a, b }: PlannedLink,
): LinkArgs['tunnel'] => {
  const declared = links.find((link) => {
    if (Array.isArray(link)) return false;
    const ends = [link.a, link.b].map((end) => (typeof end === 'string' ? end : end.router)).sort();
    return link.name === undefined ? ends[0] === a.router && ends[1] === b.router : link.name === name;
  });
  return (Array.isArray(declared) ? undefined : declared?.tunnel) ?? policy?.tunnel;
};

const mapped = <T, R>(record: Record<string, T>, make: (value: T, name: string) => R): Record<string, R> =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [name, make(value, name)]));
