export { FrrConfig, type FrrConfigArgs } from './frr-config';
export type { ConnectionArgs } from './host-resource';
export { HostRootfs, type HostRootfsArgs } from './host-rootfs';
export { HostRuntime, type HostRuntimeArgs } from './host-runtime';
export { Link } from './link';
export type { LinkArgs, LinkEndArgs } from './link-args';
export { Machine, type MachineArgs } from './machine';
export { NspawnConfig, type NspawnConfigArgs } from './nspawn-config';
export { Router } from './router';
export type { RouterArgs } from './router-args';
export { RoutingCheck, type RoutingCheckArgs } from './routing-check';
export { Topology } from './topology';
export { formatPlan } from './topology/format';
export { formatGraph, type GraphLanguage } from './topology/graph';
export type { SegmentLinks } from './topology/link-resources';
export { planTopology, TopologyProblems } from './topology/plan';
export type {
  PlannedEnd,
  PlannedHost,
  PlannedLink,
  PlannedRouter,
  PlannedSegment,
  PlannedSegmentEnd,
  PlannedTunnel,
  TopologyPlan,
} from './topology/planned';
export { formatReport, type Report } from './topology/reports';
export type { TopologyArgs } from './topology/schema';
export type { SessionArgs } from './topology/session-schema';
export type { TableStyle } from './topology/table';
export { TunnelPeering, type TunnelPeeringArgs } from './tunnel-peering';
export { VethPeering, type VethPeeringArgs } from './veth-peering';
