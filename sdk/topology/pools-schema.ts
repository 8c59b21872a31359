import { z } from 'zod';
import { ipv4PrefixSchema, ipv6PrefixSchema } from '../../provider/frr/address';
import { placeNameSchema } from './words';

const p2p4Length = z.union([z.literal(31), z.literal(30)], { error: 'accepted is 31 or 30' });
const p2p6Length = z.union([z.literal(127), z.literal(64)], { error: 'accepted is 127 or 64' });

const lan4Length = z.number().int().min(8).max(30);
const lan6Length = z.number().int().min(16).max(126);

/** A pool of your own, which links, segments or routers ask for by its name. */
const namedPoolSchema = z.strictObject({
  /** Its IPv4 prefix; none: what is from it has no IPv4 address. */
  ipv4: ipv4PrefixSchema.optional(),
  /** Its IPv6 prefix; none: what is from it has no IPv6 address. */
  ipv6: ipv6PrefixSchema.optional(),
  /** The prefix length of a link's IPv4 subnet: 31 or 30. @default `pools.p2p4Length` */
  ipv4Length: p2p4Length.optional(),
  /** The prefix length of a link's IPv6 subnet: 127 or 64. @default `pools.p2p6Length` */
  ipv6Length: p2p6Length.optional(),
  /** The prefix length of a segment's IPv4 subnet: 8 to 30. @default `pools.lan4Length` */
  lan4Length: lan4Length.optional(),
  /** The prefix length of a segment's IPv6 subnet: 16 to 126. @default `pools.lan6Length` */
  lan6Length: lan6Length.optional(),
  /** What an `id` of 1 gets: the subnet, or the loopback, of this number; those before it are left to others. @default 1 */
  start: z.number().int().min(1).default(1),
});

/** Where addresses come from. */
export const poolsSchema = z.strictObject({
  /** IPv4 loopbacks, and router ids. The address is the prefix's own plus the router's `id`. @default "10.192.0.0/10" */
  loopback4: ipv4PrefixSchema.default('10.192.0.0/10'),
  /** IPv6 loopbacks, likewise. @default "fd6e:7370:6177::/64" */
  loopback6: ipv6PrefixSchema.default('fd6e:7370:6177::/64'),
  /** IPv4 subnets of links: that of a link is the one its `id` counts to, 1 the first. @default "10.128.0.0/10" */
  p2p4: ipv4PrefixSchema.default('10.128.0.0/10'),
  /** IPv6 subnets of links, likewise. @default "fd6e:7370:8000::/33" */
  p2p6: ipv6PrefixSchema.default('fd6e:7370:8000::/33'),
  /** The prefix length of a link's IPv4 subnet: 31 (RFC 3021) or 30. @default 31 */
  p2p4Length: p2p4Length.default(31),
  /** The prefix length of a link's IPv6 subnet: 127 (RFC 6164) or 64. @default 127 */
  p2p6Length: p2p6Length.default(127),
  /** IPv4 subnets of segments: that of a segment is the one its `id` counts to, 1 the first. @default "10.64.0.0/10" */
  lan4: ipv4PrefixSchema.default('10.64.0.0/10'),
  /** IPv6 subnets of segments, likewise. @default "fd6e:7370::/34" */
  lan6: ipv6PrefixSchema.default('fd6e:7370::/34'),
  /** The prefix length of a segment's IPv4 subnet: 8 to 30. @default 22 */
  lan4Length: lan4Length.default(22),
  /** The prefix length of a segment's IPv6 subnet: 16 to 126. @default 64 */
  lan6Length: lan6Length.default(64),
  /** Router ids: the prefix's own plus the router's `id`. They need not be anybody's addresses. @default the IPv4 loopback, or `loopback4` */
  routerId: ipv4PrefixSchema.optional(),
  /** Pools of your own, by name: a link, a segment or a router says `pool: 'customers'`. Each is for one of the three. */
  named: z.record(placeNameSchema, namedPoolSchema).default({}),
});

/** The pools with their defaults. */
export type Pools = z.output<typeof poolsSchema>;
