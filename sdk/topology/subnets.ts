import type { DeclaredLink } from './declared-links';
import { isInside } from './declared-networks';
import type { DeclaredSegment } from './declared-segments';
import { numbersOf } from './numbering';
import { type Pool, roomIn, type Source, sourcesOf } from './pool';
import type { Protocols } from './protocols';
import type { TopologySettings } from './schema';

/** A subnet of a pool. */
export interface Subnet {
  pool: Pool;
  /** Its prefix length. */
  length: number;
  /** How many subnets are before it. */
  number: number;
}

/** The subnets of links or segments, one a family, by their names. Each pool is counted by itself. */
export const subnetsOf = (
  networks: (DeclaredLink | DeclaredSegment)[],
  settings: TopologySettings,
  protocols: Protocols,
): { subnets: Map<string, Subnet[]>; problems: string[] } => {
  const counted = [...new Set(networks.map(({ pool }) => pool))].map((pool) =>
    fromPool(
      networks.filter((network) => network.pool === pool),
      settings,
      protocols,
    ),
  );
  return {
    subnets: new Map(counted.flatMap(({ subnets }) => [...subnets])),
    problems: counted.flatMap(({ problems }) => problems),
  };
};

const fromPool = (
  networks: (DeclaredLink | DeclaredSegment)[],
  { policy }: TopologySettings,
  { families }: Protocols,
): { subnets: [string, Subnet[]][]; problems: string[] } => {
  const sources = networks
    .slice(0, 1)
    .flatMap((network) => sourcesOf(policy.pools, network))
    .filter((source) => policy[`ipv${source.pool.family}`]);
  const { numbers, problems } = numbersOf(
    networks.map((network) => ({
      label: network.kind === 'link' ? `${network.label} (${network.name})` : network.label,
      key: keyOf(network),
      id: network.id,
      count: countOf(sources),
    })),
  );
  return {
    problems,
    subnets: networks.map((network) => [
      network.name,
      sources
        .filter(({ pool }) => families(network).includes(pool.family))
        .map(({ pool, length, skipped }) => ({
          pool,
          length,
          number: (numbers.get(keyOf(network)) ?? 1) - 1 + skipped,
        })),
    ]),
  };
};

const countOf = (sources: Source[]): number =>
  Math.min(2 ** 31, ...sources.map((source) => Number(roomIn(source))));

const keyOf = (network: DeclaredLink | DeclaredSegment): string => {
  if (network.kind === 'segment' || network.given === undefined) return network.name;
  const [one, other] = network.ends;
  return `${one.router}_${isInside(other) ? other.router : ''}_${network.given}`;
};
