import { z } from 'zod';
import { machineNameSchema } from '../names';
import { commonInputs } from '../resource';

const unitName = z
  .string()
  .max(255)
  .regex(/^[A-Za-z0-9:_.\\-]+(@[A-Za-z0-9:_.\\-]*)?\.(service|socket|target|timer|mount|path|device)$/, {
    error: 'accepted is a unit name with its suffix, such as "frr.service"',
  });

/** The life of a machine: whether it runs, whether it starts at boot, and when it counts as up. */
export const machineSchema = z.strictObject({
  ...commonInputs,
  /** The machine's name. Its rootfs and its .nspawn file have the same. */
  machineName: machineNameSchema,
  /** Whether it is to run. @default true */
  running: z.boolean().default(true),
  /** Whether it starts when the host boots (its unit, and machines.target). @default true */
  enabled: z.boolean().default(true),
  /** Texts whose change restarts the machine, once: give `config.restartDigest` of its NspawnConfig. */
  restartTriggers: z.array(z.string()).optional(),
  /**
   * When it counts as up. @default its boot has finished and no unit in it has failed, within 90 seconds; without systemd
   * in it (bootstrap.method "skeleton"), its init script has said that it is up
   */
  waitFor: z
    .strictObject({
      /** Units in the machine that must be active, in place of all of them. */
      units: z.array(unitName).optional(),
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
