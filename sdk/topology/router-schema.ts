import { z } from 'zod';
import { prefixSchema } from '../../provider/frr/address';
import { areaSchema } from '../../provider/frr/ospf-schema';
import { interfaceAddressSchema, isHostPrefix } from '../../provider/link/address';
import { machineNameSchema } from '../../provider/names';
import type { ConfigurationPart, RouterArgs } from '../router-args';
import { memorySchema, opaque, placeNameSchema } from './words';

/** A router of a topology. `{}` is one: all else is worked out. */
export const routerSchema = z.strictObject({
  /** The host that it is on. @default one with room for it, which its name decides */
  host: placeNameSchema.optional(),
  /**
   * Its number, from which its loopback, router id and AS number come: 1 upwards, and within every pool. @default one that its
   * name decides
   */
  id: z.number().int().min(1).optional(),
  /** The pool of `policy.pools.named` that its loopbacks are from. @default `loopback4` and `loopback6` */
  pool: placeNameSchema.optional(),
  /** Its AS number. @default that of `policy.asn` */
  asn: z.number().int().min(1).max(4294967294).optional(),
  /** Its loopback addresses with prefix lengths, in place of those of the pools: `["192.0.2.1/32"]`. */
  loopbacks: z
    .array(
      interfaceAddressSchema.refine(isHostPrefix, {
        error: 'accepted is an address with /32 or /128, such as "192.0.2.1/32"',
      }),
    )
    .min(1)
    .optional(),
  /** `"reflector"`: a BGP route reflector of its AS. @default a client, where there are reflectors */
  role: z.enum(['reflector', 'client']).optional(),
  /**
   * The OSPF area of its loopback, and of its links whose other router has none or is in area 0. @default for its loopback, that
   * of its links: the lowest, where there are several
   */
  area: areaSchema.optional(),
  /** Prefixes that it originates in BGP: each is announced, and has a route of its own that drops what nothing longer matches. */
  networks: z.array(prefixSchema).optional(),
  /**
   * A group of routers that are kept on different hosts as far as there are hosts: any text. @default "reflector" for a
   * reflector
   */
  spread: z.string().min(1).optional(),
  /** The most memory that it may take. @default `policy.memoryMax` */
  memoryMax: memorySchema.optional(),
  /**
   * Lead traffic around it: BGP's graceful shutdown, and the highest OSPF cost on all of its links; and wait until it has left.
   * @default false
   */
  drain: z
    .union([
      z.boolean(),
      z.strictObject({
        /** How long traffic may take to go elsewhere, in seconds. @default 30 */
        timeoutSeconds: z.number().int().min(1).max(600).optional(),
      }),
    ])
    .optional(),
  /** The name of its machine. @default the router's name */
  machineName: machineNameSchema.optional(),
  /**
   * Added to its configuration: typed, merged into what is worked out (records are merged, lists joined, all else replaces it);
   * or text, which FRR reads after all else.
   */
  config: opaque<ConfigurationPart>(),
  /** Further arguments of its Router: `rootfs`, `nspawn`, `machine`, `cpuQuota` … */
  router:
    opaque<Omit<Partial<RouterArgs>, 'config' | 'connection' | 'machineName' | 'memoryMax' | 'drain'>>(),
});
