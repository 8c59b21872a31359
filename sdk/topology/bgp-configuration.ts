import { familyOf } from '../../provider/address';
import { canonicalIp } from '../../provider/frr/address';
import type { FrrConfiguration } from '../../provider/frr/schema';
import { networkOf, withoutPrefix } from '../../provider/link/address';
import { merged } from '../merged';
import { areConfederates, asnTowards, confederationOf } from './confederations';
import { type DeclaredNetwork, isInside, type RouterEnd } from './declared-networks';
import { externalPeers, type LinkEnd } from './ends';
import type { PlannedEnd } from './planned';
import type { Protocols } from './protocols';
import type { Identity } from './routers';
import type { TopologySettings } from './schema';
import type { SessionArgs } from './session-schema';
import type { Whole } from './whole';

type Bgp = NonNullable<FrrConfiguration['bgp']>;
type Neighbors = NonNullable<Bgp['neighbors']>;
type Neighbor = Neighbors[string];

/** What BGP is to do on a router. */
export const bgpOf = (name: string, asn: number, ends: LinkEnd[], whole: Whole): Bgp => {
  const { settings, identities, protocols } = whole;
  const { policy } = settings;
  const { routerId, loopbacks } = identities.get(name) as Identity;
  const neighbors: Neighbors = {
    ...Object.fromEntries(ends.flatMap((end) => outerNeighbors(end, whole))),
    ...Object.fromEntries(innerNeighbors(name, whole)),
  };
  const border = ends.some(({ link }) => link.runs.includes('ebgp'));
  const announced = [
    ...new Set([
      ...loopbacks,
      ...(border ? loopbacksInside(name, asn, identities, protocols) : []),
      ...ends.flatMap(({ link, own }) =>
        link.passive || (link.kind === 'segment' && link.announced)
          ? (own.addresses ?? []).map(networkOf)
          : [],
      ),
      ...(settings.routers[name]?.networks ?? []).map(canonicalIp),
    ]),
  ];
  const confederation = confederationOf(settings, asn);
  const confederates = confederation?.members.filter((member) => member !== asn) ?? [];
  const networks = (family: 4 | 6) => announced.filter((address) => familyOf(address) === family);
  return {
    asn,
    routerId,
    ...(policy.timers === undefined ? {} : { timers: policy.timers }),
    // RFC 8212 wants filters, and the whole is one administration's here.
    ebgpRequiresPolicy: false,
    multipathRelax: true,
    ...(confederation === undefined
      ? {}
      : {
          confederation: {
            identifier: confederation.identifier,
            ...(confederates.length > 0 ? { peers: confederates } : {}),
          },
        }),
    neighbors,
    ...(networks(4).length > 0 ? { ipv4: { networks: networks(4) } } : {}),
    ...(networks(6).length > 0 ? { ipv6: { networks: networks(6) } } : {}),
  };
};

/** Routes that are there for what a router originates: the last that anything matches. */
export const originated = (
  { routers }: TopologySettings,
  router: string,
): NonNullable<FrrConfiguration['staticRoutes']> =>
  (routers[router]?.networks ?? []).map((prefix) => ({
    prefix: canonicalIp(prefix),
    blackhole: true,
    distance: 254,
  }));

const innerNeighbors = (name: string, { settings, identities, protocols }: Whole): [string, Neighbor][] => {
  const { policy } = settings;
  const { asn, loopbacks: ownLoopbacks } = identities.get(name) as Identity;
  // In a confederation FRR takes "internal" for another AS.
  const remoteAs = asn !== undefined && confederationOf(settings, asn) ? asn : 'internal';
  return protocols.innerPeers(name).flatMap(({ router, client }) =>
    innerAddresses(ownLoopbacks, identities.get(router)?.loopbacks ?? []).map(
      ([own, peer]): [string, Neighbor] => {
        const family = { nextHopSelf: true, ...(client ? { routeReflectorClient: true } : {}) };
        return [
          peer,
          withSession(
            {
              remoteAs,
              description: router,
              updateSource: own,
              ...(familyOf(peer) === 4 ? { ipv4: family } : { ipv6: family }),
            },
            policy.bgp.internal,
          ),
        ];
      },
    ),
  );
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

const outerNeighbors = (end: LinkEnd, whole: Whole): [string, Neighbor][] =>
  externalPeers(end).flatMap((peer) => neighborsAt(peer, end, whole));

const neighborsAt = (peer: PlannedEnd, end: LinkEnd, whole: Whole): [string, Neighbor][] => {
  const { name, link, own } = end;
  const names = sessionsWith(peer, own);
  const { policy } = whole.settings;
  // Between the ASes of a confederation next hops stay as they are, and are unknown beyond the link.
  const family =
    own.asn !== undefined && peer.asn !== undefined && areConfederates(whole.settings, own.asn, peer.asn)
      ? { nextHopSelf: true }
      : {};
  const declared = whole.declared.get(name) as DeclaredNetwork;
  const shared = {
    remoteAs: asnOf(peer, own, declared, whole),
    description: peer.router ?? peer.machineName ?? 'the host',
    ...(link.bfd ? { bfd: true } : {}),
  };
  const given = [
    peer.router === undefined ? policy.bgp.outside : policy.bgp.external,
    declared.session,
    endIn(declared, own.router)?.session,
  ];
  const families = { ...(policy.ipv4 ? { ipv4: family } : {}), ...(policy.ipv6 ? { ipv6: family } : {}) };
  if (isBare(own)) {
    const session = withSession({ ...shared, interface: 'v6only', ...families }, ...given);
    return names.map((neighbor) => [neighbor, session]);
  }
  return names.map((address): [string, Neighbor] => {
    const six = familyOf(address) === 6;
    // Over the one session that there is, both kinds of routes (RFC 8950).
    const both = six && names.length === 1 && policy.ipv4;
    const carried = both
      ? { capabilityExtendedNexthop: true, ...families }
      : six
        ? { ipv6: family }
        : { ipv4: family };
    return [address, withSession({ ...shared, ...carried }, ...given)];
  });
};

const endIn = ({ ends }: DeclaredNetwork, router: string | undefined): RouterEnd | undefined =>
  ends.filter(isInside).find((end) => end.router === router);

// As whom the other end comes: it may have another AS for this neighbour.
const asnOf = (peer: PlannedEnd, own: PlannedEnd, declared: DeclaredNetwork, { settings }: Whole): number => {
  if (peer.router === undefined) return peer.asn as number;
  const given = [endIn(declared, peer.router)?.session, declared.session, settings.policy.bgp.external];
  const localAs = given.find((each) => each?.localAs !== undefined)?.localAs;
  return localAs?.asn ?? asnTowards(settings, own.asn as number, peer.asn as number);
};

// What is given for a family counts where the session has it.
const withSession = (neighbor: Neighbor, ...given: (SessionArgs | undefined)[]): Neighbor =>
  given.reduce<Neighbor>((session, each) => {
    if (each === undefined) return session;
    const { ipv4, ipv6, ...rest } = each;
    return merged(session, {
      ...rest,
      ...(session.ipv4 && ipv4 ? { ipv4 } : {}),
      ...(session.ipv6 && ipv6 ? { ipv6 } : {}),
    });
  }, neighbor);

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

/** The BGP neighbours that a router has over a link or segment, as it names them. */
export const neighborsOver = (end: LinkEnd): string[] =>
  externalPeers(end).flatMap((peer) => sessionsWith(peer, end.own));

const sessionsWith = (peer: PlannedEnd, own: PlannedEnd): string[] =>
  isBare(own) ? [own.interface] : sessionAddresses(peer.addresses ?? []);

// Its sessions are over link-local addresses.
const isBare = ({ addresses = [] }: PlannedEnd): boolean => addresses.length === 0;
