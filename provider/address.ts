import { Address4, Address6 } from 'ip-address';

/** An IPv4 or IPv6 address, with or without a prefix length. */
export type Address = Address4 | Address6;

/** 4 or 6. */
export const familyOf = (text: string): 4 | 6 => (text.includes(':') ? 6 : 4);

/** Reads an address. Zones, and prefix lengths that are no plain number, pass ip-address 10.7; here they do not. */
export const parseAddress = (text: string): Address | undefined => {
  if (!/^[0-9A-Fa-f:.]+(\/(0|[1-9]\d{0,2}))?$/.test(text)) return undefined;
  try {
    return familyOf(text) === 4 ? new Address4(text) : new Address6(text);
  } catch {
    return undefined;
  }
};

/** How the kernel, `ip` and FRR write what was read from a text: lower case, shortest form, with the text's prefix length. */
export const shortestForm = (address: Address, text: string): string =>
  text.includes('/') ? `${address.correctForm()}/${address.subnetMask}` : address.correctForm();
