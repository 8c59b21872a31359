import { hostRootfs } from './host-rootfs/resource';
import { machine } from './machine/resource';
import { nspawnConfig } from './nspawn-config/resource';
import type { Resource } from './resource';
import { vethPeering } from './veth-peering/resource';

/** Every kind of resource. */
export const resources = [hostRootfs, machine, nspawnConfig, vethPeering] as unknown as Resource[];
