import { Address6 } from 'ip-address';
import { z } from 'zod';
import { type Address, familyOf, parseAddress, shortestForm } from '../address';

/**
 * An interface's address with its prefix length, IPv4 or IPv6: `10.0.0.0/31`, `fd00::1/64`. Refused are addresses that
 * no interface can have: a network's own and its broadcast address (IPv4, shorter than /31), multicast, loopback,
 * `0.0.0.0`, `::`, IPv4-mapped ones, and zones (`%eth0`).
 */
export const interfaceAddressSchema = z.string().superRefine((text, context) => {
  const refused = whyNoInterfaceAddress(text);
  if (refused) context.addIssue({ code: 'custom', message: refused });
});

/** A host's own address, IPv4 or IPv6, without a prefix length: `192.0.2.1`, `2001:db8::1`. */
export const hostAddressSchema = z.string().superRefine((text, context) => {
  const refused = whyNoHostAddress(text);
  if (refused) context.addIssue({ code: 'custom', message: refused });
});

/** How `ip` and the kernel write it: lower case, shortest form. What cannot be read stays as it is. */
export const canonicalAddress = (text: string): string => {
  const address = parseAddress(text);
  return address ? shortestForm(address, text) : text;
};

/** The address alone, without its prefix length. */
export const withoutPrefix = (text: string): string => canonicalAddress(text).replace(/\/.*/, '');

/** The subnet of an interface's address: `10.0.0.0/31` of `10.0.0.1/31`. */
export const networkOf = (text: string): string => {
  const address = parseAddress(text);
  return address ? `${address.startAddress().correctForm()}/${address.subnetMask}` : text;
};

/** Whether it stands for itself alone: /32 or /128, as unnumbered links have. */
export const isHostPrefix = (text: string): boolean =>
  parseAddress(text)?.subnetMask === (familyOf(text) === 4 ? 32 : 128);

/** Whether two interfaces with these addresses reach each other with no route: each is in the other's subnet. */
export const shareSubnet = (one: string, other: string): boolean => {
  const [first, second] = [parseAddress(one), parseAddress(other)];
  if (!first || !second || familyOf(one) !== familyOf(other)) return false;
  return holds(first, second) && holds(second, first);
};

const holds = (subnet: Address, address: Address) =>
  subnet.startAddress().bigInt() <= address.bigInt() && address.bigInt() <= subnet.endAddress().bigInt();

const accepted = 'accepted is an address with its prefix length, such as "10.0.0.0/31" or "fd00::1/64"';

const whyNoInterfaceAddress = (text: string): string | undefined => {
  const address = parseAddress(text);
  if (!address || !/\/(0|[1-9]\d{0,2})$/.test(text)) return accepted;
  const special = whySpecial(address);
  if (special) return `${special}; ${accepted}`;
  if (familyOf(text) === 4 && address.subnetMask < 31) {
    const ends = [address.startAddress(), address.endAddress()].map((end) => end.correctForm());
    if (ends.includes(address.correctForm())) {
      return `it is the network's own or its broadcast address; accepted is one between ${ends.join(' and ')}`;
    }
  }
  return undefined;
};

const whyNoHostAddress = (text: string): string | undefined => {
  const wanted = 'accepted is the address of the host, such as "192.0.2.1" or "2001:db8::1"';
  const address = text.includes('/') ? undefined : parseAddress(text);
  if (!address) return wanted;
  const special = whySpecial(address) ?? (isLinkLocal(address) ? 'it is link-local' : undefined);
  return special && `${special}; ${wanted}`;
};

const whySpecial = (address: Address): string | undefined => {
  const text = address.correctForm();
  if (text === '0.0.0.0' || text === '::') return 'it is no address of an interface';
  if (/^127\.|^::1$/.test(text)) return 'it is a loopback address';
  if (/^(22[4-9]|23\d)\.|^ff[0-9a-f]{2}:/.test(text)) return 'it is a multicast address';
  if (/^(24\d|25[0-5])\./.test(text)) return 'it is a reserved address';
  if (address instanceof Address6 && /^::([0-9a-f]{1,4}:){0,2}[0-9a-f]{1,4}$/.test(text)) {
    return 'it is an IPv4-mapped or reserved address';
  }
  return undefined;
};

const isLinkLocal = (address: Address) =>
  /^169\.254\./.test(address.correctForm()) || /^fe[89ab][0-9a-f]:/.test(address.correctForm());
