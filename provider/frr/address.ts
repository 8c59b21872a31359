import { Address6 } from 'ip-address';
import { z } from 'zod';
import { type Address, familyOf, parseAddress, shortestForm } from '../address';

/** How FRR writes an address or a prefix: lower case, shortest form. What cannot be read stays as it is. */
export const canonicalIp = (text: string): string => {
  const address = parse(text);
  return address ? shortestForm(address, text) : text;
};

/** The prefix length of a prefix. */
export const lengthOf = (text: string): number => Number(text.slice(text.indexOf('/') + 1));

/** Whether two prefixes have an address in common. */
export const overlap = (one: string, other: string): boolean => {
  const [first, second] = [parse(one), parse(other)];
  if (!first || !second || familyOf(one) !== familyOf(other)) return false;
  return (
    first.startAddress().bigInt() <= second.endAddress().bigInt() &&
    second.startAddress().bigInt() <= first.endAddress().bigInt()
  );
};

/** Whether it is an address without a prefix length. */
export const isIp = (text: string): boolean => !text.includes('/') && parse(text) !== undefined;

/** Whether it is an IPv4 address without a prefix length. */
export const isIpv4 = (text: string): boolean => isIp(text) && familyOf(text) === 4;

/** An address of either family, without a prefix length: `192.0.2.1`, `2001:db8::1`. */
export const ipSchema = z
  .string()
  .refine(isIp, { error: 'accepted is an address, such as "192.0.2.1" or "2001:db8::1"' });

/** An IPv4 address: `192.0.2.1`. */
export const ipv4Schema = z
  .string()
  .refine(isIpv4, { error: 'accepted is an IPv4 address, such as "192.0.2.1"' });

/** An IPv6 address: `2001:db8::1`. */
export const ipv6Schema = z.string().refine((text) => isIp(text) && familyOf(text) === 6, {
  error: 'accepted is an IPv6 address, such as "2001:db8::1"',
});

/** A network with its prefix length, of either family: `192.0.2.0/24`, `2001:db8::/32`. Host bits are refused. */
export const prefixSchema = z.string().superRefine((text, context) => refuse(whyNoPrefix(text), context));

/** An IPv4 network: `192.0.2.0/24`. */
export const ipv4PrefixSchema = z
  .string()
  .superRefine((text, context) => refuse(whyNoPrefix(text, 4), context));

/** An IPv6 network: `2001:db8::/32`. */
export const ipv6PrefixSchema = z
  .string()
  .superRefine((text, context) => refuse(whyNoPrefix(text, 6), context));

/** An interface's address with its prefix length: `10.255.0.1/32`, `2001:db8::1/128`. */
export const addressWithLengthSchema = z.string().refine((text) => hasLength(text) && parse(text), {
  error: 'accepted is an address with its prefix length, such as "10.255.0.1/32" or "2001:db8::1/128"',
});

/** What FRR takes for a router id: an IPv4 address that is not 0.0.0.0. */
export const routerIdSchema = z.string().refine((text) => isIpv4(text) && text !== '0.0.0.0', {
  error: 'accepted is a router id, written as an IPv4 address, such as "10.255.0.1"',
});

const refuse = (why: string | undefined, context: z.RefinementCtx) => {
  if (why) context.addIssue({ code: 'custom', message: why });
};

const whyNoPrefix = (text: string, family?: 4 | 6): string | undefined => {
  const examples = { 4: '"192.0.2.0/24"', 6: '"2001:db8::/32"' };
  const example = family ? examples[family] : `${examples[4]} or ${examples[6]}`;
  const kind = family ? `an IPv${family} prefix` : 'a prefix';
  const address = hasLength(text) ? parse(text) : undefined;
  if (!address || (family && familyOf(text) !== family)) return `accepted is ${kind}, such as ${example}`;
  const network = `${address.startAddress().correctForm()}/${address.subnetMask}`;
  return network === canonicalIp(text) ? undefined : `it has host bits set; accepted is ${network}`;
};

const hasLength = (text: string) => /\/(0|[1-9]\d{0,2})$/.test(text);

// IPv6 with an IPv4 part, which FRR writes otherwise, is not for it.
const parse = (text: string): Address | undefined => {
  if (text.includes(':') && text.includes('.')) return undefined;
  const address = parseAddress(text);
  return address && !isMapped(address) ? address : undefined;
};

// ::a.b.c.d and ::ffff:a.b.c.d, which FRR writes with an IPv4 part. No router has them.
const isMapped = (address: Address) =>
  address instanceof Address6 && /^::(ffff:)?[0-9a-f]{1,4}:[0-9a-f]{1,4}$/.test(address.correctForm());
