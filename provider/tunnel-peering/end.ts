import type { Connection } from '../host/connection';
import type { MadeEnd } from '../link/end';

/** A tunnel's end as `check` completes it. */
export interface MadeTunnelEnd extends MadeEnd {
  connection?: Connection;
  underlay: string;
}
