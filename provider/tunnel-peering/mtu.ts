import { familyOf } from '../address';

/**
 * What is left of a packet on the underlay: less the outer IP header (20 or 40 bytes), UDP (8), and VXLAN (8) with the
 * inner Ethernet header (14; RFC 7348, section 5), or what WireGuard puts around a packet: type and receiver (8), counter
 * (8) and authentication tag (16; wireguard.com/protocol). Nobody asks the underlay: `check` talks to no host, and the
 * path between two hosts may take less than their interfaces. 1500 is what the Internet carries.
 */
export const tunnelMtu = (kind: 'vxlan' | 'wireguard', underlay: string, underlayMtu = 1500): number =>
  underlayMtu - (familyOf(underlay) === 4 ? 20 : 40) - 8 - (kind === 'vxlan' ? 8 + 14 : 8 + 8 + 16);
