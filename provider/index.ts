import { hostRootfs } from './host-rootfs/resource';
import { machine } from './machine/resource';
import type { Resource } from './resource';
import { vethPeering } from './veth-peering/resource';

/** Every kind of resource. */
export const resources = [hostRootfs, machine, vethPeering] as unknown as Resource[];
