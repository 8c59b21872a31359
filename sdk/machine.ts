import type * as pulumi from '@pulumi/pulumi';
import type { machineSchema } from '../provider/machine/schema';
import { type ArgsOf, HostResource } from './host-resource';

/** Arguments of a {@link Machine}. */
export type MachineArgs = ArgsOf<typeof machineSchema>;

/**
 * The life of a systemd-nspawn machine: it runs, starts at boot, and is waited for until it is really up. It restarts
 * when a `restartTriggers` text changes, or when a refresh has found that it runs files which an upgrade of the host has
 * replaced, or settings other than declared: one machine of the stack after the other, each until it is up, unless `restart`
 * says otherwise.
 *
 * What a machine writes is kept. One that is to begin with its declared tree at each start has `exec: { ephemeral: true }` in
 * its NspawnConfig: it runs on a copy (a snapshot on btrfs), which goes when it stops.
 *
 * @example
 * const machine = new Machine('r1', {
 *   machineName: rootfs.machineName,
 *   restartTriggers: [config.restartDigest],
 * });
 */
export class Machine extends HostResource {
  /** The machine's name. */
  declare readonly machineName: pulumi.Output<string>;
  /** Its unit on the host: `systemd-nspawn@NAME.service`. */
  declare readonly unit: pulumi.Output<string>;
  /** `"running"` or `"stopped"`, as asked for; after a refresh, as it was then, `"failed"` among them. */
  declare readonly state: pulumi.Output<string>;
  /** Digest of the settings that it was started with: of its .nspawn file and drop-ins, without limits. */
  declare readonly settingsDigest: pulumi.Output<string | undefined>;
  /** Addresses of its `host0`, without prefix lengths: what `VirtualEthernet=` gave it. Links have their own. */
  declare readonly addresses: pulumi.Output<string[]>;

  constructor(name: string, args: MachineArgs, options?: pulumi.CustomResourceOptions) {
    super('Machine', name, args, ['unit', 'state', 'settingsDigest', 'addresses'], options);
  }
}
