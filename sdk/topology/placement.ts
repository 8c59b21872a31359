import { createHash } from 'node:crypto';
import { parseSize } from '../../provider/systemd/quantity';

/**
 * What a machine takes of its host's memory besides what its unit's limit counts, in bytes: the kernel's part of its
 * namespaces and links.
 */
export const overheadBytes = 2 * 1024 ** 2;

/** A router that needs a place. */
export interface Placed {
  name: string;
  host?: string;
  memoryMax: string;
  /** Those of one group are kept apart, as far as there are hosts. */
  spread?: string;
}

/** What a router takes of its host's budget, in bytes. */
export const neededBytes = (memoryMax: string): number => (parseSize(memoryMax) as number) + overheadBytes;

/**
 * A host for each router, one after another as they were declared, so that one more at the end moves none: the given host, or,
 * of those with room, the one that both names together decide (rendezvous hashing: another host takes only what it wins, and
 * only what was on a host moves when it goes). Those with a group go where the fewest of it are.
 */
export const placementOf = (
  routers: Placed[],
  budgets: ReadonlyMap<string, number>,
): { hosts: Map<string, string>; used: Map<string, number>; problems: string[] } => {
  const hosts = new Map<string, string>();
  const used = new Map([...budgets.keys()].map((host) => [host, 0]));
  const problems: string[] = [];
  const available = (host: string) => (budgets.get(host) ?? 0) - (used.get(host) ?? 0);
  // Those with a host of their own count from the beginning, wherever they are declared.
  const groups = new Map<string, number>();
  const count = (spread: string | undefined, host: string) =>
    groups.set(`${host} ${spread}`, inGroup(spread, host) + 1);
  const inGroup = (spread: string | undefined, host: string) =>
    spread === undefined ? 0 : (groups.get(`${host} ${spread}`) ?? 0);
  for (const { host, spread } of routers) if (host !== undefined) count(spread, host);
  for (const { name, host: wanted, memoryMax, spread } of routers) {
    const needed = neededBytes(memoryMax);
    const candidates =
      wanted === undefined
        ? byPreference(name, [...budgets.keys()]).sort((a, b) => inGroup(spread, a) - inGroup(spread, b))
        : [wanted];
    const host = candidates.find((candidate) => available(candidate) >= needed);
    if (host === undefined) {
      const rooms = candidates.map((each) => `${each} has ${mebibytes(available(each))}`).join(', ');
      problems.push(
        `routers.${name}: it needs ${mebibytes(needed)} (memoryMax ${memoryMax} and ${mebibytes(overheadBytes)}), and ${rooms} left; accepted is a smaller memoryMax, or more \`memory\` of a host`,
      );
      continue;
    }
    hosts.set(name, host);
    if (wanted === undefined) count(spread, host);
    used.set(host, (used.get(host) ?? 0) + needed);
  }
  return { hosts, used, problems };
};

/** Hosts, that which a name prefers first. */
export const byPreference = (name: string, hosts: string[]): string[] =>
  hosts
    .map((host) => ({ host, weight: createHash('sha256').update(`${name}\n${host}`).digest('hex') }))
    .sort((a, b) => (a.weight < b.weight ? 1 : -1))
    .map(({ host }) => host);

/** Bytes for people: `1.5 GiB`, `130 MiB`. */
export const mebibytes = (bytes: number): string =>
  bytes >= 1024 ** 3
    ? `${Number((bytes / 1024 ** 3).toFixed(2))} GiB`
    : `${Number((bytes / 1024 ** 2).toFixed(1))} MiB`;
