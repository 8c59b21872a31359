import { z } from 'zod';
import { machineNameSchema } from '../names';
import { commonInputs } from '../resource';

const unitName = z
  .string()
  .max(255)
  .regex(/^[A-Za-z0-9:_.\\-]+(@[A-Za-z0-9:_.\\-]*)?\.(service|socket|target|timer|mount|path|device)$/, {
    error: 'accepted is a unit name with its suffix, such as "frr.service"',
  });

const commandSchema = z
  .array(
    z.string().refine((text) => !text.includes('\0') && Buffer.byteLength(text) <= 4096, {
      error: 'accepted is a text of at most 4096 bytes without NUL',
    }),
  )
  .min(1)
  .max(64)
  .refine(([program]) => program !== '', { error: 'accepted is a program and its arguments' });

const restartSchema = z.strictObject({
  /** One after the other, each waited for until it is up, or all at once. @default "rolling" */
  strategy: z.enum(['rolling', 'parallel']).optional(),
  /** How many may restart at the same time, with "rolling". @default 1 */
  batchSize: z.number().int().min(1).max(64).optional(),
  /**
   * Among which machines: those of the stack, on whichever host, or those of its host. On one host, those of other stacks take
   * their turns with them in any case. @default "stack"
   */
  scope: z.enum(['stack', 'host']).optional(),
  /**
   * Whether a machine restarts which a refresh has found to run files of the host's `/usr` that an upgrade has replaced since:
   * `pulumi up --refresh` after an `apt upgrade`. @default true
   */
  staleBinaries: z.boolean().optional(),
});

/** Each with its key in a unit file; `restart`, and how often. */
const restartPolicySchema = z.strictObject({
  /** `Restart=`: when it starts again. A machine that was stopped by `machinectl poweroff` ended in order. */
  restart: z.enum(['no', 'always', 'on-success', 'on-failure', 'on-abnormal', 'on-abort', 'on-watchdog']),
  /** `RestartSec=`: seconds to wait before. @default 0.1 */
  restartSeconds: z.number().min(0).max(86400).optional(),
  /** `StartLimitIntervalSec=`: seconds within which it may start `startLimitBurst` times before it is given up; 0: never. @default 10 */
  startLimitIntervalSeconds: z.number().min(0).max(86400).optional(),
  /** `StartLimitBurst=`. @default 5 */
  startLimitBurst: z.number().int().min(1).max(1000000).optional(),
});

/** What systemd does when a machine ends by itself. */
export type RestartPolicy = z.output<typeof restartPolicySchema>;

/** The life of a machine: whether it runs, whether it starts at boot, and when it counts as up. */
export const machineSchema = z.strictObject({
  ...commonInputs,
  /** The machine's name. Its rootfs and its .nspawn file have the same. */
  machineName: machineNameSchema,
  /** Whether it is to run. @default true */
  running: z.boolean().default(true),
  /** Whether it starts when the host boots (its unit, and machines.target). @default true */
  enabled: z.boolean().default(true),
  /**
   * Texts whose change restarts the machine, once: give `config.restartDigest` of its NspawnConfig. With any, it also restarts
   * when it turns out, at a refresh, that it was started with other settings than these: when somebody edited its files,
   * restarted it, and they have been repaired since.
   */
  restartTriggers: z.array(z.string()).optional(),
  /** How machines that have to restart do. A first start waits for nobody. @default one after the other, each until it is up */
  restart: restartSchema.optional(),
  /**
   * Takes traffic away before the machine stops, restarts or is deleted, where FRR runs in it: `bgp graceful-shutdown` in each
   * `router bgp`, `max-metric router-lsa administrative` in OSPF and `stub-router administrative` in OSPFv3, all of which its
   * next start has forgotten. Neighbours must honour them: for BGP, as RFC 8326 says (FRR does). @default not drained
   */
  drain: z
    .strictObject({
      /**
       * How long traffic may take to go elsewhere, in seconds. It is over sooner once the machine has forwarded nothing for
       * three seconds (with OSPF, whose routers may have to wait 5 seconds before they tell: not before 9), or at once when it
       * has no session to a neighbour. What still flows after it is cut. @default 10
       */
      timeoutSeconds: z.number().int().min(1).max(600).optional(),
    })
    .optional(),
  /** What systemd does by itself when the machine ends without being asked to: systemd.service(5). @default nothing */
  restartPolicy: restartPolicySchema.optional(),
  /**
   * When it counts as up. @default its boot has finished and no unit in it has failed, within 90 seconds; without systemd
   * in it (bootstrap.method "skeleton"), its init script has said that it is up
   */
  waitFor: z
    .strictObject({
      /** Units in the machine that must be active, in place of all of them. */
      units: z.array(unitName).optional(),
      /**
       * A program in the machine and its arguments, run again and again, after the units are there, until it ends with 0:
       * `['vtysh', '-c', 'show bgp summary established']`. No shell reads it. What it is given can be seen in the host's
       * list of processes.
       */
      command: commandSchema.optional(),
      /** How long to wait, in seconds. @default 90 */
      timeoutSeconds: z.number().int().min(1).max(3600).optional(),
    })
    .optional(),
  /** How long an orderly stop may take, in seconds, before the machine is killed. @default 30 */
  stopTimeoutSeconds: z.number().int().min(1).max(3600).default(30),
  /** Take over a machine of this name that runs already and is not managed. @default false */
  adopt: z.boolean().optional(),
});

/** Checked inputs of a machine. */
export type MachineInputs = z.output<typeof machineSchema>;
