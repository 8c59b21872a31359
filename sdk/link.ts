import * as pulumi from '@pulumi/pulumi';
import type { MadeEnd } from '../provider/link/end';
import { dependencies } from './dependencies';
import type { ConnectionArgs } from './host-resource';
import type { LinkArgs, LinkEndArgs } from './link-args';
import { interfaceName } from './topology/interface-name';
import { TunnelPeering, type TunnelPeeringArgs } from './tunnel-peering';
import { VethPeering, type VethPeeringArgs } from './veth-peering';

type VethEndArgs = pulumi.Unwrap<VethPeeringArgs['a']>;

/**
 * A link between two routers, wherever they are: a {@link VethPeering} on one host, a {@link TunnelPeering} between two.
 *
 * @example
 * const link = new Link('r1-r2', {
 *   a: { router: r1, addresses: ['10.0.0.0/31'] },
 *   b: { router: r2, addresses: ['10.0.0.1/31'] },
 * });
 */
export class Link extends pulumi.ComponentResource {
  /** What it is made of. */
  readonly peering: VethPeering | TunnelPeering;
  /** The end `a` as made. */
  readonly a: pulumi.Output<MadeEnd>;
  /** The end `b`, likewise. */
  readonly b: pulumi.Output<MadeEnd>;
  /** `"connected"`; after a refresh, what has become of it: `"down"`, `"partial"` or `"absent"`. */
  readonly state: pulumi.Output<string>;

  constructor(name: string, args: LinkArgs, options: pulumi.ComponentResourceOptions = {}) {
    super('nspawn:index:Link', name, {}, options);
    const { mtu, adminState, tunnel } = args;
    const [a, b] = [resolved(args.a), resolved(args.b)];
    const shared = { mtu, adminState };
    const children: pulumi.CustomResourceOptions = {
      parent: this,
      dependsOn: dependencies(options.dependsOn, args.a.router?.machine, args.b.router?.machine),
    };
    this.peering = onOneHost(name, a, b)
      ? new VethPeering(
          name,
          { connection: a.connection, a: vethEnd(name, a, b), b: vethEnd(name, b, a), ...shared },
          children,
        )
      : new TunnelPeering(
          name,
          { ...tunnel, a: tunnelEnd(name, a, b), b: tunnelEnd(name, b, a), ...shared },
          children,
        );
    this.a = this.peering.a;
    this.b = this.peering.b;
    this.state = this.peering.state;
    this.registerOutputs({ a: this.a, b: this.b, state: this.state });
  }
}

/** An end that says all itself. */
type ResolvedEnd = Omit<LinkEndArgs, 'router'>;

const resolved = ({ router, ...end }: LinkEndArgs): ResolvedEnd =>
  router === undefined
    ? end
    : {
        ...end,
        machineName: end.machineName ?? router.name,
        connection: end.connection ?? router.connection,
      };

const onOneHost = (
  name: string,
  { host: one, connection: a }: ResolvedEnd,
  { host: other, connection: b }: ResolvedEnd,
) => {
  if (one !== undefined && other !== undefined) return one === other;
  if (a === b) return true;
  if (a === undefined || b === undefined) return false;
  const [placeOfA, placeOfB] = [placeOf(a), placeOf(b)];
  if (placeOfA !== undefined && placeOfB !== undefined) return placeOfA === placeOfB;
  throw new pulumi.RunError(
    `Link ${JSON.stringify(name)}: its ends' connections are not known yet, so nobody can tell whether they are one host. Give each end \`host\`: a name for its host.`,
  );
};

// Where a connection leads, as far as that is known before anything is made.
const placeOf = (connection: pulumi.Input<ConnectionArgs>): string | undefined => {
  const { host, port = 22, proxy } = connection as Record<string, unknown>;
  const { host: through = '' } = (proxy ?? {}) as Record<string, unknown>;
  const parts = [host, port, through];
  return parts.every((part) => ['string', 'number'].includes(typeof part))
    ? JSON.stringify(parts)
    : undefined;
};

const vethEnd = (name: string, end: ResolvedEnd, peer: ResolvedEnd): VethEndArgs => {
  const { machineName, interface: given, addresses, metric, mac, bridge, rate } = end;
  return {
    machineName,
    interface: given ?? defaultInterface(name, peer),
    addresses,
    metric,
    mac,
    bridge,
    rate,
  } as VethEndArgs;
};

// WireGuard needs the address of one host only; which of the two must have one, the peering says.
const tunnelEnd = (name: string, end: ResolvedEnd, peer: ResolvedEnd): TunnelPeeringArgs['a'] => {
  if (end.underlay === undefined && peer.underlay === undefined) {
    throw new pulumi.RunError(
      `Link ${JSON.stringify(name)}: its ends are on two hosts, and there is no \`underlay\`. Give each end the address of its host that the other one reaches.`,
    );
  }
  const { connection, underlay } = end;
  return { ...vethEnd(name, end, peer), connection, underlay } as TunnelPeeringArgs['a'];
};

const defaultInterface = (name: string, { machineName: peer = 'host' }: ResolvedEnd): string => {
  if (typeof peer === 'string') return interfaceName({ peer });
  throw new pulumi.RunError(
    `Link ${JSON.stringify(name)}: the machine at one end is not known yet, so the other end has no name for its interface. Give both ends \`interface\`.`,
  );
};
