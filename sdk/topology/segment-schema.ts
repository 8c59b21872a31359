import { z } from 'zod';
import { asnSchema } from '../../provider/frr/words';
import { interfaceAddressSchema } from '../../provider/link/address';
import { macSchema } from '../../provider/link/mac';
import { interfaceNameSchema, machineNameSchema } from '../../provider/names';
import { metricSchema, networkProperties } from './network-schema';
import { ospfLinkSchema } from './ospf-policy-schema';
import { sessionPartSchema } from './session-schema';
import { placeNameSchema } from './words';

const endProperties = {
  /** The interface there. @default the segment's name */
  interface: interfaceNameSchema.optional(),
  /**
   * Its addresses, in place of those of the pools: in the segment's subnet, or all in one where every end has its own. `[]`, of a
   * machine: none
   */
  addresses: z.array(interfaceAddressSchema).optional(),
  /** Its MAC address. @default one of its own, which never changes */
  mac: macSchema.optional(),
  /**
   * Which addresses of the segment's subnets it has: 1, the first, upwards. @default the `id` that its router was given; else
   * one that the name of its router or machine decides
   */
  number: z.number().int().min(1).optional(),
};

/** An end in a router. */
const routerEndSchema = z.strictObject({
  /** The router. */
  router: placeNameSchema,
  ...endProperties,
  /** What it costs to leave by this end. @default the segment's `cost` */
  metric: metricSchema.optional(),
  /** What this router's BGP sessions over it are given. See FrrConfig, `bgp.neighbors`. @default the segment's `session` */
  session: sessionPartSchema.optional(),
});

/** An end in a machine that is made elsewhere. */
const machineEndSchema = z.strictObject({
  /** Its host: `true` for the one that all routers of the segment are on, or its name. */
  host: z.union([z.literal(true), placeNameSchema], { error: 'accepted is true, or the name of a host' }),
  /** The machine. The host itself is on no segment. */
  machineName: z.union([machineNameSchema, z.never()], {
    error: 'accepted is the name of a machine there; the host itself is on no segment',
  }),
  /** The AS of what routes there: each router has an eBGP session with it, which nobody waits for. */
  asn: asnSchema.optional(),
  ...endProperties,
});

const end = z.union([placeNameSchema, routerEndSchema, machineEndSchema], {
  error:
    'accepted is the name of a router, { router, interface, addresses, metric, mac, session, number }, or { host, machineName, asn, interface, addresses, mac, number }',
});

// Tunnels of a segment carry frames, as VXLAN does and WireGuard does not.
const tunnelSchema = z.strictObject({
  /** How frames get across. @default "vxlan" */
  kind: z.literal('vxlan', { error: 'accepted is "vxlan": WireGuard carries no frames' }).optional(),
  /** UDP port on the hosts. @default that of `policy.tunnel`, where that is VXLAN; else 14789 */
  port: z.number().int().min(1).max(65535).optional(),
});

/** A LAN segment of a topology: a bridge on each of its hosts, with a tunnel between them where they are several. */
export const segmentSchema = z.strictObject({
  /** Its routers, and machines that are made elsewhere. A router is on it once; at least one is. In any order. */
  ends: z.array(end),
  ...networkProperties,
  /** The pool of `policy.pools.named` that its addresses are from. @default `lan4` and `lan6` */
  pool: placeNameSchema.optional(),
  /** What OSPF and OSPFv3 do on it. @default `policy.ospf`, but a `network` of "broadcast" */
  ospf: ospfLinkSchema.optional(),
  /** Nothing is spoken over it, and its subnets are announced all the same. @default only where it has one router, and no AS beside */
  passive: z.boolean().optional(),
  /** The largest packet in bytes, on all ends. @default 1500; where it has tunnels, what they carry: 1450 over IPv4, 1430 over IPv6 */
  mtu: z.number().int().min(1280).max(65535).optional(),
  /** The bridge on each of its hosts. One that is there already, such as br0, puts the routers on the host's real LAN. @default `pn-` and its name */
  bridge: interfaceNameSchema.optional(),
  /**
   * The tunnels between its hosts, in a star from one of them: VXLAN, whatever `policy.tunnel` is. `false`: none, as its bridges
   * are on one LAN already. @default one to each, where there are several
   */
  tunnel: z
    .union([z.literal(false), tunnelSchema], { error: 'accepted is false, or { kind: "vxlan", port }' })
    .optional(),
});
