export type { ConnectionArgs } from './host-resource';
export { Machine, type MachineArgs } from './machine';
