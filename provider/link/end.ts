import { z } from 'zod';
import { interfaceNameSchema, machineNameSchema } from '../names';
import { isRecord, isUnknown } from '../unknown';
import { canonicalAddress, interfaceAddressSchema } from './address';
import { derivedMac, macSchema } from './mac';
import { rateSchema } from './rate';

/** Which end. */
export type Side = 'a' | 'b';
export const sides: readonly Side[] = ['a', 'b'];

/** What each end of a link has. */
export const endProperties = {
  /** The machine whose interface it is; none: the host itself. */
  machineName: machineNameSchema.optional(),
  /** The interface's name there: at most 15 bytes, not `ve-*`, `vb-*` or `vz-*`, which are systemd's. */
  interface: interfaceNameSchema,
  /**
   * Its addresses with prefix lengths, IPv4 and IPv6: `["10.0.0.0/31", "fd00::1/64"]`. Given, they are all that it has:
   * others are taken away (what router advertisements gave, and its link-local address, stay). Not given: addresses are
   * left to others, such as FRR. An IPv6 address counts at once, with no duplicate address detection (`nodad`,
   * ip-address(8)): a BGP session over it need not wait.
   */
  addresses: z.array(interfaceAddressSchema).max(64).optional(),
  /**
   * The metric of the routes to the subnets of `addresses`: of two routes to one subnet the smaller wins; 1 to
   * 4294967295 (ip-address(8)). Changed without taking an address away. @default the kernel's: 0 for IPv4, 256 for IPv6
   */
  metric: z.number().int().min(1).max(0xffffffff).optional(),
  /** Its MAC address. @default one of its own, locally administered, which never changes */
  mac: macSchema.optional(),
  /**
   * The bridge of the host that this end is a port of: an Ethernet segment, which any number of links share. Of an end on
   * the host itself only, and then it has no `addresses`. Where there is no bridge of that name one is made, without
   * spanning tree and without addresses, for the links of this stack alone, and goes with the last of them. One that others
   * made is used as it is, and stays. All ends of a segment want one `mtu`: bridges cut no packets in pieces.
   */
  bridge: interfaceNameSchema.optional(),
  /**
   * What leaves by it at most, in bits a second: `"100M"`, with `K`, `M` or `G` for powers of 1000, from `"8K"` to `"100G"`
   * (`Rate=` of `[TokenBucketFilter]`, systemd.network(5)). What comes faster waits for 50 ms at most, and is dropped then
   * (tc-tbf(8)). Changed live. @default none
   */
  rate: rateSchema.optional(),
};

/** What both kinds of link have. */
export const linkProperties = {
  /**
   * Whether the interfaces of both ends are up (`ip link set`). `"down"` keeps the link, its addresses and what brings it
   * back, and lets nothing across. Changed live. @default "up"
   */
  adminState: z.enum(['up', 'down']).default('up'),
};

/** An end as `check` completes it. */
export interface MadeEnd {
  machineName?: string;
  interface: string;
  addresses?: string[];
  metric?: number;
  /** None where its kind of interface has none. */
  mac?: string;
  /** The bridge that it is a port of. */
  bridge?: string;
  /** In bits a second, with a unit. */
  rate?: string;
  /** The link-local address that it is given, where its kind of interface has none by itself. */
  linkLocal?: string;
}

/** An end with its MAC address, and addresses as the kernel writes them. What is unknown stays unknown. */
export const madeEnd = (end: unknown, owner: string, side: Side): unknown => {
  if (!isRecord(end)) return end;
  const { mac = derivedMac(owner, side) } = end;
  return {
    ...withCanonicalAddresses(end),
    mac: typeof mac === 'string' && !isUnknown(mac) ? mac.toLowerCase() : mac,
  };
};

/** An end with its addresses as the kernel writes them. */
export const withCanonicalAddresses = (end: Record<string, unknown>): Record<string, unknown> => {
  const { addresses } = end;
  return Array.isArray(addresses) ? { ...end, addresses: addresses.map(canonical) } : end;
};

/** How errors name an end: `r1:eth1`, or `.host:eth1`; `.host` is machined's own word for the host. */
export const endLabel = ({
  machineName = hostMachine,
  interface: name,
}: Pick<MadeEnd, 'machineName' | 'interface'>) => `${machineName}:${name}`;

/** machined's name for the host itself (machinectl(1)). No machine can have it. */
export const hostMachine = '.host';

const canonical = (address: unknown) =>
  typeof address === 'string' && !isUnknown(address) ? canonicalAddress(address) : address;
