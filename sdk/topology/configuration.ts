import { familyOf } from '../../provider/address';
import type { FrrConfiguration } from '../../provider/frr/schema';
import { withoutPrefix } from '../../provider/link/address';
import { endOf, type LinkEnd } from './ends';
import type { PlannedLink } from './planned';
import type { Protocols } from './protocols';
import type { Identity } from './routers';
import type { TopologySettings } from './schema';

type Bgp = NonNullable<FrrConfiguration['bgp']>;
type Neighbors = NonNullable<Bgp['neighbors']>;
type Interfaces = NonNullable<FrrConfiguration['interfaces']>;

/** What FRR is to do on a router. */
export const configurationOf = (
  name: string,
  settings: TopologySettings,
  identities: ReadonlyMap<string, Identity>,
  links: ReadonlyMap<string, PlannedLink>,
  protocols: Protocols,
): FrrConfiguration => {
  const { policy } = settings;
  const { asn, routerId, loopbacks } = identities.get(name) as Identity;
  const ends = [...links.values()].flatMap((link) => endOf(link, name) ?? []);
  const runs = (protocol: 'ospf' | 'ospf6') =>
    protocols.igp === 'ospf' && policy[protocol === 'ospf' ? 'ipv4' : 'ipv6'];
  const inner = { area: '0.0.0.0', passive: true };
  const lo: Interfaces[string] = {
    addresses: loopbacks,
    ...(runs('ospf') ? { ospf: inner } : {}),
    ...(runs('ospf6') ? { ospf6: inner } : {}),
  };
  return {
    defaults: policy.defaults,
    interfaces: { lo, ...Object.fromEntries(ends.map((end) => [end.own.interface, interfaceOf(end)])) },
    ...(asn === undefined ? {} : { bgp: bgpOf(name, asn, settings, identities, ends, protocols) }),
    ...(runs('ospf') ? { ospf: { routerId } } : {}),
    ...(runs('ospf6') ? { ospf6: { routerId } } : {}),
  };
};

// FRR's own is worked out from a speed that a veth or vxlan may or may not tell: 1 or 10, by chance (seen with 8.4.4).
const defaultCost = 10;

const interfaceOf = ({ link, own, peer }: LinkEnd): Interfaces[string] => {
  const common = {
    area: '0.0.0.0',
    network: 'point-to-point' as const,
    cost: own.metric ?? defaultCost,
    ...(link.bfd ? { bfd: true } : {}),
  };
  return {
    description: `to ${peer.router}`,
    ...(link.runs.includes('ospf') ? { ospf: common } : {}),
    ...(link.runs.includes('ospf6') ? { ospf6: common } : {}),
  };
};

const bgpOf = (
  name: string,
  asn: number,
  { policy }: TopologySettings,
  identities: ReadonlyMap<string, Identity>,
  ends: LinkEnd[],
  protocols: Protocols,
): Bgp => {
  const { routerId, loopbacks } = identities.get(name) as Identity;
  const neighbors: Neighbors = {
    ...Object.fromEntries(ends.flatMap((end) => outerNeighbors(end, identities, policy))),
    ...Object.fromEntries(
      protocols.innerPeers(name).flatMap(({ router, client }) =>
        innerAddresses(loopbacks, identities.get(router)?.loopbacks ?? []).map(([own, peer]) => {
          const family = { nextHopSelf: true, ...(client ? { routeReflectorClient: true } : {}) };
          return [
            peer,
            {
              remoteAs: 'internal' as const,
              description: router,
              updateSource: own,
              ...(familyOf(peer) === 4 ? { ipv4: family } : { ipv6: family }),
            },
          ];
        }),
      ),
    ),
  };
  const announced = ends.some(({ link }) => link.runs.includes('ebgp'))
    ? [...loopbacks, ...loopbacksInside(name, asn, identities, protocols)]
    : loopbacks;
  const networks = (family: 4 | 6) => announced.filter((address) => familyOf(address) === family);
  return {
    asn,
    routerId,
    ...(policy.timers === undefined ? {} : { timers: policy.timers }),
    // RFC 8212 wants filters, and the whole is one administration's here.
    ebgpRequiresPolicy: false,
    multipathRelax: true,
    neighbors,
    ...(networks(4).length > 0 ? { ipv4: { networks: networks(4) } } : {}),
    ...(networks(6).length > 0 ? { ipv6: { networks: networks(6) } } : {}),
  };
};

// To FRR a route whose next hop is the prefix itself, as iBGP has it for loopbacks, is none (bgp_find_or_add_nexthop() in
// bgp_nht.c), so a border would not pass it on. It announces them itself instead, as long as the IGP reaches them.
const loopbacksInside = (
  name: string,
  asn: number,
  identities: ReadonlyMap<string, Identity>,
  { igp }: Protocols,
): string[] =>
  igp === 'none'
    ? []
    : [...identities]
        .filter(([other, identity]) => other !== name && identity.asn === asn)
        .flatMap(([, { loopbacks }]) => loopbacks)
        .sort();

const outerNeighbors = (
  { link, own, peer }: LinkEnd,
  identities: ReadonlyMap<string, Identity>,
  { ipv4, ipv6 }: TopologySettings['policy'],
): [string, Neighbors[string]][] => {
  if (!link.runs.includes('ebgp')) return [];
  const shared = {
    remoteAs: identities.get(peer.router)?.asn as number,
    description: peer.router,
    ...(link.bfd ? { bfd: true } : {}),
  };
  if (own.addresses === undefined || own.addresses.length === 0) {
    const families = { ...(ipv4 ? { ipv4: {} } : {}), ...(ipv6 ? { ipv6: {} } : {}) };
    return [[own.interface, { ...shared, interface: 'v6only', ...families }]];
  }
  return sessionAddresses(peer.addresses ?? []).map((address) => [
    address,
    { ...shared, ...(familyOf(address) === 4 ? { ipv4: {} } : { ipv6: {} }) },
  ]);
};

/** The addresses of a link's end that sessions are with: the first of each family. */
export const sessionAddresses = (addresses: string[]): string[] =>
  ([4, 6] as const).flatMap((family) => {
    const first = addresses.find((address) => familyOf(address) === family);
    return first === undefined ? [] : [withoutPrefix(first)];
  });

/** The addresses between which routers have iBGP sessions, own and peer: one pair a family that both have. */
export const innerAddresses = (own: string[], peer: string[]): [string, string][] =>
  sessionAddresses(own).flatMap((address) => {
    const other = sessionAddresses(peer).find((each) => familyOf(each) === familyOf(address));
    return other === undefined ? [] : [[address, other] as [string, string]];
  });
