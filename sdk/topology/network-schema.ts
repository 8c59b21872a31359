import type * as pulumi from '@pulumi/pulumi';
import { z } from 'zod';
import { areaSchema } from '../../provider/frr/ospf-schema';
import { rateSchema } from '../../provider/link/rate';
import { sessionPartSchema } from './session-schema';
import { opaque } from './words';

/** What it costs to leave by an interface. */
export const metricSchema = z.number().int().min(1).max(65535);

/** What links and segments have alike. */
export const networkProperties = {
  /** Its number, from which its addresses come: 1 upwards, and within the pools. @default one that its name decides */
  id: z.number().int().min(1).optional(),
  /** Whether it has IPv4 addresses. eBGP takes IPv4 routes over IPv6 then (RFC 8950). @default `policy.ipv4` */
  ipv4: z.boolean().optional(),
  /** Whether it has IPv6 addresses. @default `policy.ipv6` */
  ipv6: z.boolean().optional(),
  /** What it costs in any direction: OSPF's cost, and the metric of its ends. @default OSPF's by `bandwidth`, or `policy.ospf.cost`; no metric */
  cost: metricSchema.optional(),
  /** Its bandwidth in Mbit/s, from which OSPF's cost comes, where no `cost` is given. It limits nothing: `rate` does. */
  bandwidth: z.number().int().min(1).max(100000).optional(),
  /** What leaves by each of its ends at most, in bits a second: `"100M"`. See VethPeering. @default none */
  rate: rateSchema.optional(),
  /** Its OSPF area. @default that of its routers; see `area` there */
  area: areaSchema.optional(),
  /** What BGP sessions over it are given, on all ends: filters, limits, timers. See FrrConfig, `bgp.neighbors`. @default `policy.bgp` */
  session: sessionPartSchema.optional(),
  /** The password of what is spoken over it: BGP's TCP MD5, OSPF's digests; a secret. @default those of `policy` */
  password: opaque<pulumi.Input<string>>(),
  /** `"down"` takes it out of service; all else stays. @default "up" */
  adminState: z.enum(['up', 'down']).default('up'),
  /** Whether BFD watches its sessions. @default `policy.bfd` */
  bfd: z.boolean().optional(),
};
