import { z } from 'zod';
import { ipSchema, ipv4Schema, ipv6Schema } from './address';
import { communitySchema, extendedValueSchema, largeCommunitySchema } from './community';
import { asnSchema, frrInterfaceSchema, lineSchema, nameSchema, whole } from './words';

// Commands: docs.frrouting.org, page "routemap", and for BGP's own "bgp".

const changed = (most: number) =>
  z.union([whole(0, most), z.string().regex(/^[+-][1-9]\d{0,8}$/)], {
    error: `accepted is a number from 0 to ${most}, or a change of it such as "+10" or "-10"`,
  });

/** What an entry asks of a route: all that is given must match. */
export const matchSchema = z.strictObject({
  /** An IPv4 prefix list that permits the route: `match ip address prefix-list NAME` (routemap). No IPv6 route matches. */
  ipv4PrefixList: nameSchema.optional(),
  /** An IPv6 prefix list that permits the route: `match ipv6 address prefix-list NAME` (routemap). No IPv4 route matches. */
  ipv6PrefixList: nameSchema.optional(),
  /** An IPv4 prefix list that permits the next hop: `match ip next-hop prefix-list NAME` (routemap). */
  ipv4NextHopPrefixList: nameSchema.optional(),
  /** An IPv6 prefix list that permits the next hop: `match ipv6 next-hop prefix-list NAME` (routemap). */
  ipv6NextHopPrefixList: nameSchema.optional(),
  /** An AS path list that permits the AS path: `match as-path NAME` (routemap). */
  asPathList: nameSchema.optional(),
  /** A community list that permits the communities: `match community NAME` (routemap). */
  communityList: nameSchema.optional(),
  /** The communities are those of the list and no more: `match community NAME exact-match` (routemap). @default false */
  communityExactMatch: z.boolean().optional(),
  /** A large community list that permits the large communities: `match large-community NAME` (bgp). */
  largeCommunityList: nameSchema.optional(),
  /** An extended community list that permits the extended communities: `match extcommunity NAME` (bgp). */
  extendedCommunityList: nameSchema.optional(),
  /** The route is over this interface: `match interface NAME` (routemap). */
  interface: frrInterfaceSchema.optional(),
  /** The local preference: `match local-preference N` (routemap). */
  localPreference: whole(0, 4294967295).optional(),
  /** The metric, at least 1: `match metric N` (routemap). */
  metric: whole(1, 4294967295).optional(),
  /** The origin of a BGP route: `match origin igp|egp|incomplete` (bgp). */
  origin: z.enum(['igp', 'egp', 'incomplete']).optional(),
  /** The BGP neighbour that it came from or goes to: an address, or an interface: `match peer` (routemap). */
  peer: z
    .union([ipSchema, frrInterfaceSchema])
    // FRR takes these for `match peer local`.
    .refine((peer) => !'local'.startsWith(peer), {
      error: 'accepted is an address, or an interface that is not lo, loc or local',
    })
    .optional(),
  /** The protocol that it was redistributed from: `match source-protocol NAME` (routemap). */
  sourceProtocol: z.enum(['bgp', 'connected', 'kernel', 'ospf', 'ospf6', 'static']).optional(),
  /** The tag: `match tag N` (routemap), 1 to 4294967295. */
  tag: whole(1, 4294967295).optional(),
});

/** What an entry does to a route that it permits. */
export const setSchema = z.strictObject({
  /** The local preference, or a change of it, `"+10"`: `set local-preference N` (routemap). */
  localPreference: changed(4294967295).optional(),
  /** The metric (MED), or a change of it, or `"rtt"`: `set metric N` (routemap). */
  metric: z
    .union([changed(4294967295), z.literal('rtt')], {
      error: 'accepted is a number from 0 to 4294967295, a change of it such as "+10" or "-10", or "rtt"',
    })
    .optional(),
  /** OSPF's external metric type: `set metric-type type-1|type-2` (routemap). */
  metricType: z.enum(['type-1', 'type-2']).optional(),
  /** BGP's local weight: `set weight N` (routemap). */
  weight: whole(0, 4294967295).optional(),
  /** The origin: `set origin igp|egp|incomplete` (bgp). */
  origin: z.enum(['igp', 'egp', 'incomplete']).optional(),
  /** The tag, 1 to 4294967295: `set tag N` (routemap). */
  tag: whole(1, 4294967295).optional(),
  /** The communities, in place of all, or `"none"`: `set community …` (routemap). */
  community: z
    .union([z.array(communitySchema).min(1).max(64), z.literal('none')], {
      error: 'accepted is a list of communities, or "none"',
    })
    .optional(),
  /** Communities beside those that are there: `set community … additive` (routemap). Not with `community`. */
  addCommunity: z.array(communitySchema).min(1).max(64).optional(),
  /** Takes away the communities that a community list permits: `set comm-list NAME delete` (bgp). */
  deleteCommunityList: nameSchema.optional(),
  /** The large communities, in place of all, or `"none"`: `set large-community …` (bgp). */
  largeCommunity: z
    .union([z.array(largeCommunitySchema).min(1).max(64), z.literal('none')], {
      error: 'accepted is a list of large communities, or "none"',
    })
    .optional(),
  /** Large communities beside those that are there: `set large-community … additive` (bgp). */
  addLargeCommunity: z.array(largeCommunitySchema).min(1).max(64).optional(),
  /** Takes away the large communities that a list permits: `set large-comm-list NAME delete` (bgp). */
  deleteLargeCommunityList: nameSchema.optional(),
  /** Route targets, `"65000:1"`: `set extcommunity rt …` (bgp). */
  routeTargets: z.array(extendedValueSchema).min(1).max(64).optional(),
  /** Sites of origin, `"65000:1"`: `set extcommunity soo …` (bgp). */
  sitesOfOrigin: z.array(extendedValueSchema).min(1).max(64).optional(),
  /** AS numbers before the AS path: `set as-path prepend …` (bgp). */
  asPathPrepend: z.array(asnSchema).min(1).max(20).optional(),
  /** The last AS before the AS path, so many times: `set as-path prepend last-as N` (bgp), 1 to 10. Not with `asPathPrepend`. */
  asPathPrependLastAs: whole(1, 10).optional(),
  /** AS numbers that are taken out of the AS path: `set as-path exclude …` (bgp). */
  asPathExclude: z.array(asnSchema).min(1).max(20).optional(),
  /** The next hop of IPv4 routes: an address, `"peer-address"` or `"unchanged"`: `set ip next-hop` (routemap). */
  ipv4NextHop: z
    .union([ipv4Schema, z.enum(['peer-address', 'unchanged'])], {
      error: 'accepted is an IPv4 address, "peer-address" or "unchanged"',
    })
    .optional(),
  /** The next hop of IPv6 routes: an address, or `"peer-address"`: `set ipv6 next-hop global` (routemap). */
  ipv6NextHop: z
    .union([ipv6Schema, z.literal('peer-address')], {
      error: 'accepted is an IPv6 address, or "peer-address"',
    })
    .optional(),
  /** Prefer the global next hop to the link-local one: `set ipv6 next-hop prefer-global` (routemap). @default false */
  ipv6NextHopPreferGlobal: z.boolean().optional(),
  /** The source address that the kernel takes for the route: `set src ADDRESS` (routemap). */
  source: ipSchema.optional(),
  /** The administrative distance, 1 to 255: `set distance N` (bgp). */
  distance: whole(1, 255).optional(),
});

/** An entry of a route map: `route-map NAME permit N` (routemap). */
export const routeMapEntrySchema = z.strictObject({
  /** Its place in the map, 1 to 65535 (routemap). @default 10 after the entry before it, 10 for the first */
  sequence: whole(1, 65535).optional(),
  /** What is done with what matches: `permit`, `deny` (routemap). */
  action: z.enum(['permit', 'deny']),
  /** A note: `description` (routemap). */
  description: lineSchema.optional(),
  /** What it asks of a route; nothing: every route matches. `match` (routemap). */
  match: matchSchema.optional(),
  /** What it does to a route: `set` (routemap). */
  set: setSchema.optional(),
  /** Another route map, which may deny the route: `call NAME` (routemap). */
  call: nameSchema.optional(),
  /** Go on after a match: `"next"`, or the sequence of a later entry: `on-match next`, `on-match goto N` (routemap). */
  onMatch: z
    .union([z.literal('next'), whole(1, 65535)], {
      error: 'accepted is "next" or the sequence of a later entry',
    })
    .optional(),
});

/** Route maps, each under its name: `route-map NAME` (routemap). What no entry permits is denied. */
export const routeMapsSchema = z.record(nameSchema, z.array(routeMapEntrySchema).min(1));
