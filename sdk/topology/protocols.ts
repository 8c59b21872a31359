import { familyOf } from '../../provider/address';
import { type DeclaredLink, isInside } from './declared-links';
import type { LinkProtocol } from './planned';
import { linkSources } from './pool';
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
  /** What is spoken over a link. */
  onLink: (link: DeclaredLink) => LinkProtocol[];
  /** Which families a link has addresses of, or is to carry without. */
  families: (link: DeclaredLink) => (4 | 6)[];
  /** Whether it has no addresses of its own. */
  unnumbered: (link: DeclaredLink) => boolean;
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
  const unnumbered = ({ ends, unnumbered: own }: DeclaredLink) =>
    own ?? (policy.unnumbered && ends.every(isInside));
  const families = (link: DeclaredLink): (4 | 6)[] => {
    const pooled = unnumbered(link)
      ? [4, 6]
      : linkSources(policy.pools, link.pool).map(({ pool }) => pool.family);
    return ([4, 6] as const).filter(
      (family) => policy[`ipv${family}`] && link[`ipv${family}`] !== false && isGiven(link, family, pooled),
    );
  };
  const members = (asn: number | undefined) => [...identities.keys()].filter((each) => asnOf(each) === asn);
  return {
    igp,
    iBgp: ibgp !== 'none',
    onLink: (link) => {
      const [one, other] = link.ends;
      if (link.passive) return [];
      const asn = asnOf(one.router);
      if (!isInside(other)) return other.asn === undefined ? [] : ['ebgp'];
      const asnOfOther = asnOf(other.router);
      if (asn !== undefined && asnOfOther !== undefined && asn !== asnOfOther) return ['ebgp'];
      if (igp === 'none') return [];
      return families(link).map((family) => (family === 4 ? 'ospf' : 'ospf6'));
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
const isGiven = ({ ends }: DeclaredLink, family: 4 | 6, pooled: number[]): boolean => {
  const own = ends.flatMap(({ addresses }) => addresses ?? []);
  return own.length > 0 ? own.some((address) => familyOf(address) === family) : pooled.includes(family);
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
