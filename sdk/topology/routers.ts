import { familyOf } from '../../provider/address';
import { withoutPrefix } from '../../provider/link/address';
import { numbersOf } from './numbering';
import { addressAt, fullLength, overlap, poolOf } from './pool';
import type { TopologySettings } from './schema';

/** Who a router is. */
export interface Identity {
  machineName: string;
  id: number;
  asn?: number;
  routerId: string;
  loopbacks: string[];
}

/** The first AS number of those that routers count from: private ones of 32 bits (RFC 6996). */
export const firstAsn = 4200000000;
const privateAsns = 4294967294 - firstAsn;

/** Numbers, addresses and AS numbers of all routers. */
export const identitiesOf = (
  settings: TopologySettings,
): { identities: Map<string, Identity>; problems: string[] } => {
  const { policy } = settings;
  const four = poolOf(policy.pools.loopback4);
  const six = poolOf(policy.pools.loopback6);
  // The first address of a prefix and the last one of an IPv4 prefix look like its own and its broadcast address.
  const rooms = [four.size - 2n, ...(policy.ipv6 ? [six.size - 1n] : []), BigInt(privateAsns)];
  const count = Number(rooms.reduce((least, room) => (room < least ? room : least)));
  const { numbers, problems } = numbersOf(
    Object.entries(settings.routers).map(([name, { id }]) => ({ label: `router ${name}`, key: name, id })),
    count,
  );
  const identities = new Map<string, Identity>();
  for (const [name, router] of Object.entries(settings.routers)) {
    const id = numbers.get(name) ?? 0;
    const asn = router.asn ?? asnOf(policy.asn, id);
    const loopbacks = router.loopbacks ?? [
      ...(policy.ipv4 ? [`${addressAt(four, BigInt(id))}/${fullLength(4)}`] : []),
      ...(policy.ipv6 ? [`${addressAt(six, BigInt(id))}/${fullLength(6)}`] : []),
    ];
    const own = loopbacks.find((address) => familyOf(address) === 4);
    identities.set(name, {
      machineName: router.machineName ?? name,
      id,
      ...(asn === undefined ? {} : { asn }),
      routerId: own === undefined ? addressAt(four, BigInt(id)) : withoutPrefix(own),
      loopbacks,
    });
  }
  return { identities, problems: problems.length > 0 ? problems : sharedLoopbacks(identities) };
};

/** What is wrong with the pools: two that overlap, or one that is too small to be one. */
export const poolProblems = ({ policy: { ipv4, ipv6, pools } }: TopologySettings): string[] => {
  const used = [
    ['loopback4', 30] as const,
    ...(ipv4 ? [['p2p4', pools.p2p4Length] as const] : []),
    ...(ipv6 ? [['loopback6', 127] as const, ['p2p6', pools.p2p6Length] as const] : []),
  ].map(([name, longest]) => ({ name, longest, pool: poolOf(pools[name]) }));
  return used.flatMap(({ name, longest, pool }, index) => {
    const length = Number(pool.prefix.split('/')[1]);
    if (length > longest) {
      return [
        `policy.pools.${name}: received ${pool.prefix}; accepted is a prefix of /${longest} or shorter`,
      ];
    }
    const other = used.slice(0, index).find((each) => overlap(each.pool, pool));
    return other
      ? [
          `policy.pools.${name}: received ${pool.prefix}, which overlaps ${other.name} (${other.pool.prefix}); accepted are pools apart`,
        ]
      : [];
  });
};

const asnOf = (asn: TopologySettings['policy']['asn'], id: number): number | undefined => {
  if (asn === 'none') return undefined;
  return asn === 'perRouter' ? firstAsn + id : asn;
};

const sharedLoopbacks = (identities: ReadonlyMap<string, Identity>): string[] => {
  const taken = new Map<string, string>();
  return [...identities].flatMap(([name, { loopbacks, routerId }]) =>
    [...new Set([...loopbacks.map(withoutPrefix), routerId])].flatMap((address) => {
      const first = taken.get(address);
      taken.set(address, name);
      return first === undefined || first === name
        ? []
        : [`routers.${name}: ${address} is ${first}'s too; accepted are loopbacks and router ids of its own`];
    }),
  );
};
