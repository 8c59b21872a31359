import { sessionFor } from '../host/pool';
import type { HostSession } from '../host/session';
import { together } from '../host/together';
import { type Side, sides } from '../link/end';
import { linkId } from '../link/identity';
import { type LinkPlan, linkLabel } from '../link/plan';
import type { MadeTunnelEnd } from './end';
import type { TunnelPeeringInputs } from './schema';

/** A tunnel's inputs, completed. */
export type TunnelInputs = TunnelPeeringInputs & Record<string, unknown>;

/** The public keys of the ends of a WireGuard tunnel, as far as they are known. */
export type PublicKeys = Partial<Record<Side, string>>;

/**
 * Both hosts at once. Where one fails, the other still becomes what it is to be, and the next run repairs the rest.
 */
export const onBoth = async <T>(
  inputs: TunnelInputs,
  keys: PublicKeys,
  act: (host: HostSession, plan: LinkPlan, side: Side) => Promise<T>,
): Promise<[T, T]> => {
  const work = sides.map((side) => {
    const { connection } = inputs[side] as MadeTunnelEnd;
    return act(sessionFor(connection), tunnelPlan(inputs, keys, side), side);
  });
  return (await together(work)) as [T, T];
};

/** What one of the two hosts is to hold. Each end has an id of its own, should both ever be on one host. */
export const tunnelPlan = (inputs: TunnelInputs, keys: PublicKeys, side: Side): LinkPlan => {
  const [a, b] = [inputs.a, inputs.b] as [MadeTunnelEnd, MadeTunnelEnd];
  const [near, far] = side === 'a' ? [a, b] : [b, a];
  const peer = keys[side === 'a' ? 'b' : 'a'];
  return {
    id: linkId(`tunnel ${side}`, inputs),
    owner: inputs.owner,
    label: linkLabel(a, b),
    mtu: inputs.mtu as number,
    adminState: inputs.adminState,
    ends: [{ side, end: near }],
    ...(inputs.kind === 'wireguard'
      ? { wireguard: wireguardPlan(inputs, near, far, peer) }
      : {
          vxlan: {
            vni: inputs.vni as number,
            local: near.underlay as string,
            remote: far.underlay as string,
            port: inputs.port ?? 14789,
          },
        }),
  };
};

const wireguardPlan = (
  { persistentKeepalive, rekey = '' }: TunnelInputs,
  near: MadeTunnelEnd,
  far: MadeTunnelEnd,
  peer: string | undefined,
): LinkPlan['wireguard'] => ({
  port: near.port as number,
  ...(far.underlay ? { endpoint: { address: far.underlay, port: far.port as number } } : {}),
  // Who cannot be reached keeps the way open; 25 s is less than NAT remembers UDP for (wg(8)).
  keepaliveSeconds: far.underlay ? (persistentKeepalive ?? (near.underlay ? 0 : 25)) : 0,
  ...(peer ? { peer } : {}),
  rekey,
});
