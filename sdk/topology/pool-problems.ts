import type { DeclaredNetwork } from './declared-networks';
import {
  linkSources,
  loopbackRoomIn,
  loopbackSources,
  overlap,
  type Pool,
  poolOf,
  roomIn,
  segmentSources,
} from './pool';
import type { TopologySettings } from './schema';

/** What is wrong with the pools: two that overlap, one that is too small to be one, one that nobody knows or two kinds use. */
export const poolProblems = (settings: TopologySettings, declared: DeclaredNetwork[]): string[] => {
  const { ipv4, ipv6, pools } = settings.policy;
  // A topology without segments may have its own use for what would be theirs.
  const lans = declared.some(({ kind, pool }) => kind === 'segment' && pool === undefined);
  const used: NamedPool[] = [
    ['loopback4', pools.loopback4, 30] as const,
    ...(pools.routerId ? [['routerId', pools.routerId, 30] as const] : []),
    ...(ipv4 ? [['p2p4', pools.p2p4, pools.p2p4Length] as const] : []),
    ...(ipv6
      ? [['loopback6', pools.loopback6, 127] as const, ['p2p6', pools.p2p6, pools.p2p6Length] as const]
      : []),
    ...(lans && ipv4 ? [['lan4', pools.lan4, pools.lan4Length] as const] : []),
    ...(lans && ipv6 ? [['lan6', pools.lan6, pools.lan6Length] as const] : []),
    ...Object.entries(pools.named).flatMap(([name, { ipv4: four, ipv6: six }]) => [
      ...(four ? [[`named.${name}.ipv4`, four, 31] as const] : []),
      ...(six ? [[`named.${name}.ipv6`, six, 127] as const] : []),
    ]),
  ].map(([name, prefix, longest]) => ({ name, longest, pool: poolOf(prefix) }));
  return [
    ...used.flatMap(({ name, longest, pool }, index) => {
      const length = Number(pool.prefix.split('/')[1]);
      if (length > longest) {
        return [
          `policy.pools.${name}: received ${pool.prefix}; accepted is a prefix of /${longest} or shorter`,
        ];
      }
      // Router ids are no addresses: they may look like some.
      const other = used
        .slice(0, index)
        .find((each) => ![name, each.name].includes('routerId') && overlap(each.pool, pool));
      return other
        ? [
            `policy.pools.${name}: received ${pool.prefix}, which overlaps ${other.name} (${other.pool.prefix}); accepted are pools apart`,
          ]
        : [];
    }),
    ...namedProblems(settings, declared),
  ];
};

interface NamedPool {
  name: string;
  longest: number;
  pool: Pool;
}

const namedProblems = ({ policy, routers }: TopologySettings, declared: DeclaredNetwork[]): string[] => {
  const { pools } = policy;
  const asked = [
    ...Object.entries(routers).map(([name, { pool }]) => ({
      who: `routers.${name}`,
      pool,
      kind: 'loopbacks',
    })),
    ...declared.map(({ label, pool, kind }) => ({ who: label, pool, kind: `${kind}s` })),
  ].filter(({ pool }) => pool !== undefined);
  const known = Object.keys(pools.named).map((name) => JSON.stringify(name));
  const strange = asked.filter(({ pool }) => !Object.hasOwn(pools.named, pool as string));
  const kinds = new Map<string, string>();
  const problems = strange.map(
    ({ who, pool }) =>
      `${who}.pool: received ${JSON.stringify(pool)}; accepted is ${known.join(', ') || 'none: policy.pools.named has none'}`,
  );
  for (const { who, pool = '', kind } of asked.filter((each) => !strange.includes(each))) {
    const first = kinds.get(pool);
    kinds.set(pool, first ?? kind);
    if (first !== undefined && first !== kind) {
      problems.push(
        `${who}.pool: received ${JSON.stringify(pool)}, which ${first} are from; accepted is another for ${kind}`,
      );
    }
    const sources = sourcesFor[kind]?.(pools, pool) ?? [];
    if (sources.length === 0 || sources.some((source) => roomFor(kind)(source) === 0n)) {
      problems.push(
        `policy.pools.named.${pool}: there is no room in it for ${kind}; accepted is an ipv4 or ipv6 prefix with room after its start${kind === 'segments' ? ', or longer subnets by its lan4Length and lan6Length' : ''}`,
      );
    }
  }
  return [...new Set(problems)];
};

const sourcesFor: Record<string, typeof linkSources> = {
  links: linkSources,
  segments: segmentSources,
  loopbacks: loopbackSources,
};

const roomFor = (kind: string) => (kind === 'loopbacks' ? loopbackRoomIn : roomIn);
