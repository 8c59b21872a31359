import { z } from 'zod';
import { ipv4PrefixSchema, ipv6PrefixSchema, isIp, routerIdSchema } from './address';
import { neighborSchema, peerGroupSchema } from './neighbor-schema';
import { asnSchema, isInterfaceName, nameSchema, whole } from './words';

// Commands: docs.frrouting.org, page "bgp".

const redistributed = z.union(
  [
    z.literal(true),
    z.strictObject({
      /** The metric (MED) of the routes: `metric N` (bgp). */
      metric: whole(0, 4294967295).optional(),
      /** A route map that says which: `route-map NAME` (bgp). */
      routeMap: nameSchema.optional(),
    }),
  ],
  { error: 'accepted is true, or { metric, routeMap }' },
);

const family = <P extends z.ZodType, R extends z.ZodRawShape>(prefix: P, protocols: R) =>
  z.strictObject({
    /** Prefixes that are announced, when there is a route to them (`networkImportCheck`): `network PREFIX` (bgp). */
    networks: z
      .array(
        z.union(
          [
            prefix,
            z.strictObject({
              /** The prefix: `network PREFIX` (bgp). */
              prefix,
              /** A route map that says what it carries: `network PREFIX route-map NAME` (bgp). */
              routeMap: nameSchema.optional(),
            }),
          ],
          { error: 'accepted is a prefix, or { prefix, routeMap }' },
        ),
      )
      .optional(),
    /** Routes of others that are announced: `redistribute` (bgp). */
    redistribute: z
      .strictObject({
        /** Subnets of interfaces: `redistribute connected` (bgp). */
        connected: redistributed.optional(),
        /** Static routes: `redistribute static` (bgp). */
        static: redistributed.optional(),
        /** Routes that others made in the kernel: `redistribute kernel` (bgp). */
        kernel: redistributed.optional(),
        ...protocols,
      })
      .optional(),
    /**
     * Prefixes that stand for what is in them: `aggregate-address` (bgp). Without `route-map`: FRR 10.3's bgpd crashes where
     * that map denies (bgp_aggregate_install() frees an AS path twice).
     */
    aggregates: z
      .array(
        z.strictObject({
          /** The prefix: `aggregate-address PREFIX` (bgp). */
          prefix,
          /** With the AS numbers of what is in it: `as-set` (bgp). @default false */
          asSet: z.boolean().optional(),
          /** And nothing of what is in it: `summary-only` (bgp). @default false */
          summaryOnly: z.boolean().optional(),
          /** A route map that says what of it is not announced: `suppress-map NAME` (bgp). Not with `summaryOnly`. */
          suppressMap: nameSchema.optional(),
          /** The origin that it has: `origin` (bgp). @default the worst of what is in it */
          origin: z.enum(['igp', 'egp', 'incomplete']).optional(),
          /** Only while all in it have one metric (MED): `matching-MED-only` (bgp). @default false */
          matchingMedOnly: z.boolean().optional(),
        }),
      )
      .optional(),
    /**
     * Pass over a route of an external neighbour that comes and goes, until it stays (RFC 2439): `bgp dampening` (bgp). Each
     * time that it goes costs 1000. @default false
     */
    dampening: z
      .union(
        [
          z.literal(true),
          z.strictObject({
            /** Minutes in which what it has cost is halved, 1 to 45 (bgp). @default 15 */
            halfLife: whole(1, 45).optional(),
            /** Below this it is used again, 1 to 20000 (bgp). @default 750 */
            reuse: whole(1, 20000).optional(),
            /** From this on it is passed over, 1 to 20000 (bgp). @default 2000 */
            suppress: whole(1, 20000).optional(),
            /** Minutes after which it is used again at the latest, 1 to 255 (bgp). @default four times `halfLife` */
            maximumSuppressTime: whole(1, 255).optional(),
          }),
        ],
        { error: 'accepted is true, or { halfLife, reuse, suppress, maximumSuppressTime }' },
      )
      .optional(),
    /** How many ways to one prefix are used: `maximum-paths`, `maximum-paths ibgp` (bgp), 1 to 128. @default what FRR was built with */
    maximumPaths: z
      .union(
        [
          whole(1, 128),
          z.strictObject({
            /** From external neighbours: `maximum-paths N` (bgp). */
            ebgp: whole(1, 128).optional(),
            /** From internal neighbours: `maximum-paths ibgp N` (bgp). */
            ibgp: whole(1, 128).optional(),
          }),
        ],
        { error: 'accepted is a number from 1 to 128 for both kinds, or { ebgp, ibgp }' },
      )
      .optional(),
    /** Administrative distances, 1 to 255: `distance bgp E I L` (bgp). @default 20, 200 and 200 */
    distance: z
      .strictObject({
        /** Of external routes. */
        external: whole(1, 255),
        /** Of internal routes. */
        internal: whole(1, 255),
        /** Of aggregates of this router. */
        local: whole(1, 255),
      })
      .optional(),
  });

/** What a neighbour is known by: its address, or the interface that it is on. */
export const neighborKeySchema = z.string().refine((key) => isIp(key) || isInterfaceName(key), {
  error: 'accepted is the address of a neighbor, or an interface, such as "192.0.2.1" or "eth1"',
});

/** `router bgp` (docs.frrouting.org, page "bgp"). */
export const bgpSchema = z.strictObject({
  /** This router's AS: `router bgp ASN` (bgp). */
  asn: asnSchema,
  /** The router's id, unique in the AS: `bgp router-id` (bgp). @default the highest address */
  routerId: routerIdSchema.optional(),
  /** The id that reflectors of one cluster share: `bgp cluster-id` (bgp). @default the router id */
  clusterId: routerIdSchema.optional(),
  /** The sessions' timers: `timers bgp K H` (bgp). @default 60 and 180; 3 and 9 with "datacenter" */
  timers: z
    .strictObject({
      /** Seconds between keepalives, 0 to 65535. */
      keepalive: whole(0, 65535),
      /** Seconds without one after which a session is down, 0 (never) or 3 to 65535. */
      holdtime: whole(0, 65535),
    })
    .optional(),
  /**
   * Exchange nothing with external neighbours that have no filter or route map (RFC 8212): `bgp ebgp-requires-policy` (bgp).
   * @default true; false with "datacenter"
   */
  ebgpRequiresPolicy: z.boolean().optional(),
  /** Log sessions that come and go: `bgp log-neighbor-changes` (bgp). @default false; true with "datacenter" */
  logNeighborChanges: z.boolean().optional(),
  /** Announce `networks` only when there is a route to them: `bgp network import-check` (bgp). @default true */
  networkImportCheck: z.boolean().optional(),
  /** The local preference of what has none: `bgp default local-preference N` (bgp). @default 100 */
  defaultLocalPreference: whole(0, 4294967295).optional(),
  /** End a session with an external neighbour as soon as its interface goes down: `bgp fast-external-failover` (bgp). @default true */
  fastExternalFailover: z.boolean().optional(),
  /** Reflect routes between clients: `bgp client-to-client reflection` (bgp). @default true */
  clientToClientReflection: z.boolean().optional(),
  /** Let route maps change what is reflected: `bgp route-reflector allow-outbound-policy` (bgp). @default false */
  routeReflectorAllowOutboundPolicy: z.boolean().optional(),
  /** This router's AS is a part of a larger one (RFC 5065): `bgp confederation` (bgp). A change resets the sessions that it is for. */
  confederation: z
    .strictObject({
      /** The AS that others see: `bgp confederation identifier ASN` (bgp). */
      identifier: asnSchema,
      /** The other ASes in it that this router has neighbours in: `bgp confederation peers ASN…` (bgp). */
      peers: z.array(asnSchema).min(1).optional(),
    })
    .optional(),
  /** Compare metrics (MED) of different neighbour ASes: `bgp always-compare-med` (bgp). @default false */
  alwaysCompareMed: z.boolean().optional(),
  /** Compare metrics (MED) within a neighbour AS first: `bgp deterministic-med` (bgp). @default false; true with "datacenter" */
  deterministicMed: z.boolean().optional(),
  /** Take a route without a metric (MED) for the worst, not for the best: `bgp bestpath med missing-as-worst` (bgp). @default false */
  medMissingAsWorst: z.boolean().optional(),
  /** Compare metrics (MED) of routes that come from within the confederation: `bgp bestpath med confed` (bgp). @default false */
  medConfed: z.boolean().optional(),
  /** Pass over the length of AS paths: `bgp bestpath as-path ignore` (bgp). @default false */
  asPathIgnore: z.boolean().optional(),
  /** Count the confederation's own ASes in the length of AS paths: `bgp bestpath as-path confed` (bgp). @default false */
  asPathConfed: z.boolean().optional(),
  /** Decide between equal external paths by router id: `bgp bestpath compare-routerid` (bgp). @default false */
  compareRouterId: z.boolean().optional(),
  /** Use paths of one length at once, whatever ASes are in them: `bgp bestpath as-path multipath-relax` (bgp). @default false */
  multipathRelax: z.boolean().optional(),
  /** Use paths of external and internal neighbours at once: `bgp bestpath peer-type multipath-relax` (bgp). @default false */
  peerTypeMultipathRelax: z.boolean().optional(),
  /** Announce a route only when the kernel has it: `bgp suppress-fib-pending` (bgp). @default false */
  suppressFibPending: z.boolean().optional(),
  /**
   * Graceful restart: `true` or timers: `bgp graceful-restart`; `false`: `bgp graceful-restart-disable` (bgp).
   * @default help neighbours that restart, and no more
   */
  gracefulRestart: z
    .union(
      [
        z.boolean(),
        z.strictObject({
          /** Seconds that neighbours wait for this router, 0 to 4095: `restart-time N` (bgp). @default 120 */
          restartTime: whole(0, 4095).optional(),
          /** Seconds that this router keeps a neighbour's routes, 1 to 4095: `stalepath-time N` (bgp). @default 360 */
          stalePathTime: whole(1, 4095).optional(),
          /** Seconds until best paths are chosen after a restart, 0 to 3600: `select-defer-time N` (bgp). @default 360 */
          selectDeferTime: whole(0, 3600).optional(),
          /** Seconds that the kernel's routes are kept, 1 to 3600: `rib-stale-time N` (bgp). @default 500 */
          ribStaleTime: whole(1, 3600).optional(),
          /** Say that forwarding goes on: `preserve-fw-state` (bgp). @default false */
          preserveForwardingState: z.boolean().optional(),
        }),
      ],
      {
        error:
          'accepted is true, false or { restartTime, stalePathTime, selectDeferTime, ribStaleTime, preserveForwardingState }',
      },
    )
    .optional(),
  /** Ask neighbours to go around this router (RFC 8326): `bgp graceful-shutdown` (bgp). @default false */
  gracefulShutdown: z.boolean().optional(),
  /** Keep all sessions down: `bgp shutdown` (bgp). @default false */
  shutdown: z.boolean().optional(),
  /** How many neighbours may come unannounced, 1 to 65535: `bgp listen limit N` (bgp). @default 100 */
  listenLimit: whole(1, 65535).optional(),
  /** What neighbours share, under names: `neighbor NAME peer-group` (bgp). */
  peerGroups: z.record(nameSchema, peerGroupSchema).optional(),
  /** Neighbours, each by its address or its interface: `{ "192.0.2.1": { remoteAs: 65001 }, eth1: { remoteAs: "external" } }` (bgp). */
  neighbors: z.record(neighborKeySchema, neighborSchema).optional(),
  /** IPv4 routes: `address-family ipv4 unicast` (bgp). */
  ipv4: family(ipv4PrefixSchema, {
    /** OSPFv2's routes: `redistribute ospf` (bgp). */
    ospf: redistributed.optional(),
  }).optional(),
  /** IPv6 routes: `address-family ipv6 unicast` (bgp). */
  ipv6: family(ipv6PrefixSchema, {
    /** OSPFv3's routes: `redistribute ospf6` (bgp). */
    ospf6: redistributed.optional(),
  }).optional(),
});
