import type { FrrConfiguration } from '../../provider/frr/schema';
import { backbone } from './areas';
import { bgpOf, originated } from './bgp-configuration';
import { endsOf, type LinkEnd } from './ends';
import { ospfInterface, ospfRouter } from './ospf-configuration';
import type { Identity } from './routers';
import type { Whole } from './whole';

type Interfaces = NonNullable<FrrConfiguration['interfaces']>;

/** What FRR is to do on a router. */
export const configurationOf = (name: string, whole: Whole): FrrConfiguration => {
  const { settings, identities, networks, protocols, areas } = whole;
  const { policy } = settings;
  const { asn, routerId, loopbacks } = identities.get(name) as Identity;
  const ends = endsOf(networks, name);
  const runs = (protocol: 'ospf' | 'ospf6') =>
    protocols.igp === 'ospf' && policy[protocol === 'ospf' ? 'ipv4' : 'ipv6'];
  const inner = { area: areas.routers.get(name)?.[0] ?? backbone, passive: true };
  const lo: Interfaces[string] = {
    addresses: loopbacks,
    ...(runs('ospf') ? { ospf: inner } : {}),
    ...(runs('ospf6') ? { ospf6: inner } : {}),
  };
  const drops = originated(settings, name);
  return {
    defaults: policy.defaults,
    interfaces: {
      lo,
      ...Object.fromEntries(ends.map((end) => [end.own.interface, interfaceOf(end, whole)])),
    },
    ...(drops.length > 0 ? { staticRoutes: drops } : {}),
    ...(asn === undefined ? {} : { bgp: bgpOf(name, asn, ends, whole) }),
    ...(runs('ospf') ? { ospf: { routerId, ...ospfRouter(name, whole) } } : {}),
    ...(runs('ospf6') ? { ospf6: { routerId, ...ospfRouter(name, whole) } } : {}),
  };
};

const interfaceOf = (end: LinkEnd, whole: Whole): Interfaces[string] => ({
  description: descriptionOf(end),
  ...(end.link.bandwidth === undefined ? {} : { bandwidth: end.link.bandwidth }),
  ...ospfInterface(end, whole),
});

// Who else is on a segment comes and goes.
const descriptionOf = ({ name, link, peers: [peer] }: LinkEnd): string =>
  link.kind === 'segment' ? `segment ${name}` : `to ${peer?.router ?? peer?.machineName ?? 'the host'}`;
