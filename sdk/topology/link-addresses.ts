import { familyOf } from '../../provider/address';
import { type DeclaredLink, isInside } from './declared-links';
import { numbersOf } from './numbering';
import { endsAt, linkSources, roomIn, type Source } from './pool';
import type { Protocols } from './protocols';
import type { Identity } from './routers';
import type { TopologySettings } from './schema';

/** Addresses of both ends of links that have none of their own: subnets of pools, or what unnumbered links have. */
export const linkAddresses = (
  declared: DeclaredLink[],
  settings: TopologySettings,
  identities: ReadonlyMap<string, Identity>,
  protocols: Protocols,
): { addresses: Map<string, string[][]>; problems: string[] } => {
  const wanting = declared.filter(({ ends }) => ends.every(({ addresses }) => addresses === undefined));
  const bare = wanting.filter(protocols.unnumbered);
  const unnumbered = bare.map((link) =>
    borrowed(link, identities, protocols, link.ospf?.network ?? settings.policy.ospf.network),
  );
  const pooled = wanting.filter((link) => !bare.includes(link));
  // Each pool is counted by itself.
  const numbered = [...new Set(pooled.map(({ pool }) => pool))].map((pool) =>
    fromPool(
      pooled.filter((link) => link.pool === pool),
      settings,
      protocols,
      pool,
    ),
  );
  const all = [...unnumbered, ...numbered];
  return {
    addresses: new Map(all.flatMap(({ addresses }) => [...addresses])),
    problems: all.flatMap(({ problems }) => problems),
  };
};

interface Addresses {
  addresses: Map<string, string[][]>;
  problems: string[];
}

const fromPool = (
  links: DeclaredLink[],
  { policy }: TopologySettings,
  { families }: Protocols,
  pool: string | undefined,
): Addresses => {
  const sources = linkSources(policy.pools, pool).filter((source) => policy[`ipv${source.pool.family}`]);
  const { numbers, problems } = numbersOf(
    links.map((link) => ({
      label: `${link.label} (${link.name})`,
      key: keyOf(link),
      id: link.id,
      count: countOf(sources),
    })),
  );
  return {
    problems,
    addresses: new Map(
      links.map((link): [string, string[][]] => {
        const pairs = sources
          .filter((source) => families(link).includes(source.pool.family))
          .map((source) =>
            endsAt(source.pool, source.length, (numbers.get(keyOf(link)) ?? 1) - 1 + source.skipped),
          );
        return [link.name, [pairs.map(([a]) => a), pairs.map(([, b]) => b)]];
      }),
    ),
  };
};

const countOf = (sources: Source[]): number =>
  Math.min(2 ** 31, ...sources.map((source) => Number(roomIn(source))));

const keyOf = ({ name, given, ends: [one, other] }: DeclaredLink) =>
  given === undefined ? name : `${one.router}_${isInside(other) ? other.router : ''}_${given}`;

// OSPFv2 needs an address of the interface: its router's own. BGP and OSPFv3 do with link-local ones.
const borrowed = (
  link: DeclaredLink,
  identities: ReadonlyMap<string, Identity>,
  { onLink }: Protocols,
  network: string | undefined,
): Addresses => {
  const { name, label, ends } = link;
  if (!onLink(link).includes('ospf')) return { addresses: new Map(), problems: [] };
  const loopbacks = ends
    .filter(isInside)
    .map(
      ({ router }) =>
        [router, identities.get(router)?.loopbacks.find((each) => familyOf(each) === 4)] as const,
    );
  const lacking = loopbacks.filter(([, loopback]) => loopback === undefined);
  return {
    addresses: new Map([[name, loopbacks.map(([, loopback]) => (loopback === undefined ? [] : [loopback]))]]),
    problems: [
      ...lacking.map(
        ([router]) =>
          `${label}: it is unnumbered, and ${router} has no IPv4 loopback, which OSPF needs there; accepted is unnumbered: false, or a loopback`,
      ),
      ...(network === 'broadcast'
        ? [`${label}: it is unnumbered, and OSPF's network there "broadcast"; accepted is "point-to-point"`]
        : []),
    ],
  };
};
