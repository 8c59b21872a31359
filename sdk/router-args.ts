import type * as pulumi from '@pulumi/pulumi';
import type { z } from 'zod';
import type { frrConfiguration } from '../provider/frr/schema';
import type { FrrConfigArgs } from './frr-config';
import type { ConnectionArgs, Inputs } from './host-resource';
import type { HostRootfsArgs } from './host-rootfs';
import type { MachineArgs } from './machine';
import type { NspawnConfigArgs } from './nspawn-config';

/** What FRR does on a router: typed, or FRR's own text. */
export type RouterConfiguration = FrrConfigArgs['config'];

/** What is added to a configuration: any part of a typed one, or FRR's own text. */
export type ConfigurationPart = pulumi.Input<string | Part<Inputs<z.input<typeof frrConfiguration>>>>;

type Part<T> = T extends unknown[] ? T : T extends object ? { [K in keyof T]?: Part<T[K]> } : T;

/** Arguments of a Router. */
export interface RouterArgs {
  /** The host; none: the machine that runs Pulumi. */
  connection?: pulumi.Input<ConnectionArgs>;
  /** What FRR does: typed, or FRR's own text. See FrrConfig. */
  config: RouterConfiguration;
  /** The machine's name. @default the router's */
  machineName?: pulumi.Input<string>;
  /** The most memory that it may take: `MemoryMax=`. @default "128M" */
  memoryMax?: pulumi.Input<string>;
  /** The most of a CPU that it may take: `CPUQuota=`. @default "50%" */
  cpuQuota?: pulumi.Input<string>;
  /** FRR's daemons. @default worked out from `config` */
  daemons?: FrrConfigArgs['daemons'];
  /** What must be so after a change of `config`; otherwise the host takes it back. See FrrConfig. */
  verify?: FrrConfigArgs['verify'];
  /** Whether a change that fails is taken back. @default true */
  rollback?: FrrConfigArgs['rollback'];
  /**
   * Lead traffic around it, live: BGP's graceful shutdown (RFC 8326), the highest OSPF cost on all links (RFC 6987), and OSPFv3's
   * stub router. The change is over when the machine has forwarded nothing for three seconds: then it can be stopped. Its own
   * addresses stay reached. Only with a typed `config`. @default false
   */
  drain?:
    | boolean
    | {
        /** How long traffic may take to go elsewhere, in seconds. @default 30 */
        timeoutSeconds?: pulumi.Input<number>;
      };
  /** Further arguments of its HostRootfs: `files`, `units`, `packages`, `bootstrap` … */
  rootfs?: Omit<HostRootfsArgs, 'connection' | 'machineName'>;
  /** Further arguments of its NspawnConfig: `exec`, `files`, `network`, `service` … */
  nspawn?: Omit<NspawnConfigArgs, 'connection' | 'machineName'>;
  /** Further arguments of its Machine: `waitFor`, `restart` …; more `restartTriggers` come beside its own. */
  machine?: Omit<MachineArgs, 'connection' | 'machineName'>;
}
