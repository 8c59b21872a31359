import { familyOf } from '../../provider/address';
import { type DeclaredNetwork, isBetweenRouters, isInside, routersOf } from './declared-networks';
import type { LinkProtocol } from './planned';
import { sourcesOf } from './pool';
import type { Identity } from './routers';
import type { TopologySettings } from './schema';

/** A BGP session between two routers' loopbacks, as one of them has it. */
export interface InnerPeer {
  router: string;
  /** Whether it is a client of this router, which reflects routes to it. */
  client: boolean;
}

/** What runs where. */
export interface Protocols {
  /** What is spoken over a link or segment. */
  onLink: (link: DeclaredNetwork) => LinkProtocol[];
  /** Which families it has addresses of, or is to carry without. */
  families: (link: DeclaredNetwork) => (4 | 6)[];
  /** Whether it has no addresses of its own. */
  unnumbered: (link: DeclaredNetwork) => boolean;
  /** The iBGP neighbours of a router. */
  innerPeers: (router: string) => InnerPeer[];
  /** Whether every router of an AS hears what the others of it hear, as long as they are connected. */
  iBgp: boolean;
  igp: 'ospf' | 'none';
  problems: string[];
}

/** Works out what runs where: eBGP between ASes, an IGP and iBGP inside of one. */
export const protocolsOf = (
  settings: TopologySettings,
  identities: ReadonlyMap<string, Identity>,
): Protocols => {
  const { policy, routers } = settings;
  const igp = policy.igp ?? (policy.asn === 'perRouter' ? 'none' : 'ospf');
  const reflects = (router: string) => routers[router]?.role === 'reflector';
  const anyReflector = Object.keys(routers).some(reflects);
  const ibgp = policy.ibgp ?? (igp === 'none' ? 'none' : anyReflector ? 'reflectors' : 'mesh');
  const asnOf = (router: string) => identities.get(router)?.asn;
  // Segments always have addresses.
  const unnumbered = (link: DeclaredNetwork) =>
    link.kind === 'link' && (link.unnumbered ?? (policy.unnumbered && isBetweenRouters(link)));
  const families = (link: DeclaredNetwork): (4 | 6)[] => {
    const pooled = unnumbered(link) ? [4, 6] : sourcesOf(policy.pools, link).map(({ pool }) => pool.family);
    return ([4, 6] as const).filter(
      (family) => policy[`ipv${family}`] && link[`ipv${family}`] !== false && isGiven(link, family, pooled),
    );
  };
  const members = (asn: number | undefined) => [...identities.keys()].filter((each) => asnOf(each) === asn);
  return {
    igp,
    iBgp: ibgp !== 'none',
    onLink: (link) => {
      if (link.passive) return [];
      const routers = routersOf(link);
      const external = new Set(routers.flatMap((router) => asnOf(router) ?? [])).size > 1;
      const outside = link.ends.some((end) => !isInside(end) && end.asn !== undefined);
      const inner = external || routers.length < 2 || igp === 'none' ? [] : families(link);
      return [
        ...(external || outside ? (['ebgp'] as const) : []),
        ...inner.map((family) => (family === 4 ? 'ospf' : 'ospf6')),
      ];
    },
    families,
    unnumbered,
    innerPeers: (router) => {
      const asn = asnOf(router);
      if (asn === undefined || ibgp === 'none') return [];
      const others = members(asn).filter((other) => other !== router);
      if (ibgp === 'mesh') return others.map((other) => ({ router: other, client: false }));
      return others
        .filter((other) => reflects(router) || reflects(other))
        .map((other) => ({ router: other, client: reflects(router) && !reflects(other) }));
    },
    problems: [
      ...(policy.ipv4 || policy.ipv6
        ? []
        : ['policy.ipv6: received false, and ipv4 too; accepted is one of them']),
      ...(ibgp !== 'none' && igp === 'none'
        ? [
            'policy.ibgp: received "' +
              ibgp +
              '" without an IGP, which its sessions between loopbacks need; accepted is igp: "ospf"',
          ]
        : []),
      ...(ibgp === 'reflectors' ? unreflected(identities, members, reflects) : []),
    ],
  };
};

// By the addresses that its ends have themselves, or by its pool.
const isGiven = ({ ends }: DeclaredNetwork, family: 4 | 6, pooled: number[]): boolean => {
  const own = ends.flatMap(({ addresses }) => addresses ?? []);
  return own.length > 0 && ends.every(({ addresses }) => addresses !== undefined)
    ? own.some((address) => familyOf(address) === family)
    : pooled.includes(family);
};

const unreflected = (
  identities: ReadonlyMap<string, Identity>,
  members: (asn: number) => string[],
  reflects: (router: string) => boolean,
): string[] => {
  const asns = [...new Set([...identities.values()].flatMap(({ asn }) => (asn === undefined ? [] : [asn])))];
  return asns
    .filter((asn) => members(asn).length > 1 && !members(asn).some(reflects))
    .map(
      (asn) =>
        `policy.ibgp: AS ${asn} has no router with role "reflector" among ${members(asn).join(', ')}; give it to one of them`,
    );
};
