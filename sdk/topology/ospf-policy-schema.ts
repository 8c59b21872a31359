import type * as pulumi from '@pulumi/pulumi';
import { z } from 'zod';
import { areaKeySchema, areaSchema } from '../../provider/frr/ospf-schema';
import { opaque } from './words';

const interval = z.number().int().min(1).max(65535);

/** What OSPF and OSPFv3 do on a link. */
export const ospfLinkSchema = z.strictObject({
  /** The kind of network, on both ends. @default "point-to-point", which elects nobody */
  network: z.enum(['point-to-point', 'broadcast']).optional(),
  /** Seconds between hellos. @default 10 */
  helloInterval: interval.optional(),
  /** Seconds without a hello after which a neighbour is down. @default 40 */
  deadInterval: interval.optional(),
});

/** What OSPF and OSPFv3 do in the whole of a topology. */
export const ospfPolicySchema = z.strictObject({
  ...ospfLinkSchema.shape,
  /** The area of links and routers that name none. @default 0 */
  area: areaSchema.default(0),
  /** What areas are: `{ 1: { type: 'stub' } }`. @default ordinary ones */
  areas: z
    .record(
      areaKeySchema,
      z.strictObject({
        /** `"stub"`: no external routes; `"nssa"`: none but its own. */
        type: z.enum(['stub', 'nssa']),
        /** No routes of other areas either, but a default one by its border routers. With `"stub"` only. @default false */
        noSummary: z.boolean().default(false),
      }),
    )
    .default({}),
  /** The cost of links without one. FRR's own would depend on what speed an interface happens to tell. @default 10 */
  cost: z.number().int().min(1).max(65535).default(10),
  /** The bandwidth in Mbit/s whose cost is 1: a link with a `bandwidth` costs so many times less than this. @default 100000 */
  referenceBandwidth: z.number().int().min(1).max(4294967).default(100000),
  /**
   * What neighbours prove themselves with, a secret of at most 16 characters: MD5 digests in OSPFv2 (RFC 2328), HMAC-SHA-256 in
   * OSPFv3 (RFC 7166). A link's own `password` goes before it. @default none
   */
  password: opaque<pulumi.Input<string>>(),
  /**
   * Whether OSPFv3 proves itself by passwords too. FRR 8.4 (Debian 12) and FRR 10.3 (Debian 13) do not understand each other's
   * digests: false where both are neighbours. @default true
   */
  ospf6Authentication: z.boolean().default(true),
});

/** OSPF's policy with its defaults. */
export type OspfPolicy = z.output<typeof ospfPolicySchema>;
