import type { FrrConfiguration } from '../../provider/frr/schema';

/** What a topology comes to, before anything is made of it. Plain data, and no secrets. */
export interface TopologyPlan {
  /** By their names. */
  hosts: Record<string, PlannedHost>;
  /** By their names, as declared. */
  routers: Record<string, PlannedRouter>;
  /** By their names: that which was given, or those of both routers: `r1_r2`. */
  links: Record<string, PlannedLink>;
  /** By their names. */
  segments: Record<string, PlannedSegment>;
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
  /** The OSPF areas that it is in, that of its loopback first; none without OSPF. More than one: a border router. */
  areas: string[];
  memoryMax: string;
  drain: boolean | { timeoutSeconds?: number };
  /** What is worked out for it, without what the program adds. */
  configuration: FrrConfiguration;
  /** What must be so when all is up. */
  expected: Expected;
}

/** What must be so on a router when all is up. */
export interface Expected {
  /** BGP neighbours, by address or interface. */
  bgp: string[];
  /** The router ids of OSPFv2 neighbours. */
  ospf: string[];
  /** The router ids of OSPFv3 neighbours. */
  ospf6: string[];
  /** Prefixes that it has a route to: other routers' loopbacks. */
  prefixes: string[];
}

/** What links and segments have alike. */
export interface PlannedNetwork {
  adminState: 'up' | 'down';
  bfd: boolean;
  cost?: number;
  /** In Mbit/s. */
  bandwidth?: number;
  mtu?: number;
  /** Its OSPF area; undefined where it has no OSPF. */
  area?: string;
  /** Whether its subnets are announced while nothing is spoken over it. */
  passive: boolean;
  /** What is spoken over it. */
  runs: LinkProtocol[];
}

/** A link. Its ends are in the order of their routers' names; what is no router comes second. */
export interface PlannedLink extends PlannedNetwork {
  /** `"veth"` on one host, otherwise how it gets across. */
  kind: 'veth' | 'vxlan' | 'wireguard';
  a: PlannedEnd;
  b: PlannedEnd;
}

/** A LAN segment. */
export interface PlannedSegment extends PlannedNetwork {
  kind: 'segment';
  /** By router, or by machine and host: `web@paris`. */
  ends: Record<string, PlannedSegmentEnd>;
  /** Its subnets, as far as its ends have addresses. */
  prefixes: string[];
  /** The bridge on each of its hosts. */
  bridge: string;
  mtu: number;
  /** By host: the tunnel that leads there from the one host in the middle. None on a single host. */
  tunnels: Record<string, PlannedTunnel>;
  /** Whether BGP announces its subnets beside what is spoken: there are machines that others are to reach. */
  announced: boolean;
}

/** An end of a segment. */
export interface PlannedSegmentEnd extends PlannedEnd {
  machineName: string;
  /** Which addresses of the subnets it has; undefined where the program gave them. */
  number?: number;
  /** The interface on its host, which is a port of the bridge. */
  port: string;
}

/** A tunnel between two hosts of a segment. Both ends are ports of the bridges. */
export interface PlannedTunnel {
  /** The host in the middle. */
  a: { host: string; port: string };
  b: { host: string; port: string };
}

/** A protocol between the ends of a link or segment. */
export type LinkProtocol = 'ebgp' | 'ospf' | 'ospf6';

/** Whether it is one inside an AS. */
export const isIgp = (protocol: LinkProtocol): boolean => protocol !== 'ebgp';

/** An end of a link or segment. */
export interface PlannedEnd {
  /** Its router; undefined where it is none: then it is a machine that is made elsewhere, or the host itself. */
  router?: string;
  host: string;
  /** Its machine; undefined: the host itself. */
  machineName?: string;
  interface: string;
  /** With prefix lengths; undefined: none of its own. */
  addresses?: string[];
  metric?: number;
  mac?: string;
  /** What leaves by it at most, in bits a second; on a segment also what comes in. */
  rate?: string;
  /** Where it is no router: the AS of what routes there. */
  asn?: number;
}
