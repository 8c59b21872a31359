import type { FrrConfiguration } from '../../provider/frr/schema';
import { type Areas, backbone } from './areas';
import { bgpOf, originated } from './bgp-configuration';
import type { DeclaredLink } from './declared-links';
import { endsOf, type LinkEnd } from './ends';
import { ospfInterface, ospfRouter } from './ospf-configuration';
import type { PlannedLink } from './planned';
import type { Protocols } from './protocols';
import type { Identity } from './routers';
import type { TopologySettings } from './schema';

type Interfaces = NonNullable<FrrConfiguration['interfaces']>;

/** What all configurations of a topology are made from. */
export interface Whole {
  settings: TopologySettings;
  declared: ReadonlyMap<string, DeclaredLink>;
  identities: ReadonlyMap<string, Identity>;
  links: ReadonlyMap<string, PlannedLink>;
  protocols: Protocols;
  areas: Areas;
}

/** What FRR is to do on a router. */
export const configurationOf = (name: string, whole: Whole): FrrConfiguration => {
  const { settings, identities, links, protocols, areas } = whole;
  const { policy } = settings;
  const { asn, routerId, loopbacks } = identities.get(name) as Identity;
  const ends = endsOf(links, name);
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
  description: `to ${end.peer.router ?? end.peer.machineName ?? 'the host'}`,
  ...(end.link.bandwidth === undefined ? {} : { bandwidth: end.link.bandwidth }),
  ...ospfInterface(end, whole),
});
