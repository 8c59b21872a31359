import { z } from 'zod';
import { ipSchema, prefixSchema } from './address';
import { frrInterfaceSchema, whole } from './words';

/** A static route: `ip route`, `ipv6 route` (docs.frrouting.org, page "static"). */
export const staticRouteSchema = z.strictObject({
  /** Where to: `ip route PREFIX` (static). */
  prefix: prefixSchema,
  /** The next hop's address: `ip route PREFIX GATEWAY` (static). */
  via: ipSchema.optional(),
  /** The interface that it goes out of, alone or beside `via`: `ip route PREFIX [GATEWAY] INTERFACE` (static). */
  interface: frrInterfaceSchema.optional(),
  /**
   * The next hop is on the interface, whatever addresses that one has: `ip route PREFIX GATEWAY INTERFACE onlink` (static).
   * Needs `via` and `interface`. @default false
   */
  onlink: z.boolean().optional(),
  /** Drop what goes there; `"reject"`: and tell the sender: `blackhole`, `reject` (static). Not with `via` or `interface`. */
  blackhole: z
    .union([z.literal(true), z.literal('reject')], { error: 'accepted is true or "reject"' })
    .optional(),
  /** The administrative distance, 1 to 255: the lowest counts (static). @default 1 */
  distance: whole(1, 255).optional(),
  /** A tag, 1 to 4294967295, which route maps can match: `tag N` (static). */
  tag: whole(1, 4294967295).optional(),
});
