import type * as pulumi from '@pulumi/pulumi';
import { Link } from '../link';
import type { LinkArgs, LinkEndArgs } from '../link-args';
import type { Router } from '../router';
import type { DeclaredLink } from './declared-links';
import type { DeclaredSegment } from './declared-segments';
import type { PlannedEnd, PlannedLink, PlannedSegment } from './planned';
import type { TopologyArgs } from './schema';

/** What a segment is made of. */
export interface SegmentLinks {
  /** By end, that is by router, or by machine and host (`web@paris`): its link with its host's bridge. */
  links: Record<string, Link>;
  /** By host: the tunnel that leads there. */
  tunnels: Record<string, Link>;
}

/** What all links of a topology are made with. */
export interface Surroundings {
  /** The topology's name. */
  name: string;
  args: TopologyArgs;
  declared: ReadonlyMap<string, DeclaredLink | DeclaredSegment>;
  routers: Record<string, Router>;
  options: pulumi.ComponentResourceOptions;
}

/** Makes a link of a plan. */
export const madeLink = (link: string, planned: PlannedLink, surroundings: Surroundings): Link => {
  const { name, args, declared, options } = surroundings;
  const { a, b, mtu, adminState } = planned;
  const hosts = [...new Set([a.host, b.host])].join('_');
  const tunnel = (declared.get(link) as DeclaredLink).tunnel ?? args.policy?.tunnel;
  return new Link(
    `${name}-${link}@${hosts}`,
    { a: endArgs(a, surroundings), b: endArgs(b, surroundings), mtu, adminState, tunnel },
    options,
  );
};

/** Makes what a segment of a plan is made of. */
export const madeSegment = (
  segment: string,
  { ends, tunnels, bridge, mtu, adminState }: PlannedSegment,
  surroundings: Surroundings,
): SegmentLinks => {
  const { name, args, declared, options } = surroundings;
  const prefix = `${name}-${segment}`;
  const port = (at: { host: string; port: string; rate?: string }): LinkEndArgs => ({
    host: at.host,
    connection: args.hosts[at.host]?.connection,
    underlay: args.hosts[at.host]?.underlay,
    interface: at.port,
    bridge,
    rate: at.rate,
  });
  const tunnel = tunnelOf(declared.get(segment) as DeclaredSegment, args);
  const made = <T>(planned: Record<string, T>, make: (value: T) => Link) =>
    Object.fromEntries(Object.entries(planned).map(([key, value]) => [key, make(value)]));
  return {
    // With the host in its name, as a link has it: what moves is made there before it goes here.
    links: made(
      ends,
      (end) =>
        new Link(
          `${prefix}-${end.router ?? end.machineName}@${end.host}`,
          { a: endArgs(end, surroundings), b: port(end), mtu, adminState },
          options,
        ),
    ),
    tunnels: made(
      tunnels,
      ({ a, b }) =>
        new Link(
          `${prefix}@${a.host}_${b.host}`,
          { a: port(a), b: port(b), mtu, adminState, tunnel },
          options,
        ),
    ),
  };
};

// Frames go over VXLAN, whatever packets of links go over.
const tunnelOf = ({ tunnel }: DeclaredSegment, { policy }: TopologyArgs): LinkArgs['tunnel'] => {
  const all = policy?.tunnel?.kind === 'wireguard' ? undefined : policy?.tunnel?.port;
  const port = (tunnel === false ? undefined : tunnel?.port) ?? all;
  return port === undefined ? {} : { port };
};

const endArgs = (
  { router, host, machineName, interface: own, addresses, metric, mac, rate }: PlannedEnd,
  { args: { hosts }, routers }: Surroundings,
): LinkEndArgs => ({
  ...(router === undefined
    ? { machineName, connection: hosts[host]?.connection }
    : { router: routers[router] as Router }),
  host,
  interface: own,
  addresses,
  metric,
  mac,
  rate,
  underlay: hosts[host]?.underlay,
});
