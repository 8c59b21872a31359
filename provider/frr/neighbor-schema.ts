import { z } from 'zod';
import { ipSchema, prefixSchema } from './address';
import { asnSchema, frrInterfaceSchema, lineSchema, nameSchema, passwordSchema, whole } from './words';

// What BGP neighbours and peer groups have. Commands: docs.frrouting.org, page "bgp".

/** A neighbour in one address family: `address-family ipv4|ipv6 unicast` (bgp). */
export const neighborFamilySchema = z.strictObject({
  /** Whether the family is exchanged: `neighbor PEER activate` (bgp). @default true, since the family is given */
  activate: z.boolean().optional(),
  /** Announce this router as the next hop; `"force"`: of reflected routes too: `next-hop-self [force]` (bgp). @default false */
  nextHopSelf: z
    .union([z.boolean(), z.literal('force')], { error: 'accepted is true, false or "force"' })
    .optional(),
  /** Reflect routes to and from it: `route-reflector-client` (bgp). iBGP only. @default false */
  routeReflectorClient: z.boolean().optional(),
  /** Serve it as a route server: `route-server-client` (bgp). @default false */
  routeServerClient: z.boolean().optional(),
  /** A route map for what comes: `route-map NAME in` (bgp). */
  routeMapIn: nameSchema.optional(),
  /** A route map for what goes: `route-map NAME out` (bgp). */
  routeMapOut: nameSchema.optional(),
  /** A prefix list for what comes: `prefix-list NAME in` (bgp). */
  prefixListIn: nameSchema.optional(),
  /** A prefix list for what goes: `prefix-list NAME out` (bgp). */
  prefixListOut: nameSchema.optional(),
  /** An AS path list for what comes: `filter-list NAME in` (bgp). */
  asPathListIn: nameSchema.optional(),
  /** An AS path list for what goes: `filter-list NAME out` (bgp). */
  asPathListOut: nameSchema.optional(),
  /** A route map that says which suppressed routes go all the same: `unsuppress-map NAME` (bgp). */
  unsuppressMap: nameSchema.optional(),
  /** Announce a default route, or do so when a route map permits: `default-originate [route-map NAME]` (bgp). @default false */
  defaultOriginate: z
    .union(
      [
        z.boolean(),
        z.strictObject({
          /** The route map that says when, and what the route carries: `default-originate route-map NAME` (bgp). */
          routeMap: nameSchema,
        }),
      ],
      { error: 'accepted is true, false or { routeMap }' },
    )
    .optional(),
  /** The kinds of communities that are sent: `send-community` (bgp). @default all three */
  sendCommunity: z.array(z.enum(['standard', 'extended', 'large'])).optional(),
  /** How many prefixes may come before the session ends: `maximum-prefix N` (bgp). @default no limit */
  maximumPrefix: z
    .union(
      [
        whole(1, 4294967295),
        z.strictObject({
          /** How many: `maximum-prefix N` (bgp). */
          limit: whole(1, 4294967295),
          /** Per cent of it at which a warning is logged, 1 to 100 (bgp). @default 75 */
          threshold: whole(1, 100).optional(),
          /** Only warn: `warning-only` (bgp). Not with `restart`. @default false */
          warningOnly: z.boolean().optional(),
          /** Minutes after which the session is tried again, 1 to 65535: `restart N` (bgp). @default never */
          restart: whole(1, 65535).optional(),
          /** Count what filters take away too: `force` (bgp). @default false */
          force: z.boolean().optional(),
        }),
      ],
      {
        error:
          'accepted is a number of prefixes, or { limit, threshold, warningOnly, restart, force } with a limit of at least 1',
      },
    )
    .optional(),
  /** How many prefixes are sent at most: `maximum-prefix-out N` (bgp). @default no limit */
  maximumPrefixOut: whole(1, 4294967295).optional(),
  /** Keep what came before filters: `soft-reconfiguration inbound` (bgp). It takes memory. @default false */
  softReconfigurationInbound: z.boolean().optional(),
  /** How often this AS may be in an AS path that comes, 1 to 10, or `"origin"`: `allowas-in` (bgp). @default never */
  allowasIn: z
    .union([whole(1, 10), z.literal('origin')], { error: 'accepted is a number from 1 to 10, or "origin"' })
    .optional(),
  /** Put this AS in the place of the neighbour's: `as-override` (bgp). @default false */
  asOverride: z.boolean().optional(),
  /** Take private AS numbers out of AS paths that go: `remove-private-AS …` (bgp). @default false */
  removePrivateAs: z
    .union([z.boolean(), z.enum(['all', 'replace-AS', 'all replace-AS'])], {
      error: 'accepted is true, false, "all", "replace-AS" or "all replace-AS"',
    })
    .optional(),
  /** Send more than the best path: `addpath-tx-all-paths`, `addpath-tx-bestpath-per-AS` (bgp). @default the best alone */
  addPath: z.enum(['all-paths', 'bestpath-per-AS']).optional(),
  /** The weight of what comes, 0 to 65535: `weight N` (bgp). */
  weight: whole(0, 65535).optional(),
  /** What is passed on as it came: `attribute-unchanged …` (bgp). @default nothing */
  attributeUnchanged: z
    .array(z.enum(['as-path', 'next-hop', 'med']))
    .min(1)
    .optional(),
});

/** What neighbours and peer groups share. */
export const neighborProperties = {
  /**
   * The neighbour's AS: a number, or `"internal"` (this one) or `"external"` (any other): `remote-as` (bgp). Left out where
   * the peer group has it.
   */
  remoteAs: z
    .union([asnSchema, z.enum(['internal', 'external'])], {
      error: 'accepted is an AS number from 1 to 4294967294, "internal" or "external"',
    })
    .optional(),
  /** A note: `neighbor PEER description` (bgp). */
  description: lineSchema.optional(),
  /** The password of the TCP session (RFC 2385), at most 80 characters: `neighbor PEER password` (bgp). */
  password: passwordSchema(80).optional(),
  /** Where sessions come from: an address of this router, or an interface: `neighbor PEER update-source` (bgp). */
  updateSource: z
    .union([ipSchema, frrInterfaceSchema], { error: 'accepted is an address or an interface, such as "lo"' })
    .optional(),
  /** How many hops away an external neighbour may be; true: 255: `neighbor PEER ebgp-multihop` (bgp). @default 1 */
  ebgpMultihop: z
    .union([z.boolean(), whole(2, 255)], { error: 'accepted is true, false or a number from 2 to 255' })
    .optional(),
  /** How many hops away it is at most, by the TTL of its packets (RFC 5082): `ttl-security hops N` (bgp). Not with `ebgpMultihop`. */
  ttlSecurityHops: whole(1, 254).optional(),
  /** Take an external neighbour on a loopback one hop away: `disable-connected-check` (bgp). @default false */
  disableConnectedCheck: z.boolean().optional(),
  /** Watch it by BFD: `neighbor PEER bfd` (bfd). @default false */
  bfd: z
    .union(
      [
        z.boolean(),
        z.strictObject({
          /** A profile of `bfd.profiles`: `neighbor PEER bfd profile NAME` (bfd). */
          profile: nameSchema.optional(),
          /** Ask whether BFD at the other end is independent of its control plane: `check-control-plane-failure` (bfd). @default false */
          checkControlPlaneFailure: z.boolean().optional(),
        }),
      ],
      { error: 'accepted is true, false or { profile, checkControlPlaneFailure }' },
    )
    .optional(),
  /** The session's timers: `neighbor PEER timers` (bgp). @default BGP's own */
  timers: z
    .strictObject({
      /** Seconds between keepalives, 0 to 65535: `timers K H` (bgp). Given with `holdtime`. */
      keepalive: whole(0, 65535).optional(),
      /** Seconds without one after which it is down, 0 (never) or 3 to 65535: `timers K H` (bgp). Given with `keepalive`. */
      holdtime: whole(0, 65535).optional(),
      /** Seconds until it is tried again, 1 to 65535: `timers connect N` (bgp). @default 120; 10 with "datacenter" */
      connect: whole(1, 65535).optional(),
    })
    .optional(),
  /** Seconds between updates to it at least, 0 to 600: `advertisement-interval` (bgp). @default 0 */
  advertisementInterval: whole(0, 600).optional(),
  /** Another AS that this router has for it: `neighbor PEER local-as` (bgp). */
  localAs: z
    .strictObject({
      /** The AS number: `local-as N` (bgp). Not this router's own. */
      asn: asnSchema,
      /** Not in the AS paths that come from it: `no-prepend` (bgp). @default false */
      noPrepend: z.boolean().optional(),
      /** In the place of this router's own in AS paths that go to it: `replace-as` (bgp). Needs `noPrepend`. @default false */
      replaceAs: z.boolean().optional(),
    })
    .optional(),
  /** Wait for it to open the session: `neighbor PEER passive` (bgp). @default false */
  passive: z.boolean().optional(),
  /** Keep the session down: `neighbor PEER shutdown` (bgp). @default false */
  shutdown: z.boolean().optional(),
  /** IPv4 routes with IPv6 next hops (RFC 8950): `capability extended-nexthop` (bgp). Interfaces have it always. @default false */
  capabilityExtendedNexthop: z.boolean().optional(),
  /** IPv4 routes, and what is particular to them. @default given for IPv4 neighbours and interfaces, unless `ipv6` is given alone */
  ipv4: neighborFamilySchema.optional(),
  /** IPv6 routes, and what is particular to them. @default given for IPv6 neighbours and interfaces, unless `ipv4` is given alone */
  ipv6: neighborFamilySchema.optional(),
};

/** A peer group: what its members share: `neighbor NAME peer-group` (bgp). */
export const peerGroupSchema = z.strictObject({
  ...neighborProperties,
  /** Prefixes from which neighbours may come unannounced: `bgp listen range PREFIX peer-group NAME` (bgp). */
  listenRanges: z.array(prefixSchema).optional(),
});

/** A neighbour, by its address or its interface: `neighbor PEER …` (bgp). */
export const neighborSchema = z.strictObject({
  ...neighborProperties,
  /** A group of `peerGroups` whose member it is: `neighbor PEER peer-group NAME` (bgp). */
  peerGroup: nameSchema.optional(),
  /** What this router is to it (RFC 9234): `neighbor PEER local-role` (bgp). Not with `peerGroup`. */
  localRole: z
    .strictObject({
      /** The role: `local-role ROLE` (bgp). */
      role: z.enum(['provider', 'customer', 'peer', 'rs-server', 'rs-client']),
      /** Only when it says its role too: `strict-mode` (bgp). @default false */
      strictMode: z.boolean().optional(),
    })
    .optional(),
  /** Its TCP port: `neighbor PEER port N` (bgp). @default 179 */
  port: whole(1, 65535).optional(),
  /**
   * Unnumbered: its key is an interface, and its address is learnt there: `neighbor IFNAME interface` (bgp). `"v6only"`:
   * by IPv6 even where the interface has a /30 or /31 address. @default true where the key is no address
   */
  interface: z
    .union([z.literal(true), z.literal('v6only')], { error: 'accepted is true or "v6only"' })
    .optional(),
});
