import { familyOf } from '../../provider/address';
import { innerAddresses, sessionAddresses } from './configuration';
import { endOf } from './ends';
import type { PlannedLink } from './planned';
import type { Protocols } from './protocols';
import type { Identity } from './routers';
import type { TopologySettings } from './schema';

/** What must be so on a router when all is up. */
export interface Expected {
  /** BGP neighbours, by address or interface. */
  bgp: string[];
  /** The router ids of OSPFv2 neighbours. */
  ospf: string[];
  /** The router ids of OSPFv3 neighbours. */
  ospf6: string[];
  /** Prefixes that it has a route to: other routers' loopbacks. */
  prefixes: string[];
}

/** What must be so on each router: over the links that are up, and what they connect. */
export const expectedOf = (
  settings: TopologySettings,
  identities: ReadonlyMap<string, Identity>,
  links: ReadonlyMap<string, PlannedLink>,
  protocols: Protocols,
): Map<string, Expected> => {
  const up = [...links.values()].filter(({ adminState, runs }) => adminState === 'up' && runs.length > 0);
  const inner = up.filter(({ runs }) => !runs.includes('ebgp'));
  const whole =
    settings.check !== false && settings.check.loopbacks && everyAsIsWhole(identities, inner, protocols);
  return new Map(
    [...identities].map(([name, { loopbacks, asn }]) => {
      const ends = up.flatMap((link) => endOf(link, name) ?? []);
      const overOwn = (protocol: 'ospf' | 'ospf6') =>
        ends
          .filter(({ link }) => link.runs.includes(protocol))
          .map(({ peer }) => identities.get(peer.router)?.routerId as string)
          .sort();
      const near = connected(name, inner);
      const outer = ends
        .filter(({ link }) => link.runs.includes('ebgp'))
        .flatMap(({ own, peer }) =>
          own.addresses === undefined || own.addresses.length === 0
            ? [own.interface]
            : sessionAddresses(peer.addresses ?? []),
        );
      const peers = protocols
        .innerPeers(name)
        .filter(({ router }) => near.has(router))
        .flatMap(({ router }) => innerAddresses(loopbacks, identities.get(router)?.loopbacks ?? []))
        .map(([, peer]) => peer);
      // Without BGP there is what the IGP reaches.
      const reached = asn === undefined ? near : connected(name, up);
      const prefixes = whole
        ? [...reached]
            .filter((other) => other !== name)
            .flatMap((other) => identities.get(other)?.loopbacks ?? [])
            .filter((prefix) => settings.policy[familyOf(prefix) === 4 ? 'ipv4' : 'ipv6'])
        : [];
      return [
        name,
        {
          bgp: [...outer, ...peers],
          ospf: overOwn('ospf'),
          ospf6: overOwn('ospf6'),
          prefixes: prefixes.sort(),
        },
      ];
    }),
  );
};

// A path through one AS twice is refused (RFC 4271, section 9.1.2), so what parts an AS can part what lies beyond it.
const everyAsIsWhole = (
  identities: ReadonlyMap<string, Identity>,
  inner: PlannedLink[],
  { iBgp }: Protocols,
): boolean => {
  const asns = new Set([...identities.values()].map(({ asn }) => asn));
  return [...asns].every((asn) => {
    const [first, ...others] = [...identities].filter(([, each]) => each.asn === asn).map(([name]) => name);
    if (first === undefined || others.length === 0) return true;
    if (asn === undefined) return asns.size === 1;
    const near = connected(first, inner);
    return iBgp && others.every((other) => near.has(other));
  });
};

const connected = (start: string, links: PlannedLink[]): Set<string> => {
  const found = new Set([start]);
  for (const router of found) {
    for (const link of links) {
      const end = endOf(link, router);
      if (end) found.add(end.peer.router);
    }
  }
  return found;
};
