import type * as pulumi from '@pulumi/pulumi';
import { z } from 'zod';
import { ipv4PrefixSchema, ipv6PrefixSchema } from '../../provider/frr/address';
import type { LinkArgs } from '../link-args';
import { memorySchema, opaque } from './words';

const pools = z.strictObject({
  /** IPv4 loopbacks, and router ids. The address is the prefix's own plus the router's `id`. @default "10.192.0.0/10" */
  loopback4: ipv4PrefixSchema.default('10.192.0.0/10'),
  /** IPv6 loopbacks, likewise. @default "fd6e:7370:6177::/64" */
  loopback6: ipv6PrefixSchema.default('fd6e:7370:6177::/64'),
  /** IPv4 subnets of links: that of a link is the one its `id` counts to, 1 the first. @default "10.128.0.0/10" */
  p2p4: ipv4PrefixSchema.default('10.128.0.0/10'),
  /** IPv6 subnets of links, likewise. @default "fd6e:7370:8000::/33" */
  p2p6: ipv6PrefixSchema.default('fd6e:7370:8000::/33'),
  /** The prefix length of a link's IPv4 subnet: 31 (RFC 3021) or 30. @default 31 */
  p2p4Length: z.union([z.literal(31), z.literal(30)], { error: 'accepted is 31 or 30' }).default(31),
  /** The prefix length of a link's IPv6 subnet: 127 (RFC 6164) or 64. @default 127 */
  p2p6Length: z.union([z.literal(127), z.literal(64)], { error: 'accepted is 127 or 64' }).default(127),
});

/** What holds for a topology as a whole. */
export const policySchema = z.strictObject({
  /** Where addresses come from. A number of a router or link, times what it takes, counted from the prefix's beginning. */
  pools: pools.prefault({}),
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
  /** What runs on links inside an AS, or where there is no BGP. @default "none" with `asn: "perRouter"`, else "ospf" */
  igp: z.enum(['ospf', 'none']).optional(),
  /**
   * iBGP between the loopbacks of an AS: between any two, or between reflectors and the others. It needs an IGP. @default "none"
   * without an IGP; "reflectors" where a router has that role; else "mesh"
   */
  ibgp: z.enum(['mesh', 'reflectors', 'none']).optional(),
  /** eBGP over IPv6 link-local addresses (RFC 8950): links between ASes have no addresses of their own. @default false */
  unnumbered: z.boolean().default(false),
  /** BFD over each link, which notices within a second that it is dead. @default false */
  bfd: z.boolean().default(false),
  /** BGP's keepalive and hold time, in seconds. @default 3 and 9, FRR's in its profile "datacenter" */
  timers: z
    .strictObject({
      /** Seconds between two keepalives. */
      keepalive: z.number().int().min(1),
      /** Seconds without one after which the session is given up. */
      holdtime: z.number().int().min(3).max(65535),
    })
    .optional(),
  /** The TCP MD5 password of all BGP sessions (RFC 2385); a secret. */
  password: opaque<pulumi.Input<string>>(),
  /** How links get across between hosts, unless they say so themselves: `{ kind: 'wireguard' }`. @default vxlan */
  tunnel: opaque<LinkArgs['tunnel']>(),
  /** FRR's profile: `frr defaults`. `"datacenter"` has timers in seconds, not minutes. @default "datacenter" */
  defaults: z.enum(['datacenter', 'traditional']).default('datacenter'),
  /** The most memory that a router may take. @default "128M" */
  memoryMax: memorySchema.default('128M'),
});

/** A topology's policy with its defaults. */
export type Policy = z.output<typeof policySchema>;
