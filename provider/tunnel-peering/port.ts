import { createHash } from 'node:crypto';

/**
 * A UDP port of an end's own that never changes: 20000 to 32767, below those that Linux hands out by itself
 * (net.ipv4.ip_local_port_range).
 */
export const derivedPort = (owner: string, side: string): number =>
  20000 + (createHash('sha256').update(`port\n${owner}\n${side}`).digest().readUInt32BE(0) % 12768);
