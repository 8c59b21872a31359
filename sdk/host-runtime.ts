import type * as pulumi from '@pulumi/pulumi';
import type { hostRuntimeSchema } from '../provider/host-runtime/schema';
import { type ArgsOf, HostResource } from './host-resource';

/** Arguments of a {@link HostRuntime}. */
export type HostRuntimeArgs = ArgsOf<typeof hostRuntimeSchema>;

/**
 * What a host must have before machines run on it: packages, kernel modules and sysctls. There is one for each host: that of
 * another stack is refused, unless it is taken over with `adopt`. Other resources of the host name it in `dependsOn`.
 *
 * Machines run the programs of the host's `/usr`, so an upgrade on the host reaches them when they start again. For that, give
 * `usrDigest` to them: `pulumi up --refresh` then restarts each after an upgrade. In the preview of a change of the HostRuntime
 * itself the digest is not known, since packages may come with it, and machines that have it show a possible update.
 *
 * A whole host is destroyed quickly when its resources are left to the HostRuntime: `deleteContents: true` here, and the
 * resource option `deletedWith: runtime` on the others (on a component, which its children take over from it).
 *
 * @example
 * const runtime = new HostRuntime('vps1', { connection, kernelModules: ['vrf'] });
 * const machine = new Machine('r1', {
 *   connection,
 *   machineName: rootfs.machineName,
 *   restartTriggers: [config.restartDigest, runtime.usrDigest],
 * });
 */
export class HostRuntime extends HostResource {
  /** Version of systemd, as the package has it: `252.39-1~deb12u1`. */
  declare readonly systemdVersion: pulumi.Output<string>;
  /** Version of FRRouting, as the package has it: `8.4.4-1.1~deb12u1`; undefined without FRR. */
  declare readonly frrVersion: pulumi.Output<string | undefined>;
  /** What the host is: `id`, `versionId` and `prettyName` of os-release(5). */
  declare readonly osRelease: pulumi.Output<{ id: string; versionId: string; prettyName: string }>;
  /** Release of the running kernel, as `uname -r` says. */
  declare readonly kernelVersion: pulumi.Output<string>;
  /** Memory of the host, in bytes. */
  declare readonly memoryBytes: pulumi.Output<number>;
  /**
   * Changes with the version of what runs in machines from the host's `/usr`: systemd, D-Bus, FRR, the given packages and the
   * libraries that these load.
   */
  declare readonly usrDigest: pulumi.Output<string>;

  constructor(name: string, args: HostRuntimeArgs = {}, options?: pulumi.CustomResourceOptions) {
    super(
      'HostRuntime',
      name,
      args,
      ['systemdVersion', 'frrVersion', 'osRelease', 'kernelVersion', 'memoryBytes', 'usrDigest'],
      options,
    );
  }
}
