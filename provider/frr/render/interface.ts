import { familyOf } from '../../address';
import { canonicalIp } from '../address';
import type { FrrConfiguration } from '../schema';
import { areaText, block, given, note, sorted, when } from './lines';
import { authenticationLines } from './ospf-authentication';

type Interface = NonNullable<FrrConfiguration['interfaces']>[string];
type Ospf = NonNullable<Interface['ospf']>;
type Ospf6 = NonNullable<Interface['ospf6']>;
type RouterAdvertisements = Exclude<NonNullable<Interface['ipv6RouterAdvertisements']>, boolean>;

/** Interfaces with their part in OSPF. */
export const renderInterfaces = ({ interfaces, ospf }: FrrConfiguration): string[] =>
  sorted(interfaces).flatMap(([name, settings]) => {
    const lines = [
      ...given(settings.bandwidth, (value) => `bandwidth ${value}`),
      ...given(settings.description, (text) => `description ${note(text)}`),
      ...(settings.addresses ?? []).map(
        (address) => `${familyOf(address) === 4 ? 'ip' : 'ipv6'} address ${canonicalIp(address)}`,
      ),
      ...ospfLines(settings.ospf, ospf?.passiveInterfaceDefault === true),
      ...routerAdvertisementLines(settings.ipv6RouterAdvertisements),
      ...ospf6Lines(settings.ospf6),
    ];
    return lines.length > 0 ? block(`interface ${name}`, lines) : [];
  });

const ospfLines = (ospf: Ospf | undefined, passiveByDefault: boolean): string[] => {
  if (!ospf) return [];
  const { network, passive = passiveByDefault } = ospf;
  return [
    // FRR 8.4 never writes what is the interface's own kind anyway, as "broadcast" is on a veth or vxlan.
    ...when(network !== undefined && network !== 'broadcast', `ip ospf network ${network}`),
    ...authenticationLines('ip ospf', ospf.authentication),
    ...given(ospf.cost, (value) => `ip ospf cost ${value}`),
    ...unless(ospf.helloInterval, 10, (value) => `ip ospf hello-interval ${value}`),
    ...given(ospf.deadInterval, (value) => `ip ospf dead-interval ${value}`),
    ...unless(ospf.priority, 1, (value) => `ip ospf priority ${value}`),
    ...unless(ospf.retransmitInterval, 5, (value) => `ip ospf retransmit-interval ${value}`),
    ...unless(ospf.transmitDelay, 1, (value) => `ip ospf transmit-delay ${value}`),
    `ip ospf area ${areaText(ospf.area)}`,
    ...bfdLines('ip ospf bfd', ospf.bfd),
    ...when(ospf.mtuIgnore, 'ip ospf mtu-ignore'),
    ...when(passive !== passiveByDefault, passive ? 'ip ospf passive' : 'no ip ospf passive'),
  ];
};

const ospf6Lines = (ospf6: Ospf6 | undefined): string[] => {
  if (!ospf6) return [];
  const { authentication } = ospf6;
  return [
    `ipv6 ospf6 area ${areaText(ospf6.area)}`,
    ...given(ospf6.cost, (value) => `ipv6 ospf6 cost ${value}`),
    ...unless(ospf6.helloInterval, 10, (value) => `ipv6 ospf6 hello-interval ${value}`),
    ...unless(ospf6.deadInterval, 40, (value) => `ipv6 ospf6 dead-interval ${value}`),
    ...unless(ospf6.retransmitInterval, 5, (value) => `ipv6 ospf6 retransmit-interval ${value}`),
    ...unless(ospf6.priority, 1, (value) => `ipv6 ospf6 priority ${value}`),
    ...unless(ospf6.transmitDelay, 1, (value) => `ipv6 ospf6 transmit-delay ${value}`),
    ...unless(ospf6.instanceId, 0, (value) => `ipv6 ospf6 instance-id ${value}`),
    ...when(ospf6.passive, 'ipv6 ospf6 passive'),
    ...when(ospf6.mtuIgnore, 'ipv6 ospf6 mtu-ignore'),
    ...given(ospf6.network, (network) => `ipv6 ospf6 network ${network}`),
    ...bfdLines('ipv6 ospf6 bfd', ospf6.bfd),
    ...given(
      authentication,
      ({ keyId = 1, hashAlgorithm = 'hmac-sha-256', password }) =>
        `ipv6 ospf6 authentication key-id ${keyId} hash-algo ${hashAlgorithm} key ${password}`,
    ),
  ];
};

const bfdLines = (command: string, bfd: Ospf['bfd']): string[] => {
  if (!bfd) return [];
  return [command, ...given(bfd === true ? undefined : bfd.profile, (name) => `${command} profile ${name}`)];
};

const routerAdvertisementLines = (given: Interface['ipv6RouterAdvertisements']): string[] =>
  given ? ['no ipv6 nd suppress-ra', ...(given === true ? [] : advertisedLines(given))] : [];

const advertisedLines = (advertised: RouterAdvertisements): string[] => [
  ...unless(advertised.interval, 600, (value) => `ipv6 nd ra-interval ${value}`),
  ...given(advertised.lifetime, (value) => `ipv6 nd ra-lifetime ${value}`),
  ...when(advertised.managedConfig, 'ipv6 nd managed-config-flag'),
  ...when(advertised.otherConfig, 'ipv6 nd other-config-flag'),
  ...unless(advertised.preference, 'medium', (value) => `ipv6 nd router-preference ${value}`),
  ...(advertised.prefixes ?? []).map((prefix) => `ipv6 nd prefix ${canonicalIp(prefix)}`),
  ...given(advertised.mtu, (value) => `ipv6 nd mtu ${value}`),
];

const unless = <T>(value: T | undefined, byDefault: T, line: (value: T) => string): string[] =>
  value === undefined || value === byDefault ? [] : [line(value)];
