import { z } from 'zod';
import { connectionSchema } from '../host/connection';
import { hostAddressSchema } from '../link/address';
import { endProperties, linkProperties } from '../link/end';
import { commonInputs } from '../resource';

const portSchema = z.number().int().min(1).max(65535);

const end = z.strictObject({
  /** The host of this end; none: the machine that runs Pulumi. */
  connection: connectionSchema.optional(),
  ...endProperties,
  /**
   * The host's address, IPv4 or IPv6, which the other host reaches. UDP to the port must get through to it. A WireGuard
   * tunnel needs it on one end only: a host behind NAT has none, and begins.
   */
  underlay: hostAddressSchema.optional(),
  /**
   * WireGuard only: the UDP port on this host, which no other tunnel on it has. @default the tunnel's `port`; without
   * that, one of this end's own, 20000 to 32767, which never changes
   */
  port: portSchema.optional(),
});

/**
 * A tunnel between two ends on two hosts. Over VXLAN, frames are not encrypted and, as RFC 7348 has it (section 7), not
 * authenticated: whoever can send UDP to the port can put frames on the link, so let the firewall admit the other host
 * alone. WireGuard encrypts and authenticates IP packets; it carries no other protocols (IS-IS, say).
 */
export const tunnelPeeringSchema = z.strictObject({
  ...commonInputs,
  /** One end. */
  a: end,
  /** The other end. */
  b: end,
  /**
   * How packets get across. `"wireguard"` needs the package `wireguard-tools` on both hosts, and `wireguard-go` where the
   * kernel has no WireGuard. Keys are made on the hosts; private ones never leave theirs. @default "vxlan"
   */
  kind: z.enum(['vxlan', 'wireguard']).default('vxlan'),
  /**
   * VXLAN only: the network identifier, 1 to 16777215, of which a host can have each once a port. @default a number of the
   * link's own, which never changes
   */
  vni: z.number().int().min(1).max(0xffffff).optional(),
  /**
   * UDP port on both hosts. 4789, VXLAN's own, is filtered by some clouds. @default 14789 with VXLAN; with WireGuard, each
   * end has one of its own
   */
  port: portSchema.optional(),
  /**
   * WireGuard only: how often an end that has the other's address sends something, in seconds, so that NAT and firewalls
   * keep the way open; 0: never (`PersistentKeepalive`, wg(8)). @default 25 where an end has no `underlay`, otherwise 0
   */
  persistentKeepalive: z.number().int().min(0).max(65535).optional(),
  /** WireGuard only: any text, such as a date. A change of it makes new keys on both hosts. */
  rekey: z.string().optional(),
  /**
   * The largest packet in bytes, on both ends; at least 1280 where there are IPv6 addresses. Routing protocols want the
   * same on both (OSPF stays in ExStart otherwise). @default what fits an underlay of 1500: 1450 over IPv4 and 1430 over IPv6;
   * with WireGuard 1440 and 1420
   */
  mtu: z.number().int().min(68).max(65535).optional(),
  ...linkProperties,
  /** Take over a tunnel between these two ends which another resource or stack made. @default false */
  adopt: z.boolean().optional(),
});

/** Checked inputs of a tunnel peering. */
export type TunnelPeeringInputs = z.output<typeof tunnelPeeringSchema>;
