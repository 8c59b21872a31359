import { withoutPrefix } from '../../provider/link/address';
import { interfaceNameSchema } from '../../provider/names';
import type { DeclaredLink } from './declared-links';
import { interfaceName } from './interface-name';
import { numbersOf } from './numbering';
import type { LinkProtocol, PlannedEnd, PlannedLink } from './planned';
import { endsAt, type Pool, poolOf, subnets } from './pool';
import type { TopologySettings } from './schema';

interface Place {
  host: string;
  machineName: string;
}

/** Gives links their interfaces and addresses. */
export const plannedLinks = (
  declared: DeclaredLink[],
  settings: TopologySettings,
  placeOf: (router: string) => Place,
  runsOn: (one: string, other: string) => LinkProtocol[],
): { links: Map<string, PlannedLink>; problems: string[] } => {
  const { addresses, problems } = addressesOf(declared, settings, (link) => {
    const [one, other] = link.ends;
    return settings.policy.unnumbered && runsOn(one.router, other.router).includes('ebgp');
  });
  const links = new Map<string, PlannedLink>();
  for (const link of declared) {
    const { name, cost, adminState, mtu, bfd = settings.policy.bfd, ends } = link;
    const [one, other] = ends.map(({ router }) => router) as [string, string];
    links.set(name, {
      kind:
        placeOf(one).host === placeOf(other).host ? 'veth' : kindOf(link.tunnel ?? settings.policy.tunnel),
      a: plannedEnd(link, 0, placeOf, addresses.get(name)),
      b: plannedEnd(link, 1, placeOf, addresses.get(name)),
      adminState,
      bfd,
      ...(cost === undefined ? {} : { cost }),
      ...(mtu === undefined ? {} : { mtu }),
      runs: runsOn(one, other),
    });
  }
  return {
    links,
    problems: [...problems, ...oneSided(declared), ...interfaceProblems(links), ...sharedAddresses(links)],
  };
};

// Anything else than this is the default, or an output, which the plan does not look into.
const kindOf = (tunnel: unknown): 'vxlan' | 'wireguard' =>
  (tunnel as { kind?: unknown } | undefined)?.kind === 'wireguard' ? 'wireguard' : 'vxlan';

const plannedEnd = (
  { given, cost, ends }: DeclaredLink,
  index: 0 | 1,
  placeOf: (router: string) => Place,
  pooled: [string[], string[]] | undefined,
): PlannedEnd => {
  const [end, peer] = index === 0 ? ends : [ends[1], ends[0]];
  const place = placeOf(end.router);
  const peerHost = placeOf(peer.router).host;
  const addresses = end.addresses ?? pooled?.[index];
  const metric = end.metric ?? cost;
  const name = interfaceName({
    peer: peer.router,
    ...(given === undefined ? {} : { linkName: given }),
    ...(place.host === peerHost ? {} : { peerHost }),
  });
  return {
    router: end.router,
    ...place,
    interface: end.interface ?? name,
    ...(addresses === undefined ? {} : { addresses }),
    ...(metric === undefined ? {} : { metric }),
    ...(end.mac === undefined ? {} : { mac: end.mac }),
  };
};

/** Addresses of both ends from the pools, for links that have none of their own and are not `bare`. */
const addressesOf = (
  declared: DeclaredLink[],
  settings: TopologySettings,
  bare: (link: DeclaredLink) => boolean,
): { addresses: Map<string, [string[], string[]]>; problems: string[] } => {
  const pools = linkPools(settings);
  const wanting = declared.filter(
    (link) => link.ends.every(({ addresses }) => addresses === undefined) && !bare(link),
  );
  const count = Math.min(2 ** 31, ...pools.map(({ pool, length }) => Number(subnets(pool, length))));
  const { numbers, problems } = numbersOf(
    wanting.map((link) => ({ label: `${link.label} (${link.name})`, key: keyOf(link), id: link.id })),
    count,
  );
  const addresses = new Map(
    wanting.map((link): [string, [string[], string[]]] => {
      const pairs = pools.map(({ pool, length }) =>
        endsAt(pool, length, (numbers.get(keyOf(link)) ?? 1) - 1),
      );
      return [link.name, [pairs.map(([a]) => a), pairs.map(([, b]) => b)]];
    }),
  );
  return { addresses, problems };
};

const linkPools = ({ policy: { ipv4, ipv6, pools } }: TopologySettings): { pool: Pool; length: number }[] => [
  ...(ipv4 ? [{ pool: poolOf(pools.p2p4), length: pools.p2p4Length }] : []),
  ...(ipv6 ? [{ pool: poolOf(pools.p2p6), length: pools.p2p6Length }] : []),
];

const keyOf = ({ name, given, ends: [one, other] }: DeclaredLink) =>
  given === undefined ? name : `${one.router}_${other.router}_${given}`;

const oneSided = (declared: DeclaredLink[]): string[] =>
  declared.flatMap(({ label, ends: [one, other] }) => {
    if ((one.addresses === undefined) === (other.addresses === undefined)) return [];
    const [has, lacks] = one.addresses === undefined ? [other, one] : [one, other];
    return `${label}: ${has.router} has addresses of its own here, and ${lacks.router} none; accepted are \`addresses\` on both ends, or on none`;
  });

const interfaceProblems = (links: ReadonlyMap<string, PlannedLink>): string[] => {
  const taken = new Map<string, string>();
  return [...links].flatMap(([name, { a, b }]) =>
    [a, b].flatMap((end) => {
      const key = `${end.router}:${end.interface}`;
      const first = taken.get(key);
      taken.set(key, name);
      if (first !== undefined) {
        return `links ${first} and ${name}: both have interface ${JSON.stringify(end.interface)} in ${end.router}; give one another with { router: ${JSON.stringify(end.router)}, interface: … }`;
      }
      const refused = interfaceNameSchema.safeParse(end.interface).error?.issues[0]?.message;
      return refused === undefined
        ? []
        : `link ${name}: interface ${JSON.stringify(end.interface)} of ${end.router}; ${refused}; give it another with { router, interface }`;
    }),
  );
};

// Those that are given may be where the pools have put others.
const sharedAddresses = (links: ReadonlyMap<string, PlannedLink>): string[] => {
  const taken = new Map<string, string>();
  return [...links].flatMap(([name, { a, b }]) =>
    [a, b].flatMap(({ addresses = [] }) =>
      addresses.map(withoutPrefix).flatMap((address) => {
        const first = taken.get(address);
        taken.set(address, name);
        return first === undefined
          ? []
          : [`link ${name}: ${address} is on link ${first} too; accepted is each address once`];
      }),
    ),
  );
};
