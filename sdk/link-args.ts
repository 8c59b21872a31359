import type * as pulumi from '@pulumi/pulumi';
import type { ConnectionArgs } from './host-resource';
import type { Machine } from './machine';
import type { TunnelPeeringArgs } from './tunnel-peering';

/** One end of a Link: a router, a machine, or with neither the host itself. */
export interface LinkEndArgs {
  /** The router; in place of `machineName` and `connection`. The link waits for its machine. */
  router?: LinkedRouter;
  /** The machine; with no router either: the host itself. */
  machineName?: pulumi.Input<string>;
  /** How to reach its host; none: the machine that runs Pulumi. @default that of the router */
  connection?: pulumi.Input<ConnectionArgs>;
  /** A name for its host: ends with the same are on one host. Needed only where the connections are outputs. @default told by the connections */
  host?: string;
  /** The interface. @default `to-` and the machine at the other end; `to-host` for the host itself */
  interface?: pulumi.Input<string>;
  /** Its addresses with prefix lengths. @default none of its own */
  addresses?: pulumi.Input<pulumi.Input<string>[]>;
  /** The metric of the routes to its subnets. @default the kernel's */
  metric?: pulumi.Input<number>;
  /** Its MAC address. @default one of its own, which never changes */
  mac?: pulumi.Input<string>;
  /** Of an end on the host itself: the bridge that it is a port of. See VethPeering. @default none */
  bridge?: pulumi.Input<string>;
  /** What leaves by it at most, in bits a second: `"100M"`. See VethPeering. @default none */
  rate?: pulumi.Input<string>;
  /** The address of its host that the other one reaches; needed between two hosts. */
  underlay?: pulumi.Input<string>;
}

/** What a link takes of a Router. */
export interface LinkedRouter {
  name: pulumi.Input<string>;
  connection: pulumi.Input<ConnectionArgs> | undefined;
  machine: Machine;
}

/** Arguments of a Link. */
export interface LinkArgs {
  /** One end. */
  a: LinkEndArgs;
  /** The other end. */
  b: LinkEndArgs;
  /** The largest packet in bytes, on both ends. @default 1500; what fits the tunnel between two hosts */
  mtu?: pulumi.Input<number>;
  /** `"down"` takes it out of service; all else stays. @default "up" */
  adminState?: pulumi.Input<'up' | 'down'>;
  /** How it gets across where its ends are on two hosts: `{ kind: 'wireguard' }`; else it has no effect. @default vxlan */
  tunnel?: Omit<TunnelPeeringArgs, 'a' | 'b' | 'mtu' | 'adminState'>;
}
