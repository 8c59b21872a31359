import { familyOf } from '../../provider/address';
import type { DeclaredLink } from './declared-links';
import { isInside } from './declared-networks';
import { endsAt } from './pool';
import type { Protocols } from './protocols';
import type { Identity } from './routers';
import type { TopologySettings } from './schema';
import { subnetsOf } from './subnets';

/** Addresses of both ends of links that have none of their own: subnets of pools, or what unnumbered links have. */
export const linkAddresses = (
  declared: DeclaredLink[],
  settings: TopologySettings,
  identities: ReadonlyMap<string, Identity>,
  protocols: Protocols,
): { addresses: Map<string, string[][]>; problems: string[] } => {
  const wanting = declared.filter(({ ends }) => ends.every(({ addresses }) => addresses === undefined));
  const bare = wanting.filter(protocols.unnumbered);
  const unnumbered = bare.map((link) =>
    borrowed(link, identities, protocols, link.ospf?.network ?? settings.policy.ospf.network),
  );
  const pooled = wanting.filter((link) => !bare.includes(link));
  const { subnets, problems } = subnetsOf(pooled, settings, protocols);
  const numbered = [...subnets].map(([name, own]): [string, string[][]] => {
    const pairs = own.map(({ pool, length, number }) => endsAt(pool, length, number));
    return [name, [pairs.map(([a]) => a), pairs.map(([, b]) => b)]];
  });
  return {
    addresses: new Map([...unnumbered.flatMap(({ addresses }) => [...addresses]), ...numbered]),
    problems: [...unnumbered.flatMap((each) => each.problems), ...problems],
  };
};

interface Addresses {
  addresses: Map<string, string[][]>;
  problems: string[];
}

// OSPFv2 needs an address of the interface: its router's own. BGP and OSPFv3 do with link-local ones.
const borrowed = (
  link: DeclaredLink,
  identities: ReadonlyMap<string, Identity>,
  { onLink }: Protocols,
  network: string | undefined,
): Addresses => {
  const { name, label, ends } = link;
  if (!onLink(link).includes('ospf')) return { addresses: new Map(), problems: [] };
  const loopbacks = ends
    .filter(isInside)
    .map(
      ({ router }) =>
        [router, identities.get(router)?.loopbacks.find((each) => familyOf(each) === 4)] as const,
    );
  const lacking = loopbacks.filter(([, loopback]) => loopback === undefined);
  return {
    addresses: new Map([[name, loopbacks.map(([, loopback]) => (loopback === undefined ? [] : [loopback]))]]),
    problems: [
      ...lacking.map(
        ([router]) =>
          `${label}: it is unnumbered, and ${router} has no IPv4 loopback, which OSPF needs there; accepted is unnumbered: false, or a loopback`,
      ),
      ...(network === 'broadcast'
        ? [`${label}: it is unnumbered, and OSPF's network there "broadcast"; accepted is "point-to-point"`]
        : []),
    ],
  };
};
