import { familyOf } from '../../provider/address';
import { areaAddress } from './areas';
import { innerAddresses, neighborsOver } from './bgp-configuration';
import { confederationsOf } from './confederations';
import { endsOf, type Network, neighborsOf } from './ends';
import { type Expected, isIgp } from './planned';
import type { Protocols } from './protocols';
import type { Identity } from './routers';
import type { Whole } from './whole';

/** What must be so on each router: over the links that are up, and what they connect. */
export const expectedOf = (whole: Whole): Map<string, Expected> => {
  const { settings, identities, networks, protocols } = whole;
  // With what is no router of the topology, nobody waits for a session.
  const up = networks
    .filter(({ link: { adminState } }) => adminState === 'up')
    .map((network) => ({ ...network, ends: network.ends.filter(({ router }) => router !== undefined) }));
  const ofAll = adjacencies(up, identities);
  const inner = adjacencies(
    up.filter(({ link: { runs } }) => runs.some(isIgp)),
    identities,
  );
  const complete =
    settings.check !== false &&
    settings.check.loopbacks &&
    everyAsIsWhole(identities, inner, protocols) &&
    everyConfederationIsWhole(whole, ofAll);
  return new Map(
    [...identities].map(([name, { loopbacks, asn }]) => {
      const ends = endsOf(up, name);
      const overOwn = (protocol: 'ospf' | 'ospf6') =>
        ends
          .filter(({ link }) => link.runs.includes(protocol))
          .flatMap(({ peers }) =>
            peers.map(({ router }) => identities.get(router as string)?.routerId as string),
          )
          .sort();
      const near = connected(name, inner);
      const peers = protocols
        .innerPeers(name)
        .filter(({ router }) => near.has(router))
        .flatMap(({ router }) => innerAddresses(loopbacks, identities.get(router)?.loopbacks ?? []))
        .map(([, peer]) => peer);
      // Without BGP there is what the IGP reaches.
      const reached = asn === undefined ? near : connected(name, ofAll);
      const prefixes = complete
        ? [...reached]
            .filter((other) => other !== name && hasRouteTo(name, other, whole))
            .flatMap((other) => identities.get(other)?.loopbacks ?? [])
            .filter((prefix) => settings.policy[familyOf(prefix) === 4 ? 'ipv4' : 'ipv6'])
        : [];
      return [
        name,
        {
          bgp: [...ends.flatMap(neighborsOver), ...peers],
          ospf: overOwn('ospf'),
          ospf6: overOwn('ospf6'),
          prefixes: prefixes.sort(),
        },
      ];
    }),
  );
};

// Into an area without summaries only a default route comes, but to its border.
const hasRouteTo = (name: string, other: string, { settings, areas }: Whole): boolean => {
  const [own, ...more] = areas.routers.get(name) ?? [];
  const closed = Object.entries(settings.policy.ospf.areas).some(
    ([key, { noSummary }]) => noSummary && areaAddress(key) === own,
  );
  return !closed || more.length > 0 || areas.routers.get(other)?.[0] === own;
};

// A path through one AS twice is refused (RFC 4271, section 9.1.2), so what parts an AS can part what lies beyond it.
const everyAsIsWhole = (
  identities: ReadonlyMap<string, Identity>,
  inner: Adjacencies,
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

// So it is with one that is made of others. Their ASes may lie between each other.
const everyConfederationIsWhole = ({ settings, identities }: Whole, adjacent: Adjacencies): boolean =>
  confederationsOf(settings).every(({ members }) => {
    const inside = new Set(
      [...identities]
        .filter(([, { asn }]) => asn !== undefined && members.includes(asn))
        .map(([name]) => name),
    );
    const between = new Map(
      [...inside].map((name) => [name, (adjacent.get(name) ?? []).filter((each) => inside.has(each))]),
    );
    const [first] = inside;
    return first === undefined || connected(first, between).size === inside.size;
  });

/** By router: those that it speaks with. */
type Adjacencies = ReadonlyMap<string, string[]>;

const adjacencies = (networks: Network[], routers: ReadonlyMap<string, unknown>): Adjacencies =>
  new Map(
    [...routers.keys()].map((router) => [router, endsOf(networks, router).flatMap(neighborsOf)] as const),
  );

const connected = (start: string, adjacent: Adjacencies): Set<string> => {
  const found = new Set([start]);
  for (const router of found) {
    for (const other of adjacent.get(router) ?? []) found.add(other);
  }
  return found;
};
