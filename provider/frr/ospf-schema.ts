import { z } from 'zod';
import { ipv4PrefixSchema, ipv4Schema, ipv6PrefixSchema, isIpv4, routerIdSchema } from './address';
import { bfdUseSchema } from './bfd-schema';
import { ospfAuthenticationSchema } from './ospf-authentication-schema';
import { ospfGracefulRestart } from './ospf-graceful-restart-schema';
import { nameSchema, passwordSchema, whole } from './words';

// OSPFv2 and OSPFv3. Commands: docs.frrouting.org, pages "ospfd" and "ospf6d".

/** An area: a number, or as an IPv4 address: `0`, `"0.0.0.1"`. */
export const areaSchema = z.union([whole(0, 4294967295), z.string().refine(isIpv4)], {
  error: 'accepted is an area: a number such as 0, or an address such as "0.0.0.1"',
});

/** An area as a key. */
export const areaKeySchema = z
  .string()
  .refine((text) => isIpv4(text) || (/^(0|[1-9]\d{0,9})$/.test(text) && Number(text) <= 4294967295), {
    error: 'accepted is an area: a number such as 0, or an address such as "0.0.0.1"',
  });

const interfaceTimers = {
  /** The cost of the way out of it, 1 to 65535: `ip ospf cost`, `ipv6 ospf6 cost` (ospfd, ospf6d). @default by bandwidth */
  cost: whole(1, 65535).optional(),
  /** Seconds between hellos, 1 to 65535: `hello-interval` (ospfd, ospf6d). The same on both ends. @default 10 */
  helloInterval: whole(1, 65535).optional(),
  /** Seconds without a hello after which a neighbour is down, 1 to 65535: `dead-interval` (ospfd, ospf6d). @default 40 */
  deadInterval: whole(1, 65535).optional(),
  /** Seconds after which an LSA is sent again: `retransmit-interval` (ospfd, ospf6d). @default 5 */
  retransmitInterval: whole(3, 65535).optional(),
  /** Seconds that sending takes, by which LSAs age: `transmit-delay` (ospfd, ospf6d). @default 1 */
  transmitDelay: whole(1, 3600).optional(),
  /** How much it wants to be designated router, 0 (never) to 255: `priority` (ospfd, ospf6d). @default 1 */
  priority: whole(0, 255).optional(),
  /** Its addresses are announced, and no neighbour is looked for: `passive` (ospfd, ospf6d). @default false */
  passive: z.boolean().optional(),
  /** Watch neighbours by BFD: `ip ospf bfd`, `ipv6 ospf6 bfd` (bfd). @default false */
  bfd: bfdUseSchema.optional(),
  /** Take neighbours whose MTU differs: `mtu-ignore` (ospfd, ospf6d). @default false */
  mtuIgnore: z.boolean().optional(),
};

/** OSPFv2 on an interface. */
export const ospfInterfaceSchema = z.strictObject({
  /** The area: `ip ospf area` (ospfd). */
  area: areaSchema,
  /** The kind of network: `ip ospf network` (ospfd). @default by the interface; "broadcast" for a veth */
  network: z.enum(['broadcast', 'non-broadcast', 'point-to-multipoint', 'point-to-point']).optional(),
  ...interfaceTimers,
  /** How neighbours prove themselves: `ip ospf authentication` (ospfd). @default as the area says */
  authentication: ospfAuthenticationSchema.optional(),
});

/** OSPFv3 on an interface. */
export const ospf6InterfaceSchema = z.strictObject({
  /** The area: `ipv6 ospf6 area` (ospf6d). */
  area: areaSchema,
  /** The kind of network: `ipv6 ospf6 network` (ospf6d). @default by the interface; "broadcast" for a veth */
  network: z.enum(['broadcast', 'point-to-point']).optional(),
  ...interfaceTimers,
  /** The instance on the link, 0 to 255: `ipv6 ospf6 instance-id` (ospf6d). @default 0 */
  instanceId: whole(0, 255).optional(),
  /**
   * How neighbours prove themselves (RFC 7166): `ipv6 ospf6 authentication` (ospf6d). FRR 8.4 and FRR 10.3 drop what they get
   * from each other, whatever the digest: FRR's works otherwise since 9.1 (FRR issue 15800). OSPFv2's is understood by both.
   * @default none
   */
  authentication: z
    .strictObject({
      /** The key's number, 1 to 65535: `key-id` (ospf6d). @default 1 */
      keyId: whole(1, 65535).optional(),
      /** The digest, of those that Debian's FRR has: `hash-algo` (ospf6d). @default "hmac-sha-256" */
      hashAlgorithm: z.enum(['md5', 'hmac-sha-256']).optional(),
      /** The key: `key` (ospf6d), at most 64 characters. */
      password: passwordSchema(64),
    })
    .optional(),
});

const redistributed = (page: string) =>
  z.union(
    [
      z.literal(true),
      z.strictObject({
        /** The metric of the routes: `metric N` (ospfd, ospf6d). */
        metric: whole(0, 16777214).optional(),
        /** External type 1 (the cost to here counts) or 2: `metric-type` (ospfd, ospf6d). @default 2 */
        metricType: z.union([z.literal(1), z.literal(2)], { error: 'accepted is 1 or 2' }).optional(),
        /** A route map that says which: `route-map NAME` (ospfd, ospf6d). */
        routeMap: nameSchema.optional(),
      }),
    ],
    { error: `accepted is true, or { metric, metricType, routeMap } (${page})` },
  );

const redistribution = (page: string) =>
  z.strictObject({
    /** Subnets of interfaces: `redistribute connected` (ospfd, ospf6d). */
    connected: redistributed(page).optional(),
    /** Static routes: `redistribute static` (ospfd, ospf6d). */
    static: redistributed(page).optional(),
    /** Routes that others made in the kernel: `redistribute kernel` (ospfd, ospf6d). */
    kernel: redistributed(page).optional(),
    /** BGP's routes: `redistribute bgp` (ospfd, ospf6d). */
    bgp: redistributed(page).optional(),
  });

const defaultOriginate = z.union(
  [
    z.literal(true),
    z.strictObject({
      /** Whether or not there is a default route here: `always` (ospfd, ospf6d). @default false */
      always: z.boolean().optional(),
      /** Its metric: `metric N` (ospfd, ospf6d). @default 10, with `always` 1 */
      metric: whole(0, 16777214).optional(),
      /** External type 1 or 2: `metric-type` (ospfd, ospf6d). @default 2 */
      metricType: z.union([z.literal(1), z.literal(2)], { error: 'accepted is 1 or 2' }).optional(),
      /** A route map that says when: `route-map NAME` (ospfd, ospf6d). */
      routeMap: nameSchema.optional(),
    }),
  ],
  { error: 'accepted is true, or { always, metric, metricType, routeMap }' },
);

const area = {
  /** `"stub"`: no external routes; `"nssa"`: none but its own: `area A stub`, `area A nssa` (ospfd, ospf6d). @default neither */
  type: z.enum(['stub', 'nssa']).optional(),
  /**
   * No routes of other areas either, but a default one: `no-summary` (ospfd, ospf6d). Needs `type`. OSPFv2 of FRR tells of the
   * `ranges` of other areas all the same (ospf_abr_announce_aggregates()). @default false
   */
  noSummary: z.boolean().optional(),
  /** A prefix list for what comes into the area: `area A filter-list prefix NAME in` (ospfd, ospf6d). */
  prefixListIn: nameSchema.optional(),
  /** A prefix list for what goes out of the area: `area A filter-list prefix NAME out` (ospfd, ospf6d). */
  prefixListOut: nameSchema.optional(),
};

const ranges = (prefix: typeof ipv4PrefixSchema) =>
  z.array(
    z.strictObject({
      /** The prefix: `area A range PREFIX` (ospfd, ospf6d). */
      prefix,
      /** Its cost in other areas: `cost N` (ospfd, ospf6d). @default the highest in it */
      cost: whole(0, 16777215).optional(),
      /** False: other areas hear of nothing in it: `not-advertise` (ospfd, ospf6d). @default true */
      advertise: z.boolean().optional(),
    }),
  );

const spf = z.strictObject({
  /** Milliseconds from a first change to the calculation, 0 to 600000 (ospfd, ospf6d). @default 0 */
  delay: whole(0, 600000),
  /** Milliseconds between two calculations at first, 0 to 600000 (ospfd, ospf6d). @default 50 */
  initialHoldTime: whole(0, 600000),
  /** Milliseconds between two calculations at most, 0 to 600000 (ospfd, ospf6d). @default 5000 */
  maximumHoldTime: whole(0, 600000),
});

const router = {
  /** The router's id, unique in the network: `ospf router-id`, `ospf6 router-id` (ospfd, ospf6d). @default the highest address */
  routerId: routerIdSchema.optional(),
  /** The default route: `default-information originate` (ospfd, ospf6d). @default not announced */
  defaultOriginate: defaultOriginate.optional(),
  /** The bandwidth in Mbit/s whose cost is 1: `auto-cost reference-bandwidth` (ospfd, ospf6d). @default 100000 */
  autoCostReferenceBandwidth: whole(1, 4294967).optional(),
  /** When routes are worked out: `timers throttle spf` (ospfd, ospf6d). @default 0, 50 and 5000 ms */
  spfTimers: spf.optional(),
  /** The administrative distance, 1 to 255: `distance N` (ospfd, ospf6d). @default 110 */
  distance: whole(1, 255).optional(),
  /** How many ways of one cost are used: `maximum-paths N` (ospfd, ospf6d). @default what FRR was built with; 256 in Debian */
  maximumPaths: whole(1, 64).optional(),
  ...ospfGracefulRestart,
  /** Log neighbours that come and go, or every step of theirs: `log-adjacency-changes [detail]` (ospfd, ospf6d). @default as the profile says */
  logAdjacencyChanges: z
    .union([z.boolean(), z.literal('detail')], { error: 'accepted is true, false or "detail"' })
    .optional(),
};

/** `router ospf` (docs.frrouting.org, page "ospfd"). Which interfaces take part is in `interfaces`. */
export const ospfSchema = z.strictObject({
  ...router,
  /** What is particular to areas: `area A …` (ospfd). Areas with nothing particular need no entry. */
  areas: z
    .record(
      areaKeySchema,
      z.strictObject({
        ...area,
        /** The cost of the default route into a stub area: `area A default-cost N` (ospfd). @default 1 */
        defaultCost: whole(0, 16777215).optional(),
        /** How neighbours in it prove themselves, unless their interface says otherwise: `area A authentication` (ospfd). */
        authentication: z.enum(['simple', 'message-digest']).optional(),
        /** Prefixes that stand for what is in them, in other areas: `area A range` (ospfd). */
        ranges: ranges(ipv4PrefixSchema).optional(),
        /**
         * Virtual links through it to other border routers, each by its router id: `area A virtual-link ID` (ospfd). By them the
         * backbone goes on; both ends are border routers of the area then, and want its `ranges`. Their timers are FRR's own: FRR
         * 10 writes one that FRR 8 does not have.
         */
        virtualLinks: z
          .record(
            routerIdSchema,
            z.strictObject({
              /** How the two ends prove themselves: `area A virtual-link ID authentication` (ospfd). @default as the backbone says */
              authentication: ospfAuthenticationSchema.optional(),
            }),
          )
          .optional(),
      }),
    )
    .optional(),
  /** Neighbours on interfaces whose network is "non-broadcast", each by its address: `neighbor ADDRESS` (ospfd). */
  neighbors: z
    .record(
      ipv4Schema,
      z.strictObject({
        /** How much it wants to be designated router, as far as is known, 0 to 255: `priority N` (ospfd). @default 0 */
        priority: whole(0, 255).optional(),
        /** Seconds between hellos while it is down, 1 to 65535: `poll-interval N` (ospfd). @default 60 */
        pollInterval: whole(1, 65535).optional(),
      }),
    )
    .optional(),
  /** Interfaces are passive unless theirs says `passive: false`: `passive-interface default` (ospfd). @default false */
  passiveInterfaceDefault: z.boolean().optional(),
  /** Routes of others that are announced: `redistribute` (ospfd). */
  redistribute: redistribution('ospfd').optional(),
  /** The metric of redistributed routes: `default-metric N` (ospfd). @default 20 */
  defaultMetric: whole(0, 16777214).optional(),
  /**
   * Let others go around this router where they can (RFC 6987): `max-metric router-lsa` (ospfd). `true`: always;
   * or in seconds after the start and before an orderly end. @default false
   */
  maxMetric: z
    .union(
      [
        z.boolean(),
        z.strictObject({
          /** Always: `max-metric router-lsa administrative` (ospfd). @default false */
          administrative: z.boolean().optional(),
          /** Seconds after the start, 5 to 86400: `max-metric router-lsa on-startup N` (ospfd). */
          onStartup: whole(5, 86400).optional(),
          /** Seconds before the end, 5 to 100: `max-metric router-lsa on-shutdown N` (ospfd). */
          onShutdown: whole(5, 100).optional(),
        }),
      ],
      { error: 'accepted is true, false, or { administrative, onStartup, onShutdown }' },
    )
    .optional(),
});

/** `router ospf6` (docs.frrouting.org, page "ospf6d"). Which interfaces take part is in `interfaces`. */
export const ospf6Schema = z.strictObject({
  ...router,
  /** What is particular to areas: `area A …` (ospf6d). Areas with nothing particular need no entry. */
  areas: z
    .record(
      areaKeySchema,
      z.strictObject({
        ...area,
        /** Prefixes that stand for what is in them, in other areas: `area A range` (ospf6d). */
        ranges: ranges(ipv6PrefixSchema).optional(),
      }),
    )
    .optional(),
  /** Routes of others that are announced: `redistribute` (ospf6d). */
  redistribute: redistribution('ospf6d').optional(),
  /** Nothing goes through this router (RFC 5340, R-bit): `stub-router administrative` (ospf6d). @default false */
  stubRouter: z.boolean().optional(),
});
