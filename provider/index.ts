import { hostRootfs } from './host-rootfs/resource';
import { machine } from './machine/resource';
import type { Resource } from './resource';

/** Every kind of resource. */
export const resources = [hostRootfs, machine] as unknown as Resource[];
