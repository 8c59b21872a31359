import type * as pulumi from '@pulumi/pulumi';
import type { nspawnConfigSchema } from '../provider/nspawn-config/schema';
import { type ArgsOf, HostResource } from './host-resource';

/** Arguments of an {@link NspawnConfig}. */
export type NspawnConfigArgs = ArgsOf<typeof nspawnConfigSchema>;

/**
 * How a systemd-nspawn machine is run: `/etc/systemd/nspawn/NAME.nspawn` and a drop-in for its unit. Every option of
 * systemd.nspawn(5) is there, and every setting of `[Service]`. What is given replaces the default of that option; `[]`
 * or `false` switches one off. Limits of `service` take effect at once; all else when the machine starts again, which
 * {@link Machine} does when it is given `restartDigest`.
 *
 * @example
 * const config = new NspawnConfig('r1', {
 *   machineName: rootfs.machineName,
 *   service: { cpuQuota: '100%', memoryMax: '512M' },
 * });
 * const machine = new Machine('r1', {
 *   machineName: rootfs.machineName,
 *   restartTriggers: [config.restartDigest],
 * });
 */
export class NspawnConfig extends HostResource {
  /** The machine's name. */
  declare readonly machineName: pulumi.Output<string>;
  /** Where its .nspawn file is on the host. */
  declare readonly nspawnPath: pulumi.Output<string>;
  /** Where the drop-in of its unit is on the host. */
  declare readonly dropInPath: pulumi.Output<string>;
  /** Changes with anything in either file. */
  declare readonly digest: pulumi.Output<string>;
  /** Changes only when a change needs a restart of the machine: for `Machine.restartTriggers`. */
  declare readonly restartDigest: pulumi.Output<string>;
  /** What to know about this configuration: rights that reach the host, limits that have no effect there. */
  declare readonly warnings: pulumi.Output<string[]>;

  constructor(name: string, args: NspawnConfigArgs, options?: pulumi.CustomResourceOptions) {
    super(
      'NspawnConfig',
      name,
      args,
      ['nspawnPath', 'dropInPath', 'digest', 'restartDigest', 'warnings'],
      options,
    );
  }
}
