import { z } from 'zod';
import { asnSchema } from '../../provider/frr/words';
import { interfaceAddressSchema } from '../../provider/link/address';
import { macSchema } from '../../provider/link/mac';
import { rateSchema } from '../../provider/link/rate';
import { interfaceNameSchema, machineNameSchema } from '../../provider/names';
import type { LinkArgs } from '../link-args';
import { metricSchema, networkProperties } from './network-schema';
import { ospfLinkSchema } from './ospf-policy-schema';
import { sessionPartSchema } from './session-schema';
import { opaque, placeNameSchema } from './words';

const endProperties = {
  /** The interface there. @default `to-` and what is at the other end, with its host where that is another one */
  interface: interfaceNameSchema.optional(),
  /** Its addresses, in place of those of the pools; then the other end has its own too. `[]`: none. */
  addresses: z.array(interfaceAddressSchema).optional(),
  /** What it costs to leave by this end. @default the link's `cost` */
  metric: metricSchema.optional(),
  /** Its MAC address. @default one of its own, which never changes */
  mac: macSchema.optional(),
  /** What leaves by it at most, in bits a second. @default the link's `rate` */
  rate: rateSchema.optional(),
};

/** An end in a router. */
const routerEndSchema = z.strictObject({
  /** The router. */
  router: placeNameSchema,
  ...endProperties,
  /** What this router's BGP session over it is given: filters, `localAs`, `allowasIn` … See FrrConfig, `bgp.neighbors`. @default the link's `session` */
  session: sessionPartSchema.optional(),
});

/** An end that is no router: the host itself, or a machine on it that is made elsewhere. */
const outsideEndSchema = z.strictObject({
  /** The host: `true` for the one that the router is on, or its name. */
  host: z.union([z.literal(true), placeNameSchema], { error: 'accepted is true, or the name of a host' }),
  /** A machine there. @default the host itself */
  machineName: machineNameSchema.optional(),
  /** The AS of what routes there, such as the host's own FRR: the router has an eBGP session with it, which nobody waits for. */
  asn: asnSchema.optional(),
  ...endProperties,
});

const end = z.union([placeNameSchema, routerEndSchema], {
  error: 'accepted is the name of a router, or { router, interface, addresses, metric, mac, rate, session }',
});
const otherEnd = z.union([placeNameSchema, routerEndSchema, outsideEndSchema], {
  error:
    'accepted is the name of a router, { router, interface, addresses, metric, mac, rate, session }, or { host, machineName, asn, interface, addresses, metric, mac, rate }',
});

/** A link of a topology: a veth pair on one host, a tunnel between two. */
export const linkSchema = z.union(
  [
    z.tuple([end, otherEnd]),
    z.strictObject({
      /** One end: a router's name, or more. */
      a: end,
      /**
       * The other end: a router too, or `{ host: true }`, the host itself: towards a service there, its own FRR, or whoever else is
       * to reach the routers.
       */
      b: otherEnd,
      /** Its name. Needed for a second link between the same two ends. @default both routers' names */
      name: placeNameSchema.optional(),
      ...networkProperties,
      /** The pool of `policy.pools.named` that its addresses are from. @default `p2p4` and `p2p6` */
      pool: placeNameSchema.optional(),
      /** Whether it has no addresses of its own. @default `policy.unnumbered` between routers; else false */
      unnumbered: z.boolean().optional(),
      /** What OSPF and OSPFv3 do on it. @default `policy.ospf` */
      ospf: ospfLinkSchema.optional(),
      /** Nothing is spoken over it, and its subnets are announced all the same. @default only where an end is no router */
      passive: z.boolean().optional(),
      /** The largest packet in bytes. @default 1500, and what fits the tunnel between hosts */
      mtu: z.number().int().min(1280).max(65535).optional(),
      /** How it gets across, where it is between hosts: `{ kind: 'wireguard' }`. @default `policy.tunnel` */
      tunnel: opaque<LinkArgs['tunnel']>(),
    }),
  ],
  { error: 'accepted is [a, b], or { a, b, … }, where each end is the name of a router, or { router, … }' },
);
