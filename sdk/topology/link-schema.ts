import { z } from 'zod';
import { interfaceAddressSchema } from '../../provider/link/address';
import { macSchema } from '../../provider/link/mac';
import { interfaceNameSchema } from '../../provider/names';
import type { LinkArgs } from '../link-args';
import { opaque, placeNameSchema } from './words';

const metric = z.number().int().min(1).max(65535);

const end = z.union(
  [
    placeNameSchema,
    z.strictObject({
      /** The router. */
      router: placeNameSchema,
      /** The interface in its machine. @default `to-` and the name of the router at the other end, and its host where that is another one */
      interface: interfaceNameSchema.optional(),
      /** Its addresses, in place of those of the pools; then the other end has its own too. `[]`: none. */
      addresses: z.array(interfaceAddressSchema).optional(),
      /** What it costs to leave by this end. @default the link's `cost` */
      metric: metric.optional(),
      /** Its MAC address. @default one of its own, which never changes */
      mac: macSchema.optional(),
    }),
  ],
  { error: 'accepted is the name of a router, or { router, interface, addresses, metric, mac }' },
);

/** A link of a topology: a veth pair on one host, a tunnel between two. */
export const linkSchema = z.union(
  [
    z.tuple([end, end]),
    z.strictObject({
      /** One end: a router's name, or more. */
      a: end,
      /** The other end. */
      b: end,
      /** Its name. Needed for a second link between the same two routers. @default both routers' names */
      name: placeNameSchema.optional(),
      /** Its number, from which its addresses come: 1 upwards, and within the pools. @default one that its name decides */
      id: z.number().int().min(1).optional(),
      /** What it costs in either direction: OSPF's cost, and the metric of its ends. @default 10, and no metric */
      cost: metric.optional(),
      /** `"down"` takes it out of service; all else stays. @default "up" */
      adminState: z.enum(['up', 'down']).default('up'),
      /** The largest packet in bytes. @default 1500, and what fits the tunnel between hosts */
      mtu: z.number().int().min(1280).max(65535).optional(),
      /** Whether BFD watches its sessions. @default `policy.bfd` */
      bfd: z.boolean().optional(),
      /** How it gets across, where it is between hosts: `{ kind: 'wireguard' }`. @default `policy.tunnel` */
      tunnel: opaque<LinkArgs['tunnel']>(),
    }),
  ],
  { error: 'accepted is [a, b], or { a, b, … }, where each end is the name of a router, or { router, … }' },
);
