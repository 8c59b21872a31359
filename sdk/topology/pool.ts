import { Address4, Address6 } from 'ip-address';
import type { Pools } from './pools-schema';

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
  const bits = fullLength(family) - address.subnetMask;
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

/** The address of a number in the subnet that another number counts to, with its prefix length. */
export const hostAt = (pool: Pool, length: number, subnet: number, number: number): string => {
  const width = 1n << BigInt(fullLength(pool.family) - length);
  return `${addressAt(pool, BigInt(subnet) * width + BigInt(number))}/${length}`;
};

/** How many numbers there are for such addresses: the first address is the network's own, and the last IPv4's broadcast address. */
export const hostsIn = (family: 4 | 6, length: number): number =>
  Math.min(2 ** 31, 2 ** (fullLength(family) - length) - 2);

/** Where a family's addresses come from: a pool, the length of what is taken of it, and how many are left out before. */
export interface Source {
  pool: Pool;
  length: number;
  skipped: number;
}

/** Where links take their subnets from: the pool of that name, or that of all links. */
export const linkSources = (pools: Pools, name: string | undefined): Source[] => {
  const named = namedSources(pools, name, (family) =>
    family === 4
      ? (pools.named[name ?? '']?.ipv4Length ?? pools.p2p4Length)
      : (pools.named[name ?? '']?.ipv6Length ?? pools.p2p6Length),
  );
  return (
    named ?? [
      { pool: poolOf(pools.p2p4), length: pools.p2p4Length, skipped: 0 },
      { pool: poolOf(pools.p2p6), length: pools.p2p6Length, skipped: 0 },
    ]
  );
};

/** Where segments take theirs from, likewise. */
export const segmentSources = (pools: Pools, name: string | undefined): Source[] => {
  const { lan4Length = pools.lan4Length, lan6Length = pools.lan6Length } = pools.named[name ?? ''] ?? {};
  return (
    namedSources(pools, name, (family) => (family === 4 ? lan4Length : lan6Length)) ?? [
      { pool: poolOf(pools.lan4), length: lan4Length, skipped: 0 },
      { pool: poolOf(pools.lan6), length: lan6Length, skipped: 0 },
    ]
  );
};

/** Where a link or segment takes its subnets from. */
export const sourcesOf = (
  pools: Pools,
  { kind, pool }: { kind: 'link' | 'segment'; pool?: string | undefined },
): Source[] => (kind === 'link' ? linkSources(pools, pool) : segmentSources(pools, pool));

/** Where routers take their loopbacks from, likewise. */
export const loopbackSources = (pools: Pools, name: string | undefined): Source[] =>
  namedSources(pools, name, fullLength) ?? [
    { pool: poolOf(pools.loopback4), length: 32, skipped: 0 },
    { pool: poolOf(pools.loopback6), length: 128, skipped: 0 },
  ];

const namedSources = (
  pools: Pools,
  name: string | undefined,
  lengthOf: (family: 4 | 6) => number,
): Source[] | undefined => {
  const named = name === undefined ? undefined : pools.named[name];
  if (!named) return undefined;
  return [named.ipv4, named.ipv6].flatMap((prefix) => {
    if (prefix === undefined) return [];
    const pool = poolOf(prefix);
    return [{ pool, length: lengthOf(pool.family), skipped: named.start - 1 }];
  });
};

/** How many subnets are left in a source: 0 where what it leaves out is all of it. */
export const roomIn = ({ pool, length, skipped }: Source): bigint => {
  const room = subnets(pool, length) - BigInt(skipped);
  return room > 0n ? room : 0n;
};

/** How many loopbacks are left: the first address of a prefix and the last of an IPv4 prefix look like its own and its broadcast address. */
export const loopbackRoomIn = (source: Source): bigint => {
  const room = roomIn(source) - (source.pool.family === 4 ? 2n : 1n);
  return room > 0n ? room : 0n;
};
