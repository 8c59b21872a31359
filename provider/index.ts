import { frrConfig } from './frr-config/resource';
import { hostRootfs } from './host-rootfs/resource';
import { hostRuntime } from './host-runtime/resource';
import { machine } from './machine/resource';
import { nspawnConfig } from './nspawn-config/resource';
import type { Resource } from './resource';
import { routingCheck } from './routing-check/resource';
import { tunnelPeering } from './tunnel-peering/resource';
import { vethPeering } from './veth-peering/resource';

/** Every kind of resource. */
export const resources = [
  frrConfig,
  hostRootfs,
  hostRuntime,
  machine,
  nspawnConfig,
  routingCheck,
  tunnelPeering,
  vethPeering,
] as unknown as Resource[];
