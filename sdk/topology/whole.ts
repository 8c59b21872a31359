import type { Areas } from './areas';
import type { DeclaredNetwork } from './declared-networks';
import type { Network } from './ends';
import type { Protocols } from './protocols';
import type { Identity } from './routers';
import type { TopologySettings } from './schema';

/** What all configurations of a topology are made from. */
export interface Whole {
  settings: TopologySettings;
  /** Links and segments, by their names. */
  declared: ReadonlyMap<string, DeclaredNetwork>;
  identities: ReadonlyMap<string, Identity>;
  networks: Network[];
  protocols: Protocols;
  areas: Areas;
}
