import { createHash } from 'node:crypto';

/**
 * The name of an interface, from names alone: `to-r2`; `to-r2_paris` where r2 is on another host, so that a router which moves
 * gets its new link before the old one goes; or the link's own name in place of `to-r2`. What is longer than 15 bytes ends in a
 * hash of the whole. No two links of a router have the same but by a name that is given: `_` is in no name of a router or host.
 */
export const interfaceName = ({
  peer,
  peerHost,
  linkName,
}: {
  peer: string;
  peerHost?: string;
  linkName?: string;
}): string => fitted(`${linkName ?? `to-${peer}`}${peerHost === undefined ? '' : `_${peerHost}`}`);

/** A name of at most 15 bytes: what is longer ends in a hash of the whole. */
export const fitted = (name: string): string =>
  name.length <= 15 ? name : `${name.slice(0, 8)}_${hash(name)}`;

const hash = (name: string): string =>
  (BigInt(`0x${createHash('sha256').update(name).digest('hex').slice(0, 16)}`) % 36n ** 6n)
    .toString(36)
    .padStart(6, '0');
