import { createHash } from 'node:crypto';
import { sha256 } from '../digest';
import { isRecord, isUnknown, UNKNOWN } from '../unknown';
import { sides } from './end';

/**
 * A link's id on its hosts: the same for the same two ends, whoever declares it, so that a second owner is noticed.
 * Unknown while an end's machine or interface is.
 */
export const linkId = (kind: string, link: Record<string, unknown>): string => {
  const ends = sides.map((side) => link[side]);
  if (!ends.every(isRecord)) return UNKNOWN;
  const names = ends.flatMap(({ machineName, interface: name }) => [machineName ?? null, name]);
  if (names.some(isUnknown)) return UNKNOWN;
  return sha256(JSON.stringify([kind, ...names])).slice(0, 16);
};

/**
 * What `ip link` shows of an interface of ours: who it belongs to, and the id by which it is known again. Only what
 * `ip -batch` reads as it stands (no quotes, no backslash, no `#`), within the kernel's 255 bytes (IFALIASZ).
 */
export const linkAlias = (owner: string, id: string): string => `pulumi-nspawn ${asAlias(owner)} ${id}`;

/** The stack of an owner (`project/stack/resource`), as the alias of a bridge has it. */
export const stackOf = (owner: string): string => asAlias(owner.split('/').slice(0, 2).join('/'));

const asAlias = (text: string) => text.replace(/[^A-Za-z0-9_.:/@ -]/g, '_').slice(0, 200);

/** A VXLAN network identifier of a link's own: 24 bits, not 0. */
export const derivedVni = (owner: string): number =>
  createHash('sha256').update(`vni\n${owner}`).digest().readUIntBE(0, 3) || 1;
