import { canonicalIp } from '../address';
import { wholeDampening } from '../dampening';
import type { FrrConfiguration } from '../schema';
import { block, compareAddresses, given, sorted, sortedByAddress, unlessDefault, when, words } from './lines';
import {
  groupLines,
  identityLines,
  isActive,
  type Neighbor,
  neighborFamilyLines,
  neighborLines,
} from './neighbor';

type Bgp = NonNullable<FrrConfiguration['bgp']>;
type Family = NonNullable<Bgp['ipv4']> & NonNullable<Bgp['ipv6']>;

/** `router bgp`. */
export const renderBgp = ({ bgp, defaults }: FrrConfiguration): string[] => {
  if (!bgp) return [];
  const peers = peersOf(bgp);
  return block(`router bgp ${bgp.asn}`, [
    ...routerLines(bgp, defaults === 'datacenter'),
    ...peers.flatMap(({ name, neighbor, group, isGroup }) => [
      ...(isGroup ? groupLines(name, neighbor) : identityLines(name, neighbor)),
      ...neighborLines(name, neighbor, group),
    ]),
    ...listenLines(bgp),
    ...when(bgp.shutdown, 'bgp shutdown'),
    ...familyBlock('ipv4', (bgp.ipv4 ?? {}) as Family, peers),
    ...familyBlock('ipv6', (bgp.ipv6 ?? {}) as Family, peers),
  ]);
};

interface Peer {
  name: string;
  neighbor: Neighbor;
  /** The group that it is a member of. */
  group: Neighbor | undefined;
  isGroup: boolean;
}

const peersOf = ({ peerGroups, neighbors }: Bgp): Peer[] => [
  ...sorted(peerGroups).map(([name, neighbor]) => ({ name, neighbor, group: undefined, isGroup: true })),
  ...sortedByAddress(neighbors).map(([name, neighbor]) => ({
    name: canonicalIp(name),
    neighbor,
    group: peerGroups?.[neighbor.peerGroup ?? ''],
    isGroup: false,
  })),
];

const routerLines = (bgp: Bgp, datacenter: boolean): string[] => [
  ...unlessDefault(bgp.fastExternalFailover, true, 'bgp fast-external-failover'),
  ...given(bgp.routerId, (id) => `bgp router-id ${id}`),
  ...unlessDefault(bgp.suppressFibPending, false, 'bgp suppress-fib-pending'),
  ...unlessDefault(bgp.logNeighborChanges, datacenter, 'bgp log-neighbor-changes'),
  ...unlessDefault(bgp.alwaysCompareMed, false, 'bgp always-compare-med'),
  ...unlessDefault(bgp.ebgpRequiresPolicy, !datacenter, 'bgp ebgp-requires-policy'),
  // Each neighbour says itself which families it is for; FRR's own default would add IPv4 to IPv6 neighbours.
  'no bgp default ipv4-unicast',
  ...when(
    bgp.defaultLocalPreference !== undefined && bgp.defaultLocalPreference !== 100,
    `bgp default local-preference ${bgp.defaultLocalPreference}`,
  ),
  ...confederationLines(bgp.confederation),
  ...unlessDefault(bgp.routeReflectorAllowOutboundPolicy, false, 'bgp route-reflector allow-outbound-policy'),
  ...unlessDefault(bgp.clientToClientReflection, true, 'bgp client-to-client reflection'),
  ...given(bgp.clusterId, (id) => `bgp cluster-id ${id}`),
  ...unlessDefault(bgp.deterministicMed, datacenter, 'bgp deterministic-med'),
  ...unlessDefault(bgp.gracefulShutdown, false, 'bgp graceful-shutdown'),
  ...gracefulRestartLines(bgp.gracefulRestart),
  ...unlessDefault(bgp.asPathIgnore, false, 'bgp bestpath as-path ignore'),
  ...unlessDefault(bgp.asPathConfed, false, 'bgp bestpath as-path confed'),
  ...unlessDefault(bgp.multipathRelax, false, 'bgp bestpath as-path multipath-relax'),
  ...unlessDefault(bgp.compareRouterId, false, 'bgp bestpath compare-routerid'),
  ...when(
    bgp.medConfed || bgp.medMissingAsWorst,
    words('bgp bestpath med', bgp.medConfed && 'confed', bgp.medMissingAsWorst && 'missing-as-worst'),
  ),
  ...unlessDefault(bgp.peerTypeMultipathRelax, false, 'bgp bestpath peer-type multipath-relax'),
  ...unlessDefault(bgp.networkImportCheck, true, 'bgp network import-check'),
  ...timerLines(bgp, datacenter),
];

const confederationLines = (confederation: Bgp['confederation']): string[] => {
  if (!confederation) return [];
  const { identifier, peers } = confederation;
  return [
    `bgp confederation identifier ${identifier}`,
    // FRR keeps them in the order in which they came.
    ...given(peers, (asns) => `bgp confederation peers ${[...asns].sort((a, b) => a - b).join(' ')}`),
  ];
};

// FRR's defaults reset every session on each reload when they are written (FRR issue 22953): they are left out.
const gracefulRestartLines = (gracefulRestart: Bgp['gracefulRestart']): string[] => {
  if (gracefulRestart === undefined) return [];
  if (gracefulRestart === false) return ['bgp graceful-restart-disable'];
  const { restartTime, stalePathTime, selectDeferTime, ribStaleTime, preserveForwardingState } =
    gracefulRestart === true ? ({} as Exclude<typeof gracefulRestart, boolean>) : gracefulRestart;
  const timer = (name: string, value: number | undefined, byDefault: number) =>
    when(value !== undefined && value !== byDefault, `bgp graceful-restart ${name} ${value}`);
  return [
    ...timer('stalepath-time', stalePathTime, 360),
    ...timer('restart-time', restartTime, 120),
    ...timer('select-defer-time', selectDeferTime, 360),
    'bgp graceful-restart',
    ...when(preserveForwardingState, 'bgp graceful-restart preserve-fw-state'),
    ...timer('rib-stale-time', ribStaleTime, 500),
  ];
};

const timerLines = ({ timers }: Bgp, datacenter: boolean): string[] => {
  if (!timers) return [];
  const values = `${timers.keepalive} ${timers.holdtime}`;
  return when(values !== (datacenter ? '3 9' : '60 180'), `timers bgp ${values}`);
};

const listenLines = ({ listenLimit, peerGroups }: Bgp): string[] => [
  ...when(listenLimit !== undefined && listenLimit !== 100, `bgp listen limit ${listenLimit}`),
  ...sorted(peerGroups).flatMap(([name, { listenRanges = [] }]) =>
    [...listenRanges]
      .sort(compareAddresses)
      .map((range) => `bgp listen range ${canonicalIp(range)} peer-group ${name}`),
  ),
];

const familyBlock = (name: 'ipv4' | 'ipv6', family: Family, peers: Peer[]): string[] => {
  const lines = [
    ...given(family.distance, ({ external, internal, local }) => `${external} ${internal} ${local}`)
      .filter((values) => values !== '20 200 200')
      .map((values) => `distance bgp ${values}`),
    ...networkLines(family),
    ...aggregateLines(family),
    ...redistributeLines(family),
    ...peers.flatMap((peer) => [
      ...activateLines(peer, name),
      ...neighborFamilyLines(peer.name, peer.neighbor[name] ?? {}),
    ]),
    ...maximumPathsLines(family),
    ...dampeningLines(family),
  ];
  if (lines.length === 0) return [];
  return ['!', ...block(`address-family ${name} unicast`, lines, 'exit-address-family').slice(0, -1)];
};

const activateLines = ({ name, neighbor, group, isGroup }: Peer, family: 'ipv4' | 'ipv6'): string[] => {
  const groupActive = group !== undefined && group[family] !== undefined && (group[family].activate ?? true);
  const active = isGroup
    ? neighbor[family] !== undefined && (neighbor[family].activate ?? true)
    : isActive(name, neighbor, group, family);
  return when(active !== groupActive, active ? `neighbor ${name} activate` : `no neighbor ${name} activate`);
};

const networkLines = ({ networks = [] }: Family): string[] =>
  networks
    .map((network) => (typeof network === 'string' ? { prefix: network } : network))
    .sort((a, b) => compareAddresses(a.prefix, b.prefix))
    .map((network) =>
      words(
        'network',
        canonicalIp(network.prefix),
        'routeMap' in network && network.routeMap !== undefined && `route-map ${network.routeMap}`,
      ),
    );

const aggregateLines = ({ aggregates = [] }: Family): string[] =>
  [...aggregates]
    .sort((a, b) => compareAddresses(a.prefix, b.prefix))
    .map(({ prefix, asSet, summaryOnly, suppressMap, origin, matchingMedOnly }) =>
      words(
        'aggregate-address',
        canonicalIp(prefix),
        asSet && 'as-set',
        summaryOnly && 'summary-only',
        origin !== undefined && `origin ${origin}`,
        matchingMedOnly && 'matching-MED-only',
        suppressMap !== undefined && `suppress-map ${suppressMap}`,
      ),
    );

// In FRR's order of protocols (lib/route_types.txt).
const redistributeLines = ({ redistribute }: Family): string[] =>
  (['kernel', 'connected', 'static', 'ospf', 'ospf6'] as const).flatMap((protocol) =>
    given(redistribute?.[protocol], (how) =>
      words(
        'redistribute',
        protocol,
        how !== true && how.metric !== undefined && `metric ${how.metric}`,
        how !== true && how.routeMap !== undefined && `route-map ${how.routeMap}`,
      ),
    ),
  );

const maximumPathsLines = ({ maximumPaths }: Family): string[] => {
  const { ebgp, ibgp } =
    typeof maximumPaths === 'number' ? { ebgp: maximumPaths, ibgp: maximumPaths } : (maximumPaths ?? {});
  return [
    ...given(ebgp, (count) => `maximum-paths ${count}`),
    ...given(ibgp, (count) => `maximum-paths ibgp ${count}`),
  ];
};

// As FRR writes it: nothing of what is the default, or the half life alone, or all four (bgp_config_write_damp()).
const dampeningLines = ({ dampening }: Family): string[] =>
  given(dampening, (how) => {
    const { halfLife, reuse, suppress, maximumSuppressTime } = wholeDampening(how === true ? {} : how);
    const usual = reuse === 750 && suppress === 2000 && maximumSuppressTime === halfLife * 4;
    return words(
      'bgp dampening',
      (!usual || halfLife !== 15) && halfLife,
      !usual && `${reuse} ${suppress} ${maximumSuppressTime}`,
    );
  });
