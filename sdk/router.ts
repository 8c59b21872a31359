import * as pulumi from '@pulumi/pulumi';
import { dependencies } from './dependencies';
import { drained } from './drained';
import { FrrConfig } from './frr-config';
import type { ConnectionArgs } from './host-resource';
import { HostRootfs } from './host-rootfs';
import { Machine } from './machine';
import { NspawnConfig, type NspawnConfigArgs } from './nspawn-config';
import type { RouterArgs } from './router-args';

/**
 * A router: a rootfs on the host's `/usr`, the settings of its machine, its FRR configuration, and the machine. The configuration
 * is there before the first start; its later changes are applied to the running router, and restart nothing.
 *
 * @example
 * const r1 = new Router('r1', {
 *   config: {
 *     interfaces: { lo: { addresses: ['10.255.0.1/32'] } },
 *     bgp: { asn: 65001, neighbors: { '10.0.0.0': { remoteAs: 65000 } }, ipv4: { networks: ['10.255.0.1/32'] } },
 *   },
 * });
 */
export class Router extends pulumi.ComponentResource {
  /** The machine's name, as it was given. */
  readonly name: pulumi.Input<string>;
  /** How to reach its host, as it was given. */
  readonly connection: pulumi.Input<ConnectionArgs> | undefined;
  /** Its rootfs. */
  readonly rootfs: HostRootfs;
  /** The settings of its machine. */
  readonly settings: NspawnConfig;
  /** Its FRR configuration. */
  readonly frr: FrrConfig;
  /** Its machine. */
  readonly machine: Machine;
  /** The machine's name. */
  readonly machineName: pulumi.Output<string>;
  /** `"running"` or `"stopped"`; after a refresh, as it was then. */
  readonly state: pulumi.Output<string>;
  /** Changes with its FRR configuration. */
  readonly digest: pulumi.Output<string>;

  constructor(name: string, args: RouterArgs, options: pulumi.ComponentResourceOptions = {}) {
    super('nspawn:index:Router', name, {}, options);
    const { connection, machineName = name, memoryMax = '128M', cpuQuota, daemons, verify, rollback } = args;
    const { rootfs = {}, nspawn = {}, machine = {} } = args;
    const skeleton = isSkeleton(rootfs);
    const child = (...before: pulumi.Resource[]): pulumi.CustomResourceOptions => ({
      parent: this,
      dependsOn: dependencies(options.dependsOn, ...before),
    });

    this.name = machineName;
    this.connection = connection;
    this.rootfs = new HostRootfs(name, { ...rootfs, connection, machineName }, child());
    this.settings = new NspawnConfig(
      name,
      {
        ...(skeleton ? { init: 'tini' as const } : {}),
        ...nspawn,
        connection,
        machineName: this.rootfs.machineName,
        service: serviceOf(nspawn.service, memoryMax, cpuQuota),
      },
      child(this.rootfs),
    );
    this.frr = new FrrConfig(
      name,
      {
        connection,
        machineName: this.rootfs.machineName,
        config: args.drain ? drained(name, args.config) : args.config,
        daemons,
        verify,
        rollback,
        drain: args.drain === true ? {} : args.drain || undefined,
      },
      child(this.rootfs),
    );
    const { restartTriggers, ...life } = machine;
    this.machine = new Machine(
      name,
      {
        ...life,
        connection,
        machineName: this.rootfs.machineName,
        restartTriggers: pulumi.output(restartTriggers).apply((more: string[] | undefined) => [
          this.settings.restartDigest,
          // What a skeleton's machine has of its rootfs is what was there when it started.
          ...(skeleton ? [this.rootfs.digest] : []),
          ...(more ?? []),
        ]),
      },
      child(this.settings, this.frr),
    );
    this.machineName = this.machine.machineName;
    this.state = this.machine.state;
    this.digest = this.frr.digest;
    this.registerOutputs({ machineName: this.machineName, state: this.state, digest: this.digest });
  }
}

const isSkeleton = ({ bootstrap }: NonNullable<RouterArgs['rootfs']>): boolean =>
  (bootstrap as { method?: unknown } | undefined)?.method === 'skeleton';

const serviceOf = (
  given: NspawnConfigArgs['service'],
  memoryMax: pulumi.Input<string>,
  cpuQuota: pulumi.Input<string> | undefined,
): NspawnConfigArgs['service'] => {
  const limits = { memoryMax, ...(cpuQuota === undefined ? {} : { cpuQuota }) };
  if (given === undefined) return limits;
  if (pulumi.Output.isInstance(given) || given instanceof Promise) {
    return pulumi
      .output(given)
      .apply((service) => ({ ...limits, ...service })) as NspawnConfigArgs['service'];
  }
  return { ...limits, ...given };
};
