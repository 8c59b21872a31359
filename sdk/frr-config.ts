import * as pulumi from '@pulumi/pulumi';
import type { frrConfigSchema } from '../provider/frr-config/schema';
import { type ArgsOf, HostResource } from './host-resource';

/** Arguments of an {@link FrrConfig}. */
export type FrrConfigArgs = ArgsOf<typeof frrConfigSchema>;

/**
 * The configuration of FRR in a machine: FRR's own text, or typed. Where the machine does not run it is written into its
 * rootfs, so that the first start has it. Where it runs, a change is a transaction: tried without effect (`vtysh -C`),
 * applied live by its difference, verified by the sessions that were up, confirmed, and taken back when that fails.
 *
 * @example
 * const frr = new FrrConfig('r1', {
 *   machineName: rootfs.machineName,
 *   config: {
 *     bgp: { asn: 65001, neighbors: { '10.0.0.1': { remoteAs: 65002 } }, ipv4: { networks: ['10.1.0.0/24'] } },
 *   },
 *   verify: { established: ['10.0.0.1'] },
 * });
 */
export class FrrConfig extends HostResource {
  /** The machine's name. */
  declare readonly machineName: pulumi.Output<string>;
  /** The configuration as FRR's own text, without passwords: a preview shows its change line by line. After a refresh, as it was then. */
  declare readonly text: pulumi.Output<string>;
  /** The daemons that run besides zebra, staticd and mgmtd; after a refresh, those that did. */
  declare readonly daemons: pulumi.Output<string[]>;
  /** Changes when what FRR is to run does, passwords among it. */
  declare readonly digest: pulumi.Output<string>;
  /** Whether FRR runs it: true, as asked for; false after a refresh that found something else. The next `up` mends it. */
  declare readonly applied: pulumi.Output<boolean>;

  constructor(name: string, args: FrrConfigArgs, options?: pulumi.CustomResourceOptions) {
    super(
      'FrrConfig',
      name,
      { ...args, config: pulumi.secret(args.config) },
      ['text', 'digest', 'applied'],
      options,
    );
  }
}
