import { z } from 'zod';
import { addressWithLengthSchema, ipv6PrefixSchema } from './address';
import { ospf6InterfaceSchema, ospfInterfaceSchema } from './ospf-schema';
import { lineSchema, whole } from './words';

/** An interface of the machine: `interface NAME` (docs.frrouting.org, page "zebra"). */
export const interfaceSchema = z.strictObject({
  /** A note: `description` (zebra). */
  description: lineSchema.optional(),
  /**
   * Addresses that FRR gives it: `ip address`, `ipv6 address` (zebra). For `lo`. The addresses of a link are its peering's:
   * given in two places, each would take away what the other gave.
   */
  addresses: z.array(addressWithLengthSchema).optional(),
  /** Its bandwidth in Mbit/s, from which OSPF works out a cost, 1 to 100000: `bandwidth N` (zebra). @default by the kernel */
  bandwidth: whole(1, 100000).optional(),
  /** OSPFv2 on it: `ip ospf …` (ospfd). */
  ospf: ospfInterfaceSchema.optional(),
  /** OSPFv3 on it: `ipv6 ospf6 …` (ospf6d). */
  ospf6: ospf6InterfaceSchema.optional(),
  /** Send router advertisements: `no ipv6 nd suppress-ra` (ipv6). BGP unnumbered sends its own. @default false */
  ipv6RouterAdvertisements: z
    .union(
      [
        z.boolean(),
        z.strictObject({
          /** Seconds between them, 1 to 1800: `ipv6 nd ra-interval N` (ipv6). @default 600 */
          interval: whole(1, 1800).optional(),
          /** Seconds that this is a default router, 0 (it is none) to 9000: `ipv6 nd ra-lifetime N` (ipv6). @default 1800 */
          lifetime: whole(0, 9000).optional(),
          /** Addresses come by DHCPv6: `ipv6 nd managed-config-flag` (ipv6). @default false */
          managedConfig: z.boolean().optional(),
          /** Other settings come by DHCPv6: `ipv6 nd other-config-flag` (ipv6). @default false */
          otherConfig: z.boolean().optional(),
          /** How this router stands to others: `ipv6 nd router-preference` (ipv6). @default "medium" */
          preference: z.enum(['high', 'medium', 'low']).optional(),
          /** The MTU that hosts take, 1280 to 65535: `ipv6 nd mtu N` (ipv6). @default none is told */
          mtu: whole(1280, 65535).optional(),
          /** Prefixes from which hosts make addresses: `ipv6 nd prefix PREFIX` (ipv6). @default those of its own addresses */
          prefixes: z.array(ipv6PrefixSchema).optional(),
        }),
      ],
      {
        error:
          'accepted is true, false or { interval, lifetime, managedConfig, otherConfig, preference, mtu, prefixes }',
      },
    )
    .optional(),
});
