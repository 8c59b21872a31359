import type * as pulumi from '@pulumi/pulumi';
import type { hostRootfsSchema } from '../provider/host-rootfs/schema';
import { type ArgsOf, HostResource } from './host-resource';

type RootfsArgs = ArgsOf<typeof hostRootfsSchema>;

/** Arguments of a {@link HostRootfs}. */
export type HostRootfsArgs = Omit<RootfsArgs, 'machineName'> & Partial<Pick<RootfsArgs, 'machineName'>>;

/**
 * The root file system of a machine which runs on its host's own `/usr`: well under 1 MB, made from the host's packages
 * with no download.
 *
 * @example
 * const rootfs = new HostRootfs('r1', {
 *   files: { '/etc/motd': { content: 'Router r1\n' } },
 *   units: { enable: ['systemd-networkd.service'] },
 * });
 *
 * @example
 * // Without systemd inside: tini, an init script and FRR; what the machine writes to / is volatile.
 * const small = new HostRootfs('r2', { bootstrap: { method: 'skeleton' }, files: { '/etc/frr/frr.conf': frrConf } });
 * const config = new NspawnConfig('r2', { machineName: small.machineName, init: 'tini' });
 * const machine = new Machine('r2', {
 *   machineName: small.machineName,
 *   restartTriggers: [config.restartDigest, small.digest],
 * });
 */
export class HostRootfs extends HostResource {
  /** The machine's name. */
  declare readonly machineName: pulumi.Output<string>;
  /** Where the tree is. */
  declare readonly path: pulumi.Output<string>;
  /** What the system in the tree calls itself (os-release(5)). */
  declare readonly osRelease: pulumi.Output<{ id: string; versionId: string; prettyName: string }>;
  /** Versions on the host of `packages`, and of systemd. */
  declare readonly packageVersions: pulumi.Output<Record<string, string>>;
  /** What the tree took on disk when it was made. */
  declare readonly bytes: pulumi.Output<number>;
  /** Changes when what the tree holds does. Not every change needs a restart; where it is to, give it to `restartTriggers` of the Machine. */
  declare readonly digest: pulumi.Output<string>;

  constructor(name: string, args: HostRootfsArgs = {}, options?: pulumi.CustomResourceOptions) {
    super(
      'HostRootfs',
      name,
      { ...args, machineName: args.machineName ?? name },
      ['path', 'osRelease', 'packageVersions', 'bytes', 'digest'],
      options,
    );
  }
}
