import { z } from 'zod';
import { hostPlaceSchema } from './host-schema';
import { linkSchema } from './link-schema';
import { policySchema } from './policy-schema';
import { routerSchema } from './router-schema';
import { segmentSchema } from './segment-schema';
import { placeNameSchema } from './words';

/** What a topology is made of: hosts, routers, the links between them, and what they speak. */
export const topologySchema = z.strictObject({
  /** The hosts, by names of your own. */
  hosts: z.record(placeNameSchema, hostPlaceSchema),
  /** The routers, by their names; their machines have the same. */
  routers: z.record(placeNameSchema, routerSchema),
  /** The links: `['r1', 'r2']`, or `{ a: 'r1', b: 'r2', … }`. Which end is `a` makes no difference. @default none */
  links: z.array(linkSchema).default([]),
  /** LAN segments of any number of routers, by their names: `{ office: { ends: ['r1', 'r2', 'r3'] } }`. @default none */
  segments: z.record(placeNameSchema, segmentSchema).default({}),
  /** Addresses, AS numbers and protocols of the whole. @default eBGP over each link, each router in an AS of its own */
  policy: policySchema.prefault({}),
  /**
   * What is waited for at the end: the sessions of links that are up, and a route to every loopback which is reached by them.
   * `false`: nothing. @default all of it, for 60 seconds, or 120 where OSPF elects on a segment
   */
  check: z
    .union(
      [
        z.literal(false),
        z.strictObject({
          /** How long to wait for all of it, in seconds. @default 60; 120 with OSPF on a segment */
          timeoutSeconds: z.number().int().min(1).max(3600).optional(),
          /** Whether each loopback must have a route on each router. Switch it off where policy keeps some apart. @default true */
          loopbacks: z.boolean().default(true),
        }),
      ],
      { error: 'accepted is false, or { timeoutSeconds, loopbacks }' },
    )
    .prefault({}),
});

/** Arguments of a topology. Connections, underlay addresses, passwords and what goes to other resources may be outputs. */
export type TopologyArgs = z.input<typeof topologySchema>;

/** Arguments of a topology with their defaults. */
export type TopologySettings = z.output<typeof topologySchema>;
