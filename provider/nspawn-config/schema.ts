import { z } from 'zod';
import { machineNameSchema } from '../names';
import { commonInputs } from '../resource';
import { execSchema, filesSchema, networkSchema } from '../systemd/nspawn-options';
import { serviceSchema } from '../systemd/resource-control';

/** How a machine is run: its .nspawn file and the drop-in of its unit. What a program gives replaces the default. */
export const nspawnConfigSchema = z.strictObject({
  ...commonInputs,
  /** The machine's name. Its rootfs has the same. */
  machineName: machineNameSchema,
  /**
   * What the machine starts with: its systemd; or tini and the `/init.sh` of a rootfs of bootstrap.method "skeleton", with
   * what it writes to `/` volatile. It changes defaults only: `exec.boot`, `exec.parameters`, `exec.killSignal`,
   * `exec.notifyReady` and `files.volatile`. @default "systemd"
   */
  init: z.enum(['systemd', 'tini']).optional(),
  /** `[Exec]`: what runs, and with which rights. systemd.nspawn(5) */
  exec: execSchema.optional(),
  /** `[Files]`: what of the host is in there. systemd.nspawn(5) */
  files: filesSchema.optional(),
  /** `[Network]`: what links it has from its start. systemd.nspawn(5) */
  network: networkSchema.optional(),
  /** `[Service]` of its unit: limits, which take effect at once, and other settings. systemd.resource-control(5) */
  service: serviceSchema.optional(),
  /** Take over files of this machine that are there already and are not managed: they are overwritten. @default false */
  adopt: z.boolean().optional(),
});

/** Checked inputs of an NspawnConfig. */
export type NspawnConfigInputs = z.output<typeof nspawnConfigSchema>;
