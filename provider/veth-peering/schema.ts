import { z } from 'zod';
import { endProperties, linkProperties } from '../link/end';
import { commonInputs } from '../resource';

const end = z.strictObject(endProperties);

/** A veth pair between two ends on one host: two machines, or a machine and the host. */
export const vethPeeringSchema = z.strictObject({
  ...commonInputs,
  /** One end. At least one of the two is in a machine. */
  a: end,
  /** The other end. */
  b: end,
  /** The largest packet in bytes, on both ends; at least 1280 where there are IPv6 addresses. @default 1500 */
  mtu: z.number().int().min(68).max(65535).default(1500),
  ...linkProperties,
  /** Take over a link between these two ends which another resource or stack made. @default false */
  adopt: z.boolean().optional(),
});

/** Checked inputs of a veth peering. */
export type VethPeeringInputs = z.output<typeof vethPeeringSchema>;
