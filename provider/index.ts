import { hostRootfs } from './host-rootfs/resource';
import { hostRuntime } from './host-runtime/resource';
import { machine } from './machine/resource';
import { nspawnConfig } from './nspawn-config/resource';
import type { Resource } from './resource';
import { tunnelPeering } from './tunnel-peering/resource';
import { vethPeering } from './veth-peering/resource';

/** Every kind of resource. */
export const resources = [
  hostRootfs,
  hostRuntime,
  machine,
  nspawnConfig,
  tunnelPeering,
  vethPeering,
] as unknown as Resource[];
