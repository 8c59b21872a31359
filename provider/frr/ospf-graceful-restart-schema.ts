import { z } from 'zod';
import { routerIdSchema } from './address';
import { whole } from './words';

/** What a router does when OSPF restarts while packets are still forwarded (RFC 3623, RFC 5187). */
export const ospfGracefulRestart = {
  /**
   * Keep neighbours through a restart of the daemon: `graceful-restart` (ospfd, ospf6d). One has to announce itself, by
   * `graceful-restart prepare ip ospf` (`ipv6 ospf`) in vtysh before it, and neighbours have to help. @default false
   */
  gracefulRestart: z
    .union(
      [
        z.literal(true),
        z.strictObject({
          /** Seconds that it may take, 1 to 1800: `graceful-restart grace-period N` (ospfd, ospf6d). @default 120 */
          gracePeriod: whole(1, 1800).optional(),
        }),
      ],
      { error: 'accepted is true, or { gracePeriod }' },
    )
    .optional(),
  /** Help neighbours that restart, and go on using their routes: `graceful-restart helper` (ospfd, ospf6d). @default false */
  gracefulRestartHelper: z
    .union(
      [
        z.literal(true),
        z.strictObject({
          /** Only these, by router id: `graceful-restart helper enable ID` (ospfd, ospf6d). @default all */
          routerIds: z.array(routerIdSchema).min(1).optional(),
          /**
           * Stop helping when the network changes: `graceful-restart helper strict-lsa-checking` (ospfd),
           * `lsa-check-disable` where false (ospf6d). @default true
           */
          strictLsaChecking: z.boolean().optional(),
          /** Not those that restart unannounced: `graceful-restart helper planned-only` (ospfd, ospf6d). @default false */
          plannedOnly: z.boolean().optional(),
          /** Seconds that are granted at most, 10 to 1800: `graceful-restart helper supported-grace-time N` (ospfd, ospf6d). @default 1800 */
          supportedGraceTime: whole(10, 1800).optional(),
        }),
      ],
      { error: 'accepted is true, or { routerIds, strictLsaChecking, plannedOnly, supportedGraceTime }' },
    )
    .optional(),
};
