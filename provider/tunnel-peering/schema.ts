import { z } from 'zod';
import { connectionSchema } from '../host/connection';
import { hostAddressSchema } from '../link/address';
import { endProperties, linkProperties } from '../link/end';
import { commonInputs } from '../resource';

const end = z.strictObject({
  /** The host of this end; none: the machine that runs Pulumi. */
  connection: connectionSchema.optional(),
  ...endProperties,
  /** The host's own address, IPv4 or IPv6, which the other host reaches. UDP to `port` must get through to it. */
  underlay: hostAddressSchema,
});

/**
 * A tunnel between two ends on two hosts. Frames are not encrypted and, as VXLAN has it (RFC 7348, section 7), not
 * authenticated: whoever can send UDP to the port can put frames on the link, so let the firewall admit the other
 * host alone.
 */
export const tunnelPeeringSchema = z.strictObject({
  ...commonInputs,
  /** One end. */
  a: end,
  /** The other end. */
  b: end,
  /** How frames get across. `"wireguard"` is not available yet, and refused. @default "vxlan" */
  kind: z.enum(['vxlan', 'wireguard']).default('vxlan'),
  /**
   * The VXLAN network identifier, 1 to 16777215, of which a host can have each once a port. @default a number of the
   * link's own, which never changes
   */
  vni: z.number().int().min(1).max(0xffffff).optional(),
  /** UDP port on both hosts. 4789, VXLAN's own, is filtered by some clouds. @default 14789 */
  port: z.number().int().min(1).max(65535).default(14789),
  /**
   * The largest packet in bytes, on both ends; at least 1280 where there are IPv6 addresses. Routing protocols want the
   * same on both (OSPF stays in ExStart otherwise). @default what fits an underlay of 1500: 1450 over IPv4, 1430 over IPv6
   */
  mtu: z.number().int().min(68).max(65535).optional(),
  ...linkProperties,
  /** Take over a tunnel between these two ends which another resource or stack made. @default false */
  adopt: z.boolean().optional(),
});

/** Checked inputs of a tunnel peering. */
export type TunnelPeeringInputs = z.output<typeof tunnelPeeringSchema>;
