import { familyOf } from '../address';
import { endLabel, hostMachine, type MadeEnd, type Side } from './end';
import { linkAlias, stackOf } from './identity';
import { bitsOf } from './rate';

export type AdminState = 'up' | 'down';

/** What a host has of a link; `waiting`: a machine of it does not run. */
export type LinkState = 'connected' | 'waiting' | 'down' | 'partial' | 'absent';

/** What a host is to hold of a link: both ends of a veth pair, or one end of a tunnel. */
export interface LinkPlan {
  id: string;
  owner: string;
  /** How errors name the link. */
  label: string;
  mtu: number;
  adminState: AdminState;
  ends: { side: Side; end: MadeEnd }[];
  /** Neither of these: a veth pair. */
  vxlan?: { vni: number; local: string; remote: string; port: number };
  wireguard?: WireguardPlan;
}

/** What one end of a WireGuard tunnel is to be. */
export interface WireguardPlan {
  /** The UDP port of this end's host. */
  port: number;
  /** Where the other end listens; none: it is to begin. */
  endpoint?: { address: string; port: number };
  keepaliveSeconds: number;
  /** The other end's public key; none: it is not known yet. */
  peer?: string;
  /** A change of this makes another key. */
  rekey: string;
}

/**
 * The link as the host's own script reads it (observe.sh): a word and its values a line. A script of one release reads
 * what others wrote: this may grow, and words that it does not know are skipped.
 */
export const linkData = ({ id, owner, mtu, adminState, ends, vxlan, wireguard }: LinkPlan): string =>
  [
    `id ${id}`,
    `mtu ${mtu}`,
    ...(adminState === 'down' ? ['admin down'] : []),
    ...(vxlan ? [`vxlan ${vxlan.vni} ${vxlan.local} ${vxlan.remote} ${vxlan.port}`] : []),
    ...(wireguard ? [`wireguard ${wireguardWords(wireguard)}`] : []),
    ...ends.flatMap(({ side, end }) => [
      `end ${side} ${end.machineName ?? hostMachine} ${end.interface} ${end.mac ?? '-'} ${end.addresses ? 'only' : 'any'}`,
      ...(end.addresses ?? []).map((address) => `address ${side} ${address}`),
      ...(end.metric === undefined ? [] : [`metric ${side} ${end.metric}`]),
      ...(end.linkLocal ? [`local ${side} ${end.linkLocal}`] : []),
      ...(end.rate === undefined ? [] : [`rate ${side} ${bitsOf(end.rate)}`]),
      ...(end.bridge === undefined ? [] : [`bridge ${side} ${end.bridge} ${stackOf(owner)}`]),
    ]),
    `alias ${linkAlias(owner, id)}`,
    '',
  ].join('\n');

const wireguardWords = ({ port, endpoint, keepaliveSeconds, peer = '-' }: WireguardPlan) =>
  [port, endpoint ? socketText(endpoint) : '-', keepaliveSeconds, peer].join(' ');

// As wg(8) has it.
const socketText = ({ address, port }: { address: string; port: number }) =>
  familyOf(address) === 4 ? `${address}:${port}` : `[${address}]:${port}`;

/**
 * What keeps networkd (systemd.network(5)) and NetworkManager (NetworkManager.conf(5)) away from a link's ends on the
 * host itself. In machines nothing is needed: the ends never show on the host.
 */
export const unmanaged = ({
  id,
  ends,
}: LinkPlan): { networkd: string; networkManager: string } | undefined => {
  const names = ends
    .filter(({ end }) => end.machineName === undefined)
    .flatMap(({ side, end }) => [end.interface, temporaryName(id, side)]);
  if (names.length === 0) return undefined;
  return {
    networkd: `[Match]\nName=${names.join(' ')}\n\n[Link]\nUnmanaged=yes\n`,
    networkManager: `[keyfile]\nunmanaged-devices+=${names.map((name) => `interface-name:=${name}`).join(';')}\n`,
  };
};

// As in observe.sh: what an end is called until it is marked as ours.
const temporaryName = (id: string, side: Side) => `pn${id.slice(0, 12)}${side}`;

/** How errors name a link. */
export const linkLabel = (a: MadeEnd, b: MadeEnd): string => `${endLabel(a)} to ${endLabel(b)}`;
