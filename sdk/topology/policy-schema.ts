import type * as pulumi from '@pulumi/pulumi';
import { z } from 'zod';
import { asnSchema } from '../../provider/frr/words';
import type { LinkArgs } from '../link-args';
import type { ConfigurationPart, RouterArgs } from '../router-args';
import { bgpPolicySchema } from './bgp-policy-schema';
import { ospfPolicySchema } from './ospf-policy-schema';
import { poolsSchema } from './pools-schema';
import { memorySchema, opaque } from './words';

const asnKeySchema = z
  .string()
  .refine((key) => /^[1-9]\d*$/.test(key) && asnSchema.safeParse(Number(key)).success, {
    error: 'accepted is an AS number from 1 to 4294967294, not 23456 or 65535',
  });

/** What holds for a topology as a whole. */
export const policySchema = z.strictObject({
  /** Where addresses come from. A number of a router or link, times what it takes, counted from the prefix's beginning. */
  pools: poolsSchema.prefault({}),
  /** Whether there are IPv4 addresses and routes. @default true */
  ipv4: z.boolean().default(true),
  /** Whether there are IPv6 addresses and routes. @default false */
  ipv6: z.boolean().default(false),
  /**
   * `"perRouter"`: an AS for each (4200000000 and its `id`, RFC 6996), and eBGP over each link. A number: one AS for all, with
   * iBGP between loopbacks. `"none"`: no BGP. A router's own `asn` goes before it. @default "perRouter"
   */
  asn: z
    .union([z.number().int().min(1).max(4294967294), z.literal('perRouter'), z.literal('none')], {
      error: 'accepted is an AS number from 1 to 4294967294, "perRouter" or "none"',
    })
    .default('perRouter'),
  /**
   * ASes that are parts of a larger one, which is all that others see of them (RFC 5065): `{ 64512: [65001, 65002] }`. Each is the
   * AS of a router. @default none
   */
  confederations: z.record(asnKeySchema, z.array(asnSchema).min(1)).default({}),
  /** What runs on links inside an AS, or where there is no BGP. @default "none" with `asn: "perRouter"`, else "ospf" */
  igp: z.enum(['ospf', 'none']).optional(),
  /**
   * iBGP between the loopbacks of an AS: between any two, or between reflectors and the others. It needs an IGP. @default "none"
   * without an IGP; "reflectors" where a router has that role; else "mesh"
   */
  ibgp: z.enum(['mesh', 'reflectors', 'none']).optional(),
  /**
   * Links between routers have no addresses of their own: eBGP goes over IPv6 link-local addresses (RFC 8950), OSPF over the
   * routers' IPv4 loopbacks, OSPFv3 over link-local addresses. A link's own `unnumbered` goes before it. @default false
   */
  unnumbered: z.boolean().default(false),
  /** BFD over each link, which notices within a second that it is dead. @default false */
  bfd: z.boolean().default(false),
  /** What OSPF and OSPFv3 do: areas, costs, timers, authentication. */
  ospf: ospfPolicySchema.prefault({}),
  /** What BGP sessions are given beside what is worked out: filters, limits, timers. */
  bgp: bgpPolicySchema.default({}),
  /** BGP's keepalive and hold time, in seconds. @default 3 and 9, FRR's in its profile "datacenter" */
  timers: z
    .strictObject({
      /** Seconds between two keepalives. */
      keepalive: z.number().int().min(1),
      /** Seconds without one after which the session is given up. */
      holdtime: z.number().int().min(3).max(65535),
    })
    .optional(),
  /** The TCP MD5 password of all BGP sessions (RFC 2385); a secret. A link's own `password` goes before it. */
  password: opaque<pulumi.Input<string>>(),
  /** How links get across between hosts, unless they say so themselves: `{ kind: 'wireguard' }`. @default vxlan */
  tunnel: opaque<LinkArgs['tunnel']>(),
  /** FRR's profile: `frr defaults`. `"datacenter"` has timers in seconds, not minutes. @default "datacenter" */
  defaults: z.enum(['datacenter', 'traditional']).default('datacenter'),
  /** The most memory that a router may take. @default "128M" */
  memoryMax: memorySchema.default('128M'),
  /**
   * Added to the configuration of every router, as a router's own `config` is, which comes after it: prefix lists and route maps
   * that all of them use.
   */
  config: opaque<ConfigurationPart>(),
  /** Further arguments of every Router, under those of its own `router`: `{ machine: { drain: {} } }` drains each before it restarts. */
  router:
    opaque<Omit<Partial<RouterArgs>, 'config' | 'connection' | 'machineName' | 'memoryMax' | 'drain'>>(),
});

/** A topology's policy with its defaults. */
export type Policy = z.output<typeof policySchema>;
