import { createHash } from 'node:crypto';
import { z } from 'zod';

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
export const derivedMac = (owner: string, side: string): string => {
  const bytes = createHash('sha256').update(`mac\n${owner}\n${side}`).digest().subarray(0, 6);
  // Bit 1 of the first byte: locally administered; bit 0: a group (IEEE 802, section 8.2).
  bytes[0] = ((bytes[0] as number) & 0xfc) | 0x02;
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(':');
};
