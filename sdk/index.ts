export type { ConnectionArgs } from './host-resource';
export { HostRootfs, type HostRootfsArgs } from './host-rootfs';
export { Machine, type MachineArgs } from './machine';
export { VethPeering, type VethPeeringArgs } from './veth-peering';
