import { z } from 'zod';
import { sessionPartSchema } from './session-schema';

/** What BGP sessions are given by what they are between: route maps, limits, timers … as a neighbour of a FrrConfig has them. */
export const bgpPolicySchema = z.strictObject({
  /**
   * Sessions between ASes of the topology: `{ ipv4: { maximumPrefix: 1000, routeMapIn: 'FROM-OTHERS' } }`, as FrrConfig has them
   * in `bgp.neighbors`. What is given for a family counts where the session has it.
   */
  external: sessionPartSchema.optional(),
  /** Sessions inside an AS, between loopbacks. */
  internal: sessionPartSchema.optional(),
  /** Sessions with what is no router of the topology: with the FRR of a host, say. */
  outside: sessionPartSchema.optional(),
});
