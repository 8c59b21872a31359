export type { ConnectionArgs } from './host-resource';
export { HostRootfs, type HostRootfsArgs } from './host-rootfs';
export { HostRuntime, type HostRuntimeArgs } from './host-runtime';
export { Machine, type MachineArgs } from './machine';
export { NspawnConfig, type NspawnConfigArgs } from './nspawn-config';
export { TunnelPeering, type TunnelPeeringArgs } from './tunnel-peering';
export { VethPeering, type VethPeeringArgs } from './veth-peering';
