import * as pulumi from '@pulumi/pulumi';
import type { routingCheckSchema } from '../provider/routing-check/schema';
import { type ArgsOf, type ConnectionArgs, HostResource, sealed } from './host-resource';

/** Arguments of a {@link RoutingCheck}. */
export type RoutingCheckArgs = ArgsOf<typeof routingCheckSchema>;

/**
 * The routing sessions and routes that must be there. It waits for them when it is made and when something of it changes
 * (`triggers`), fails with a line for each that did not come up, and `pulumi refresh` shows those that went down since,
 * which the next `up` waits for again.
 *
 * @example
 * new RoutingCheck('core', {
 *   routers: [
 *     { connection: paris, machineName: 'r1', bgp: { neighbors: ['10.0.0.1'] }, prefixes: ['192.0.2.0/24'] },
 *     { connection: tokyo, machineName: 'r2', ospf: { count: 2 } },
 *   ],
 *   triggers: [r1.digest, r2.digest],
 * }, { dependsOn: [link] });
 */
export class RoutingCheck extends HostResource {
  /** Router → session or route → `"up"`, as it must be; after a refresh, what each was then. */
  declare readonly sessions: pulumi.Output<Record<string, Record<string, string>>>;

  constructor(name: string, args: RoutingCheckArgs, options?: pulumi.CustomResourceOptions) {
    super('RoutingCheck', name, { ...args, routers: sealedRouters(args.routers) }, ['sessions'], options);
  }
}

const sealedRouters = (routers: RoutingCheckArgs['routers']): unknown =>
  Array.isArray(routers) ? routers.map(sealedRouter) : pulumi.secret(routers);

// What is inside an output cannot be sealed apart; the whole is.
const sealedRouter = (router: unknown): unknown => {
  if (pulumi.Output.isInstance(router) || router instanceof Promise) return pulumi.secret(router);
  const { connection, ...rest } = router as { connection?: ConnectionArgs };
  return connection === undefined ? rest : { ...rest, connection: sealed(connection) };
};
