import { Address4, Address6 } from 'ip-address';

/** A range of addresses that others are counted from. */
export interface Pool {
  prefix: string;
  family: 4 | 6;
  first: bigint;
  /** How many addresses it holds. */
  size: bigint;
}

/** The pool of a prefix. */
export const poolOf = (prefix: string): Pool => {
  const family = prefix.includes(':') ? 6 : 4;
  const address = family === 4 ? new Address4(prefix) : new Address6(prefix);
  const bits = (family === 4 ? 32 : 128) - address.subnetMask;
  return { prefix, family, first: address.startAddress().bigInt(), size: 1n << BigInt(bits) };
};

/** The address so many places after the pool's first, in the shortest form. */
export const addressAt = (pool: Pool, offset: bigint): string => {
  const number = pool.first + offset;
  return pool.family === 4
    ? Address4.fromBigInt(number).correctForm()
    : Address6.fromBigInt(number).correctForm();
};

/** Whether two pools have an address in common. */
export const overlap = (one: Pool, other: Pool): boolean =>
  one.family === other.family && one.first < other.first + other.size && other.first < one.first + one.size;

/** The prefix length of an address by itself: 32 or 128. */
export const fullLength = (family: 4 | 6): number => (family === 4 ? 32 : 128);

/** How many subnets of a prefix length the pool holds. */
export const subnets = (pool: Pool, length: number): bigint =>
  pool.size >> BigInt(fullLength(pool.family) - length);

/**
 * The two ends' addresses in the subnet that a number counts to, with its prefix length. A subnet of two addresses is used
 * whole (RFC 3021, RFC 6164); in others the first address is the network's own.
 */
export const endsAt = (pool: Pool, length: number, number: number): [string, string] => {
  const width = 1n << BigInt(fullLength(pool.family) - length);
  const start = BigInt(number) * width + (width > 2n ? 1n : 0n);
  return [`${addressAt(pool, start)}/${length}`, `${addressAt(pool, start + 1n)}/${length}`];
};
