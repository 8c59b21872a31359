export { FrrConfig, type FrrConfigArgs } from './frr-config';
export type { ConnectionArgs } from './host-resource';
export { HostRootfs, type HostRootfsArgs } from './host-rootfs';
export { HostRuntime, type HostRuntimeArgs } from './host-runtime';
export { Link } from './link';
export type { LinkArgs, LinkEndArgs } from './link-args';
export { Machine, type MachineArgs } from './machine';
export { NspawnConfig, type NspawnConfigArgs } from './nspawn-config';
export type { RouterArgs } from './router-args';
export { formatPlan } from './topology/format';
export {
  type PlannedEnd,
  type PlannedHost,
  type PlannedLink,
  type PlannedRouter,
  planTopology,
  type TopologyPlan,
  TopologyProblems,
} from './topology/plan';
export type { TopologyArgs } from './topology/schema';
export { TunnelPeering, type TunnelPeeringArgs } from './tunnel-peering';
export { VethPeering, type VethPeeringArgs } from './veth-peering';
