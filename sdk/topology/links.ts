import type { Areas } from './areas';
import type { DeclaredLink } from './declared-links';
import { isBetweenRouters, isInside, labelOf, type OutsideEnd, type RouterEnd } from './declared-networks';
import { interfaceName } from './interface-name';
import { linkAddresses } from './link-addresses';
import type { PlannedEnd, PlannedLink } from './planned';
import type { Protocols } from './protocols';
import type { Identity } from './routers';
import type { TopologySettings } from './schema';

/** A router's machine. */
export interface Place {
  host: string;
  machineName: string;
}

/** Gives links their interfaces and addresses. */
export const plannedLinks = (
  declared: DeclaredLink[],
  settings: TopologySettings,
  identities: ReadonlyMap<string, Identity>,
  placeOf: (router: string) => Place,
  protocols: Protocols,
  areas: Areas,
): { links: Map<string, PlannedLink>; problems: string[] } => {
  const { addresses, problems } = linkAddresses(declared, settings, identities, protocols);
  const links = new Map<string, PlannedLink>();
  for (const link of declared) {
    const { name, cost, bandwidth, adminState, mtu, bfd = settings.policy.bfd, ends } = link;
    const [a, b] = ends.map((_, index) =>
      plannedEnd(link, index as 0 | 1, placeOf, addresses.get(name)?.[index]),
    ) as [PlannedEnd, PlannedEnd];
    const runs = protocols.onLink(link);
    const area = areas.links.get(name);
    links.set(name, {
      kind: a.host === b.host ? 'veth' : kindOf(link.tunnel ?? settings.policy.tunnel),
      a,
      b,
      adminState,
      bfd,
      ...(cost === undefined ? {} : { cost }),
      ...(bandwidth === undefined ? {} : { bandwidth }),
      ...(mtu === undefined ? {} : { mtu }),
      ...(area === undefined ? {} : { area }),
      passive: link.passive ?? (runs.length === 0 && !isBetweenRouters(link)),
      runs,
    });
  }
  return {
    links,
    problems: [...problems, ...oneSided(declared)],
  };
};

// Anything else than this is the default, or an output, which the plan does not look into.
const kindOf = (tunnel: unknown): 'vxlan' | 'wireguard' =>
  (tunnel as { kind?: unknown } | undefined)?.kind === 'wireguard' ? 'wireguard' : 'vxlan';

const plannedEnd = (
  { given, cost, rate, ends }: DeclaredLink,
  index: 0 | 1,
  placeOf: (router: string) => Place,
  pooled: string[] | undefined,
): PlannedEnd => {
  const [end, peer] = index === 0 ? ends : [ends[1], ends[0]];
  const { host } = placed(end, peer, placeOf);
  const peerHost = placed(peer, end, placeOf).host;
  const addresses = end.addresses ?? pooled;
  const metric = end.metric ?? cost;
  const limit = end.rate ?? rate;
  const name = interfaceName({
    peer: isInside(peer) ? peer.router : (peer.machineName ?? 'host'),
    ...(given === undefined ? {} : { linkName: given }),
    ...(host === peerHost ? {} : { peerHost }),
  });
  return {
    ...(isInside(end) ? { router: end.router } : {}),
    ...placed(end, peer, placeOf),
    interface: end.interface ?? name,
    ...(addresses === undefined ? {} : { addresses }),
    ...(metric === undefined ? {} : { metric }),
    ...(end.mac === undefined ? {} : { mac: end.mac }),
    ...(limit === undefined ? {} : { rate: limit }),
    ...(isInside(end) || end.asn === undefined ? {} : { asn: end.asn }),
  };
};

const placed = (
  end: RouterEnd | OutsideEnd,
  peer: RouterEnd | OutsideEnd,
  placeOf: (router: string) => Place,
): { host: string; machineName?: string } => {
  if (isInside(end)) return placeOf(end.router);
  return {
    // The first end is always in a router.
    host: end.host === true ? placeOf((peer as RouterEnd).router).host : end.host,
    ...(end.machineName === undefined ? {} : { machineName: end.machineName }),
  };
};

const oneSided = (declared: DeclaredLink[]): string[] =>
  declared.flatMap(({ label, ends: [one, other] }) => {
    if ((one.addresses === undefined) === (other.addresses === undefined)) return [];
    const [has, lacks] = (one.addresses === undefined ? [other, one] : [one, other]).map(labelOf);
    return `${label}: ${has} has addresses of its own here, and ${lacks} none; accepted are \`addresses\` on both ends, or on none`;
  });
