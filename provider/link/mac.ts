import { createHash } from 'node:crypto';
import { z } from 'zod';
import { canonicalAddress } from './address';

/** A unicast MAC address: `02:00:00:00:00:01`. */
export const macSchema = z
  .string()
  .regex(/^[0-9A-Fa-f]{2}(:[0-9A-Fa-f]{2}){5}$/, {
    error: 'accepted is a MAC address, such as "02:00:00:00:00:01"',
  })
  .refine((mac) => (Number.parseInt(mac.slice(0, 2), 16) & 1) === 0 && !/^[0:]+$/.test(mac), {
    error: 'accepted is a unicast MAC address: its first byte is even, and it is not all zeros',
  });

/** A MAC address of an end's own that never changes: locally administered, unicast, made from who owns the link. */
export const derivedMac = (owner: string, side: string): string =>
  derivedBytes(owner, side)
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join(':');

/** The link-local address that an interface with this MAC address would have (RFC 4291, appendix A). */
export const derivedLinkLocal = (owner: string, side: string): string => {
  const [first = 0, ...rest] = derivedBytes(owner, side);
  const bytes = [first ^ 0x02, ...rest.slice(0, 2), 0xff, 0xfe, ...rest.slice(2)];
  const words = [0, 2, 4, 6].map((at) => (((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0)).toString(16));
  return canonicalAddress(`fe80::${words.join(':')}/64`);
};

const derivedBytes = (owner: string, side: string): number[] => {
  const bytes = createHash('sha256').update(`mac\n${owner}\n${side}`).digest().subarray(0, 6);
  // Bit 1 of the first byte: locally administered; bit 0: a group (IEEE 802, section 8.2).
  bytes[0] = ((bytes[0] as number) & 0xfc) | 0x02;
  return [...bytes];
};
