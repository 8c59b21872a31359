import { tunnelMtu } from '../../provider/tunnel-peering/mtu';
import type { Areas } from './areas';
import { isBetweenRouters } from './declared-networks';
import type { DeclaredSegment } from './declared-segments';
import { prefixesOf } from './ends';
import { fitted } from './interface-name';
import type { Place } from './links';
import type { PlannedSegment, PlannedSegmentEnd } from './planned';
import type { Protocols } from './protocols';
import type { TopologySettings } from './schema';
import { type EndAddresses, segmentAddresses } from './segment-addresses';
import { hostsOf, type PlacedEnd, type PlacedSegment, placedSegments, tunnelsOf } from './segment-places';

/** Gives segments their bridges, tunnels, interfaces and addresses. */
export const plannedSegments = (
  declared: DeclaredSegment[],
  settings: TopologySettings,
  placeOf: (router: string) => Place,
  protocols: Protocols,
  areas: Areas,
): { segments: Map<string, PlannedSegment>; problems: string[] } => {
  const { segments, problems: misplaced } = placedSegments(declared, placeOf);
  if (misplaced.length > 0) return { segments: new Map(), problems: misplaced };
  const { addresses, problems } = segmentAddresses(segments, settings, protocols);
  return {
    problems,
    segments: new Map(
      segments.map((segment) => [
        segment.name,
        plannedSegment(segment, settings, addresses.get(segment.name), protocols, areas),
      ]),
    ),
  };
};

const plannedSegment = (
  segment: PlacedSegment,
  settings: TopologySettings,
  addresses: ReadonlyMap<string, EndAddresses> | undefined,
  protocols: Protocols,
  areas: Areas,
): PlannedSegment => {
  const { name, declared } = segment;
  const { cost, bandwidth, adminState, bfd = settings.policy.bfd, bridge = fitted(`pn-${name}`) } = declared;
  const runs = protocols.onLink(declared);
  const area = areas.links.get(name);
  const ends = segment.ends.map((end) => plannedEnd(end, segment, addresses?.get(end.label)));
  const tunnels = tunnelsOf(segment);
  return {
    kind: 'segment',
    ends: Object.fromEntries(ends.map((end, index) => [segment.ends[index]?.label as string, end])),
    prefixes: prefixesOf(ends),
    bridge,
    tunnels,
    mtu: declared.mtu ?? mtuOf(Object.keys(tunnels).length > 0 ? hostsOf(segment) : [], settings),
    adminState,
    bfd,
    ...(cost === undefined ? {} : { cost }),
    ...(bandwidth === undefined ? {} : { bandwidth }),
    ...(area === undefined ? {} : { area }),
    passive: declared.passive ?? (runs.length === 0 && !isBetweenRouters(declared)),
    announced: segment.ends.some(({ router, asn }) => router === undefined && asn === undefined),
    runs,
  };
};

const plannedEnd = (
  end: PlacedEnd,
  { name, declared }: PlacedSegment,
  { addresses, number }: EndAddresses = { addresses: [] },
): PlannedSegmentEnd => {
  const { router, host, machineName, metric = declared.cost, mac, asn } = end;
  return {
    ...(router === undefined ? {} : { router }),
    host,
    machineName,
    interface: end.interface ?? fitted(name),
    port: fitted(`${name}_${router ?? machineName}`),
    addresses,
    ...(number === undefined ? {} : { number }),
    ...(metric === undefined ? {} : { metric }),
    ...(mac === undefined ? {} : { mac }),
    ...(declared.rate === undefined ? {} : { rate: declared.rate }),
    ...(asn === undefined ? {} : { asn }),
  };
};

// The same on all of it, or OSPF stays in ExStart, and frames that are too large go nowhere.
const mtuOf = (tunnelled: string[], { hosts }: TopologySettings): number => {
  if (tunnelled.length === 0) return 1500;
  const known = tunnelled
    .map((host) => hosts[host]?.underlay)
    .find((underlay) => typeof underlay === 'string');
  // One that is an output may be IPv6, which leaves less.
  return tunnelMtu('vxlan', known ?? '::');
};
