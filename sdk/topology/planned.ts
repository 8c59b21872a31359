import type { FrrConfiguration } from '../../provider/frr/schema';
import type { Expected } from './expected';

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
  /** `"veth"` on one host, otherwise how it gets across. */
  kind: 'veth' | 'vxlan' | 'wireguard';
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
