import * as pulumi from '@pulumi/pulumi';
import type { MadeTunnelEnd } from '../provider/tunnel-peering/end';
import type { tunnelPeeringSchema } from '../provider/tunnel-peering/schema';
import { type ArgsOf, type ConnectionArgs, HostResource, sealed } from './host-resource';

/** Arguments of a {@link TunnelPeering}. */
export type TunnelPeeringArgs = Omit<ArgsOf<typeof tunnelPeeringSchema>, 'connection'>;

/**
 * A tunnel between two machines on two hosts, or a machine and another host: one resource, which makes both ends. It
 * comes back by itself when a machine restarts or a host reboots. Over VXLAN frames travel in UDP, not encrypted;
 * `kind: 'wireguard'` encrypts. A WireGuard end has no MAC address, and a link-local address of its own.
 *
 * @example
 * const tunnel = new TunnelPeering('r1-r2', {
 *   a: { connection: paris, machineName: 'r1', interface: 'eth1', addresses: ['10.0.0.0/31'], underlay: '192.0.2.1' },
 *   b: { connection: tokyo, machineName: 'r2', interface: 'eth1', addresses: ['10.0.0.1/31'], underlay: '198.51.100.1' },
 * });
 */
export class TunnelPeering extends HostResource {
  /** The end `a` as made, with its MAC address; after a refresh, as it was then. */
  declare readonly a: pulumi.Output<MadeTunnelEnd>;
  /** The end `b`, likewise. */
  declare readonly b: pulumi.Output<MadeTunnelEnd>;
  /** The VXLAN network identifier; none with WireGuard. */
  declare readonly vni: pulumi.Output<number | undefined>;
  /** With WireGuard, the public keys of both ends. The private ones stay on their hosts. */
  declare readonly publicKeys: pulumi.Output<{ a: string; b: string } | undefined>;
  /** The MTU of both ends, in bytes. */
  declare readonly mtu: pulumi.Output<number>;
  /** The link's id. */
  declare readonly linkId: pulumi.Output<string>;
  /**
   * As asked for, whenever the machines run: `"connected"`, or `"down"` by `adminState`. After a refresh, what has become
   * of it: either of these (an end was set down or up), `"partial"` (an end, or what brings it back, is missing) or
   * `"absent"`. The next `up` mends it.
   */
  declare readonly state: pulumi.Output<string>;

  constructor(name: string, args: TunnelPeeringArgs, options?: pulumi.CustomResourceOptions) {
    const inputs = { ...args, a: sealedEnd(args.a), b: sealedEnd(args.b) };
    super('TunnelPeering', name, inputs, ['vni', 'mtu', 'linkId', 'state', 'publicKeys'], options);
  }
}

const sealedEnd = (end: TunnelPeeringArgs['a']): unknown => {
  // What is inside an output cannot be sealed apart; the whole is.
  if (pulumi.Output.isInstance(end) || end instanceof Promise) return pulumi.secret(end);
  const { connection, ...rest } = end as { connection?: pulumi.Input<ConnectionArgs> };
  return { ...rest, connection: sealed(connection) };
};
