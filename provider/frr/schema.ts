import { z } from 'zod';
import { hostnameSchema } from '../names';
import { bfdSchema } from './bfd-schema';
import { bgpSchema } from './bgp-schema';
import { interfaceSchema } from './interface-schema';
import { logSchema } from './log-schema';
import { ospf6Schema, ospfSchema } from './ospf-schema';
import { policyLists } from './policy-schema';
import { rawTextSchema } from './raw-text';
import { routeMapsSchema } from './route-map-schema';
import { staticRouteSchema } from './static-schema';
import { frrInterfaceSchema } from './words';
import { ipProtocolSchema, ipv6ProtocolSchema } from './zebra-schema';

/**
 * What FRR does in a machine, typed. Names are FRR's own words, in camelCase; each doc comment has the command, and the
 * page of docs.frrouting.org that tells of it. What is left out is left to FRR's defaults.
 */
export const frrConfiguration = z.strictObject({
  /** The profile of defaults: `frr defaults NAME` (basic). "datacenter" has short timers. @default "traditional" */
  defaults: z.enum(['traditional', 'datacenter']).optional(),
  /** The name that FRR shows and tells neighbours: `hostname NAME` (basic). Another than the machine's never settles. @default the machine's name */
  hostname: hostnameSchema.optional(),
  /** Forward IPv4 packets: `ip forwarding` (zebra). @default true */
  ipForwarding: z.boolean().optional(),
  /** Forward IPv6 packets: `ipv6 forwarding` (zebra). @default true */
  ipv6Forwarding: z.boolean().optional(),
  /** Take a next hop for reachable by an IPv4 default route: `ip nht resolve-via-default` (zebra). @default false in FRR 8.4 and with "datacenter"; true in FRR 10.3 */
  ipNhtResolveViaDefault: z.boolean().optional(),
  /** The same by an IPv6 default route: `ipv6 nht resolve-via-default` (zebra). @default false in FRR 8.4 and with "datacenter"; true in FRR 10.3 */
  ipv6NhtResolveViaDefault: z.boolean().optional(),
  /** Route maps between protocols and the kernel, such as to set IPv4's source address: `ip protocol PROTOCOL route-map NAME` (zebra). */
  ipProtocol: ipProtocolSchema.optional(),
  /** The same for IPv6: `ipv6 protocol PROTOCOL route-map NAME` (zebra). */
  ipv6Protocol: ipv6ProtocolSchema.optional(),
  /** Where FRR logs: `log …` (basic). @default to syslog, from "informational" on */
  log: logSchema.optional(),
  /** Interfaces by name, `lo` among them: `interface NAME` (zebra). */
  interfaces: z.record(frrInterfaceSchema, interfaceSchema).optional(),
  /** Static routes: `ip route`, `ipv6 route` (static). */
  staticRoutes: z.array(staticRouteSchema).optional(),
  ...policyLists,
  /** Route maps: `route-map NAME` (routemap). */
  routeMaps: routeMapsSchema.optional(),
  /** BGP: `router bgp` (bgp). */
  bgp: bgpSchema.optional(),
  /** OSPFv2: `router ospf` (ospfd). @default there as soon as an interface has `ospf` */
  ospf: ospfSchema.optional(),
  /** OSPFv3: `router ospf6` (ospf6d). @default there as soon as an interface has `ospf6` */
  ospf6: ospf6Schema.optional(),
  /** BFD: `bfd` (bfd). */
  bfd: bfdSchema.optional(),
  /**
   * More of FRR's own text, for what is not typed here. It stands at the end, so it can add to what is above. Names that it
   * defines are not looked for when references are checked.
   */
  text: rawTextSchema.optional(),
});

/** A typed configuration, checked. */
export type FrrConfiguration = z.output<typeof frrConfiguration>;
