import { z } from 'zod';
import { isIpv4 } from './address';

/** Communities with a name, as FRR writes them (FRR's bgpd/bgp_community.h). */
const wellKnown = new Map<string, number>([
  ['graceful-shutdown', 0xffff0000],
  ['accept-own', 0xffff0001],
  ['route-filter-translated-v4', 0xffff0002],
  ['route-filter-v4', 0xffff0003],
  ['route-filter-translated-v6', 0xffff0004],
  ['route-filter-v6', 0xffff0005],
  ['llgr-stale', 0xffff0006],
  ['no-llgr', 0xffff0007],
  ['accept-own-nexthop', 0xffff0008],
  ['blackhole', 0xffff029a],
  ['no-export', 0xffffff01],
  ['no-advertise', 0xffffff02],
  ['local-AS', 0xffffff03],
  ['no-peer', 0xffffff04],
]);
const nameOf = new Map([...wellKnown].map(([name, value]) => [value, name]));

/** A community: `65000:1`, or a well-known one by its name, such as `no-export`. */
export const communitySchema = z.string().refine((text) => communityNumber(text) !== undefined, {
  error: `accepted is a community such as "65000:1", or one of ${[...wellKnown.keys()].join(', ')}`,
});

/** A large community: `65000:1:2` (RFC 8092). */
export const largeCommunitySchema = z.string().refine((text) => largeNumbers(text) !== undefined, {
  error: 'accepted is a large community such as "65000:1:2", each part at most 4294967295',
});

/** The value of a route target or a site of origin: `65000:1`, `192.0.2.1:1`. */
export const extendedValueSchema = z.string().refine((text) => extendedBytes(text) !== undefined, {
  error: 'accepted is "ASN:NUMBER" or "ADDRESS:NUMBER", such as "65000:1" or "192.0.2.1:1"',
});

/** An extended community: `rt 65000:1` (route target) or `soo 65000:1` (site of origin). */
export const extendedCommunitySchema = z.string().refine(
  (text) => {
    const [kind = '', value = '', more] = text.split(' ');
    return ['rt', 'soo'].includes(kind) && more === undefined && extendedBytes(value) !== undefined;
  },
  { error: 'accepted is a route target or a site of origin, such as "rt 65000:1" or "soo 192.0.2.1:1"' },
);

/** Communities in FRR's order, each once, well-known ones by name. */
export const canonicalCommunities = (texts: readonly string[]): string[] =>
  [...new Set(texts.map((text) => communityNumber(text) ?? 0))]
    .sort((a, b) => a - b)
    .map((value) => nameOf.get(value) ?? `${Math.floor(value / 65536)}:${value % 65536}`);

/** Large communities in FRR's order, each once. */
export const canonicalLargeCommunities = (texts: readonly string[]): string[] =>
  ordered(texts, (text) => largeNumbers(text) ?? []);

/** Values of route targets or sites of origin in FRR's order, each once. */
export const canonicalExtendedValues = (texts: readonly string[]): string[] =>
  ordered(texts, (text) => extendedBytes(text) ?? []);

/** Extended communities in FRR's order, each once. */
export const canonicalExtendedCommunities = (texts: readonly string[]): string[] =>
  ordered(texts, (text) => {
    const [kind, value = ''] = text.split(' ');
    const [type = 0, ...rest] = extendedBytes(value) ?? [];
    return [type, kind === 'rt' ? 2 : 3, ...rest];
  });

const communityNumber = (text: string): number | undefined => {
  const parts = numbers(text, 2, 65535);
  const value = parts ? (parts[0] ?? 0) * 65536 + (parts[1] ?? 0) : wellKnown.get(text);
  // 0:0 was "internet", which FRR 10 no longer knows.
  return value === 0 ? undefined : value;
};

const largeNumbers = (text: string) => numbers(text, 3, 4294967295);

// Type, and value: an AS number of two bytes, an address, or an AS number of four bytes (RFC 4360, RFC 5668).
const extendedBytes = (text: string): number[] | undefined => {
  const [administrator = '', ...rest] = text.split(':');
  if (isIpv4(administrator)) {
    const value = numbers(rest.join(':'), 1, 65535);
    return value && [1, ...administrator.split('.').map(Number), ...value];
  }
  const parts = numbers(text, 2, 4294967295);
  const [asn = 0, value = 0] = parts ?? [];
  if (!parts || asn === 0 || (asn > 65535 && value > 65535)) return undefined;
  return [asn > 65535 ? 2 : 0, asn, value];
};

const numbers = (text: string, count: number, most: number): number[] | undefined => {
  const parts = text.split(':');
  if (parts.length !== count || !parts.every((part) => /^(0|[1-9]\d{0,9})$/.test(part))) return undefined;
  const values = parts.map(Number);
  return values.every((value) => value <= most) ? values : undefined;
};

const ordered = (texts: readonly string[], keyOf: (text: string) => number[]): string[] =>
  [...new Set(texts)].sort((a, b) => compare(keyOf(a), keyOf(b)));

const compare = (a: number[], b: number[]): number => {
  const at = a.findIndex((value, index) => value !== b[index]);
  return at < 0 ? 0 : (a[at] ?? 0) - (b[at] ?? 0);
};
