import { familyOf } from '../../provider/address';
import { withoutPrefix } from '../../provider/link/address';
import { numbersOf } from './numbering';
import { addressAt, fullLength, loopbackRoomIn, loopbackSources, poolOf, type Source } from './pool';
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
  const ids = poolOf(policy.pools.routerId ?? policy.pools.loopback4);
  const sourcesOf = (pool: string | undefined): Source[] =>
    loopbackSources(policy.pools, pool).filter((source) => policy[`ipv${source.pool.family}`]);
  const { numbers, problems } = numbersOf(
    Object.entries(settings.routers).map(([name, { id, pool }]) => ({
      label: `router ${name}`,
      key: name,
      id,
      count: Number(
        [...sourcesOf(pool).map(loopbackRoomIn), ids.size - 2n, BigInt(privateAsns)].reduce((least, room) =>
          room < least ? room : least,
        ),
      ),
    })),
  );
  const identities = new Map<string, Identity>();
  for (const [name, router] of Object.entries(settings.routers)) {
    const id = numbers.get(name) ?? 0;
    const asn = router.asn ?? asnOf(policy.asn, id);
    const loopbacks =
      router.loopbacks ??
      sourcesOf(router.pool).map(
        ({ pool, skipped }) => `${addressAt(pool, BigInt(id + skipped))}/${fullLength(pool.family)}`,
      );
    const own = loopbacks.find((address) => familyOf(address) === 4);
    const counted = policy.pools.routerId !== undefined || own === undefined;
    identities.set(name, {
      machineName: router.machineName ?? name,
      id,
      ...(asn === undefined ? {} : { asn }),
      routerId: counted ? addressAt(ids, BigInt(id)) : withoutPrefix(own),
      loopbacks,
    });
  }
  return { identities, problems: problems.length > 0 ? problems : identityProblems(settings, identities) };
};

const asnOf = (asn: TopologySettings['policy']['asn'], id: number): number | undefined => {
  if (asn === 'none') return undefined;
  return asn === 'perRouter' ? firstAsn + id : asn;
};

const identityProblems = (
  { routers }: TopologySettings,
  identities: ReadonlyMap<string, Identity>,
): string[] => {
  const loopbacks = new Map<string, string>();
  const routerIds = new Map<string, string>();
  return [...identities].flatMap(([name, { loopbacks: own, routerId, asn }]) => {
    const shared = own
      .map(withoutPrefix)
      .flatMap((address) =>
        taken(loopbacks, address, name).map(
          (first) => `routers.${name}: ${address} is ${first}'s too; accepted are loopbacks of its own`,
        ),
      );
    const sharedId = taken(routerIds, routerId, name).map(
      (first) =>
        `routers.${name}: its router id ${routerId} is ${first}'s too; accepted is one of its own, by its \`id\` or its loopbacks`,
    );
    return [
      ...(shared.length > 0 ? shared : sharedId),
      ...(routers[name]?.networks !== undefined && asn === undefined
        ? [`routers.${name}.networks: received, and it has no BGP; accepted with an \`asn\` only`]
        : []),
    ];
  });
};

// Who has it already.
const taken = (holders: Map<string, string>, address: string, name: string): string[] => {
  const first = holders.get(address);
  holders.set(address, name);
  return first === undefined || first === name ? [] : [first];
};
