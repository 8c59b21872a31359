import { z } from 'zod';
import { optionalDaemons } from '../frr/daemons';
import { rawTextSchema } from '../frr/raw-text';
import { frrConfiguration } from '../frr/schema';
import { sessionNameSchema } from '../frr/session-name';
import { machineNameSchema } from '../names';
import { commonInputs } from '../resource';

/** The configuration of FRR in a machine, changed as a transaction. */
export const frrConfigSchema = z.strictObject({
  ...commonInputs,
  /** The machine's name. Its rootfs has the package frr; it may run or not. */
  machineName: machineNameSchema,
  /**
   * The whole configuration: FRR's own text (docs.frrouting.org), or typed. It is kept as a secret, since passwords stand in
   * it; what `text` shows of it has none.
   */
  config: z.union([rawTextSchema, frrConfiguration], {
    error: "accepted is FRR's own text, or a typed configuration",
  }),
  /** FRR's daemons that run besides zebra, staticd and mgmtd, such as "bgpd". @default worked out from `config` */
  daemons: z.array(z.enum(optionalDaemons)).optional(),
  /**
   * What must be up after a change to a machine that runs. Sessions (BGP, OSPF, BFD) that were up before always must, but
   * those that the new configuration takes away.
   */
  verify: z
    .strictObject({
      /** More sessions that must be up: addresses or router ids of neighbours, or interfaces. */
      established: z.array(sessionNameSchema).optional(),
      /**
       * Sessions that were up before and need not be after the change, by the same names; true: all of them. For what both ends
       * must change, such as a password, an AS number or a timer, where the other end is changed at another time.
       */
      mayStayDown: z
        .union([z.literal(true), z.array(sessionNameSchema)], {
          error: "accepted is true, or a list of neighbours' addresses or router ids, or interfaces",
        })
        .optional(),
      /** How long they may take, in seconds. @default 30 */
      timeoutSeconds: z.number().int().min(1).max(600).optional(),
      /** How long all of them must then stay up, in seconds. @default 2 */
      stableSeconds: z.number().int().min(0).max(600).optional(),
    })
    .optional(),
  /**
   * With a `config` that leads traffic around this machine (`gracefulShutdown` of BGP, `maxMetric` of OSPF, `stubRouter` of
   * OSPFv3): a change is over only when traffic goes elsewhere. What stays is no failure. @default a change waits for sessions
   * only
   */
  drain: z
    .strictObject({
      /**
       * How long traffic may take to go elsewhere, in seconds. It is over sooner once the machine has forwarded nothing for
       * three seconds (with OSPF, whose routers may have to wait 5 seconds before they tell: not before 9), or at once when it
       * has no session to a neighbour. @default 30
       */
      timeoutSeconds: z.number().int().min(1).max(600).optional(),
    })
    .optional(),
  /**
   * Whether a change that fails its check, or cuts this host off, is taken back: at once, or by the host itself when nobody
   * has confirmed the change 30 seconds after its check. @default true
   */
  rollback: z.boolean().default(true),
  /** Take over a configuration that is there already and is not managed. @default false */
  adopt: z.boolean().optional(),
});

/** Checked inputs of a machine's FRR configuration. */
export type FrrConfigInputs = z.output<typeof frrConfigSchema>;
