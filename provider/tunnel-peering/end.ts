import type { Connection } from '../host/connection';
import { canonicalAddress } from '../link/address';
import { type MadeEnd, madeEnd, type Side, withCanonicalAddresses } from '../link/end';
import { derivedLinkLocal } from '../link/mac';
import { isRecord, isUnknown } from '../unknown';
import { derivedPort } from './port';

/** A tunnel's end as `check` completes it. */
export interface MadeTunnelEnd extends MadeEnd {
  connection?: Connection;
  /** None: the end of a WireGuard tunnel that begins by itself. */
  underlay?: string;
  /** Where a WireGuard tunnel listens on this host. */
  port?: number;
}

/** What a tunnel's end is completed from. */
export interface TunnelOfEnd {
  kind: string;
  owner: string;
  port?: unknown;
}

/** An end of a tunnel, with what its kind adds. What is unknown stays unknown. */
export const madeTunnelEnd = (end: unknown, { kind, owner, port }: TunnelOfEnd, side: Side): unknown => {
  if (!isRecord(end)) return end;
  const made =
    kind === 'wireguard'
      ? {
          // It carries IP packets, not frames: no MAC address, and no link-local address by itself.
          ...withCanonicalAddresses(end),
          linkLocal: derivedLinkLocal(owner, side),
          port: end.port ?? port ?? derivedPort(owner, side),
        }
      : madeEnd(end, owner, side);
  const { underlay } = end;
  if (typeof underlay !== 'string' || isUnknown(underlay)) return made;
  return { ...(made as object), underlay: canonicalAddress(underlay) };
};
