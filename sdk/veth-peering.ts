import type * as pulumi from '@pulumi/pulumi';
import type { MadeEnd } from '../provider/link/end';
import type { vethPeeringSchema } from '../provider/veth-peering/schema';
import { type ArgsOf, HostResource } from './host-resource';

/** Arguments of a {@link VethPeering}. */
export type VethPeeringArgs = ArgsOf<typeof vethPeeringSchema>;

/**
 * A veth pair between two machines of one host, or between a machine and the host. It is plugged into running machines,
 * and comes back by itself when one of them restarts or the host reboots. Machines that do not run yet get it when they
 * start; none is started or held up for it.
 *
 * @example
 * const link = new VethPeering('r1-r2', {
 *   a: { machineName: r1.machineName, interface: 'eth1', addresses: ['10.0.0.0/31'] },
 *   b: { machineName: r2.machineName, interface: 'eth1', addresses: ['10.0.0.1/31'] },
 * });
 */
export class VethPeering extends HostResource {
  /** The end `a` as made, with its MAC address; after a refresh, as it was then. */
  declare readonly a: pulumi.Output<MadeEnd>;
  /** The end `b`, likewise. */
  declare readonly b: pulumi.Output<MadeEnd>;
  /** The link's id on the host: the last word of its interfaces' alias (`ip link`). */
  declare readonly linkId: pulumi.Output<string>;
  /**
   * As asked for, whenever the machines run: `"connected"`, or `"down"` by `adminState`. After a refresh, what has become
   * of it: either of these (an end was set down or up), `"partial"` (an end, or what brings the link back, is missing) or
   * `"absent"`. The next `up` mends it.
   */
  declare readonly state: pulumi.Output<string>;

  constructor(name: string, args: VethPeeringArgs, options?: pulumi.CustomResourceOptions) {
    super('VethPeering', name, args, ['linkId', 'state'], options);
  }
}
