import { familyOf } from '../../address';
import { canonicalIp, isIp } from '../address';
import type { FrrConfiguration } from '../schema';
import { given, note, when, words } from './lines';

type Bgp = NonNullable<FrrConfiguration['bgp']>;
/** A neighbour, or a peer group, which has no `peerGroup`, `interface` or `port`. */
export type Neighbor = NonNullable<Bgp['neighbors']>[string];
type Family = NonNullable<Neighbor['ipv4']>;

/** What makes a neighbour one: its AS, or its group. */
export const identityLines = (peer: string, neighbor: Neighbor): string[] => {
  const as = given(neighbor.remoteAs, (value) => `remote-as ${value}`);
  const member = given(neighbor.peerGroup, (name) => `peer-group ${name}`);
  const unnumbered = neighbor.interface === 'v6only' ? 'interface v6only' : 'interface';
  const [first = '', ...rest] = isIp(peer) ? [...as, ...member] : [...member, ...as];
  return [isIp(peer) ? first : `${unnumbered} ${first}`, ...rest].map((text) => `neighbor ${peer} ${text}`);
};

/** What makes a name a peer group. */
export const groupLines = (name: string, { remoteAs }: Neighbor): string[] => [
  `neighbor ${name} peer-group`,
  ...given(remoteAs, (value) => `neighbor ${name} remote-as ${value}`),
];

/** What a neighbour or a peer group has, whatever family. */
export const neighborLines = (peer: string, neighbor: Neighbor, group: Neighbor | undefined): string[] => {
  const line = (text: string) => `neighbor ${peer} ${text}`;
  const { timers = {}, localAs, localRole } = neighbor;
  return [
    ...given(localAs, ({ asn, noPrepend, replaceAs }) =>
      line(words('local-as', asn, noPrepend && 'no-prepend', replaceAs && 'replace-as')),
    ),
    ...given(neighbor.description, (text) => line(`description ${note(text)}`)),
    ...when(neighbor.shutdown, line('shutdown')),
    ...bfdLines(neighbor.bfd).map(line),
    ...given(neighbor.password, (password) => line(`password ${password}`)),
    ...when(neighbor.port !== undefined && neighbor.port !== 179, line(`port ${neighbor.port}`)),
    ...when(neighbor.passive, line('passive')),
    ...ownHopLines(neighbor, group).map(line),
    ...given(localRole, ({ role, strictMode }) =>
      line(words('local-role', role, strictMode && 'strict-mode')),
    ),
    ...when(
      neighbor.ttlSecurityHops !== undefined && neighbor.ttlSecurityHops !== group?.ttlSecurityHops,
      line(`ttl-security hops ${neighbor.ttlSecurityHops}`),
    ),
    ...when(neighbor.disableConnectedCheck, line('disable-connected-check')),
    ...given(neighbor.updateSource, (source) => line(`update-source ${canonicalIp(source)}`)),
    ...given(neighbor.advertisementInterval, (seconds) => line(`advertisement-interval ${seconds}`)),
    ...when(timers.keepalive !== undefined, line(`timers ${timers.keepalive} ${timers.holdtime}`)),
    ...given(timers.connect, (seconds) => line(`timers connect ${seconds}`)),
    ...when(neighbor.capabilityExtendedNexthop && isIp(peer), line('capability extended-nexthop')),
  ];
};

const bfdLines = (bfd: Neighbor['bfd']): string[] => {
  if (!bfd) return [];
  const { profile, checkControlPlaneFailure } =
    bfd === true ? { profile: undefined, checkControlPlaneFailure: undefined } : bfd;
  return [
    'bfd',
    ...given(profile, (name) => `bfd profile ${name}`),
    ...when(checkControlPlaneFailure, 'bfd check-control-plane-failure'),
  ];
};

// FRR 8.4 writes "ebgp-multihop 255", FRR 10 "ebgp-multihop", whose frr-reload.py takes the first for the second.
const ownHopLines = ({ ebgpMultihop }: Neighbor, group: Neighbor | undefined): string[] => {
  const hops = (value: Neighbor['ebgpMultihop']) => (value === true ? 255 : value);
  return ebgpMultihop && hops(ebgpMultihop) !== hops(group?.ebgpMultihop)
    ? [`ebgp-multihop ${hops(ebgpMultihop)}`]
    : [];
};

/** Whether routes of a family are exchanged. A group only says for its members what it gives itself. */
export const isActive = (
  peer: string,
  neighbor: Neighbor,
  group: Neighbor | undefined,
  family: 'ipv4' | 'ipv6',
): boolean => {
  const stated = neighbor[family] ?? group?.[family];
  if (stated) return neighbor[family]?.activate ?? group?.[family]?.activate ?? true;
  const silent = ![neighbor.ipv4, neighbor.ipv6, group?.ipv4, group?.ipv6].some(Boolean);
  return silent && (!isIp(peer) || `ipv${familyOf(peer)}` === family);
};

/** What is particular to a family. */
export const neighborFamilyLines = (peer: string, settings: Family): string[] => {
  const line = (text: string) => `neighbor ${peer} ${text}`;
  const filters = (command: string, list: string | undefined, way: string) =>
    given(list, (name) => line(`${command} ${name} ${way}`));
  return [
    ...given(settings.addPath, (paths) => line(`addpath-tx-${paths}`)),
    ...when(settings.routeReflectorClient, line('route-reflector-client')),
    ...given(settings.nextHopSelf, (self) =>
      line(self === 'force' ? 'next-hop-self force' : 'next-hop-self'),
    ),
    ...given(settings.removePrivateAs, (which) => line(words('remove-private-AS', which !== true && which))),
    ...when(settings.asOverride, line('as-override')),
    ...unsentLines(settings).map((text) => `no ${line(text)}`),
    ...given(settings.defaultOriginate, (how) =>
      line(how === true ? 'default-originate' : `default-originate route-map ${how.routeMap}`),
    ),
    ...when(settings.softReconfigurationInbound, line('soft-reconfiguration inbound')),
    ...maximumPrefixLines(settings.maximumPrefix).map(line),
    ...given(settings.maximumPrefixOut, (count) => line(`maximum-prefix-out ${count}`)),
    ...when(settings.routeServerClient, line('route-server-client')),
    ...given(settings.allowasIn, (times) => line(words('allowas-in', times !== 3 && times))),
    ...given(settings.weight, (weight) => line(`weight ${weight}`)),
    ...filters('prefix-list', settings.prefixListIn, 'in'),
    ...filters('prefix-list', settings.prefixListOut, 'out'),
    ...filters('route-map', settings.routeMapIn, 'in'),
    ...filters('route-map', settings.routeMapOut, 'out'),
    ...given(settings.unsuppressMap, (name) => line(`unsuppress-map ${name}`)),
    ...filters('filter-list', settings.asPathListIn, 'in'),
    ...filters('filter-list', settings.asPathListOut, 'out'),
    ...unchangedLines(settings).map(line),
  ];
};

// FRR leaves the next hop to route server clients as it is, and writes that too.
const unchangedLines = ({ attributeUnchanged = [], routeServerClient }: Family): string[] => {
  const unchanged = routeServerClient ? [...attributeUnchanged, 'next-hop'] : attributeUnchanged;
  if (unchanged.length === 0) return [];
  return [
    words(
      'attribute-unchanged',
      ...['as-path', 'next-hop', 'med'].filter((each) => unchanged.includes(each)),
    ),
  ];
};

// FRR sends all three, and writes what it does not.
const unsentLines = ({ sendCommunity }: Family): string[] => {
  if (!sendCommunity) return [];
  if (sendCommunity.length === 0) return ['send-community all'];
  return [
    ...when(!sendCommunity.includes('standard'), 'send-community'),
    ...when(!sendCommunity.includes('extended'), 'send-community extended'),
    ...when(!sendCommunity.includes('large'), 'send-community large'),
  ];
};

const maximumPrefixLines = (maximumPrefix: Family['maximumPrefix']): string[] => {
  if (maximumPrefix === undefined) return [];
  if (typeof maximumPrefix === 'number') return [`maximum-prefix ${maximumPrefix}`];
  const { limit, threshold, warningOnly, restart, force } = maximumPrefix;
  return [
    words(
      'maximum-prefix',
      limit,
      threshold !== 75 && threshold,
      warningOnly && 'warning-only',
      restart !== undefined && `restart ${restart}`,
      force && 'force',
    ),
  ];
};
