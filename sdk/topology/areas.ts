import { Address4 } from 'ip-address';
import { type DeclaredNetwork, isBetweenRouters, routersOf } from './declared-networks';
import { isIgp, type LinkProtocol } from './planned';
import type { Protocols } from './protocols';
import type { TopologySettings } from './schema';

/** OSPF's backbone. */
export const backbone = '0.0.0.0';

/** Which OSPF area what is in. */
export interface Areas {
  /** By the names of links and segments over which OSPF is spoken, or whose subnets it announces. */
  links: ReadonlyMap<string, string>;
  /** By router: that of its loopback first, then those of its links. */
  routers: ReadonlyMap<string, string[]>;
  problems: string[];
}

/** An area as OSPF writes it: `0.0.0.1`. */
export const areaAddress = (area: number | string): string =>
  /^\d+$/.test(String(area)) ? Address4.fromBigInt(BigInt(area)).correctForm() : String(area);

/** Works out the areas of links and routers, and what is wrong with them. */
export const areasOf = (
  settings: TopologySettings,
  declared: DeclaredNetwork[],
  { igp, onLink }: Protocols,
): Areas => {
  if (igp === 'none') return { links: new Map(), routers: new Map(), problems: [] };
  const unspoken = areaAddress(settings.policy.ospf.area);
  const ownOf = (router: string) => {
    const area = settings.routers[router]?.area;
    return area === undefined ? undefined : areaAddress(area);
  };
  const problems: string[] = [];
  const links = new Map<string, string>();
  const spoken = declared.filter((link) => isInAs(onLink(link)));
  const overLinks = (router: string) => [
    ...new Set(
      declared
        .filter((link) => routersOf(link).includes(router))
        .flatMap(({ name }) => links.get(name) ?? [])
        .sort((a, b) => numberOf(a) - numberOf(b)),
    ),
  ];
  for (const link of spoken.filter(isBetweenRouters)) {
    const wanted = new Set(routersOf(link).flatMap((router) => ownOf(router) ?? []));
    // The border router of an area is in the backbone too.
    if (wanted.size > 1) wanted.delete(backbone);
    if (link.area === undefined && wanted.size > 1) {
      problems.push(
        `${link.label}: its routers are in areas ${[...wanted].map(areaText).join(' and ')}; accepted is an \`area\` of its own`,
      );
    }
    links.set(link.name, link.area === undefined ? ([...wanted][0] ?? unspoken) : areaAddress(link.area));
  }
  // A subnet of one router brings it into no other area.
  const lone = spoken
    .filter((link) => !isBetweenRouters(link))
    .map((link): [string, string] => {
      const [router = ''] = routersOf(link);
      const near = ownOf(router) ?? overLinks(router)[0] ?? unspoken;
      return [link.name, link.area === undefined ? near : areaAddress(link.area)];
    });
  for (const [name, area] of lone) links.set(name, area);
  const routers = new Map(
    Object.keys(settings.routers).map((router): [string, string[]] => {
      const areas = overLinks(router);
      return [router, [...new Set([ownOf(router) ?? areas[0] ?? unspoken, ...areas])]];
    }),
  );
  return {
    links,
    routers,
    problems: [
      ...problems,
      ...wrongTypes(settings, links),
      ...(problems.length > 0 ? [] : unconnected(declared, links, routers)),
      ...closedBorders(settings, declared, routers, onLink),
    ],
  };
};

// On a segment with OSPF, a machine can have eBGP sessions beside it.
const isInAs = (runs: LinkProtocol[]): boolean => !runs.includes('ebgp') || runs.some(isIgp);

const numberOf = (area: string): number => Number(new Address4(area).bigInt());

/** An area for people: its number, where that is short. */
export const areaText = (area: string): string => (numberOf(area) < 65536 ? String(numberOf(area)) : area);

const wrongTypes = ({ policy }: TopologySettings, links: ReadonlyMap<string, string>): string[] =>
  Object.entries(policy.ospf.areas).flatMap(([key, { type, noSummary }]) => {
    const area = areaAddress(key);
    const property = `policy.ospf.areas[${JSON.stringify(key)}]`;
    if (area === backbone) return [`${property}: area 0 is the backbone; accepted are types of other areas`];
    // FRR 8 writes that in two lines and FRR 10 in one, so it would never settle.
    if (type === 'nssa' && noSummary) {
      return [
        `${property}.noSummary: received true beside type "nssa"; accepted is it with type "stub" only`,
      ];
    }
    return [...links.values()].includes(area)
      ? []
      : [`${property}: no link is in area ${areaText(area)}; accepted are areas that links are in`];
  });

// RFC 2328, section 3: areas meet in the backbone alone, which is whole.
const unconnected = (
  declared: DeclaredNetwork[],
  links: ReadonlyMap<string, string>,
  routers: ReadonlyMap<string, string[]>,
): string[] => {
  const inner = declared.filter((link) => links.has(link.name) && isBetweenRouters(link));
  return parts([...routers.keys()], inner).flatMap((domain) => {
    const areas = new Set(domain.flatMap((router) => routers.get(router) ?? []));
    if (areas.size < 2) return [];
    const isIn = (router: string, area: string) => routers.get(router)?.includes(area) ?? false;
    const borders = domain.filter((router) => (routers.get(router)?.length ?? 0) > 1);
    const backbones = parts(
      domain.filter((router) => isIn(router, backbone)),
      inner.filter((link) => links.get(link.name) === backbone),
    );
    const outside = borders.filter((router) => !isIn(router, backbone));
    return [
      ...outside.map(
        (router) =>
          `routers.${router}: it is in areas ${(routers.get(router) ?? []).map(areaText).join(' and ')}, and not in area 0; accepted are border routers with a link in area 0`,
      ),
      ...[...areas]
        .filter(
          (area) =>
            area !== backbone && outside.length === 0 && !borders.some((router) => isIn(router, area)),
        )
        .map(
          (area) =>
            `area ${areaText(area)}: it does not meet area 0; accepted is a router that has links in both`,
        ),
      ...(backbones.length > 1
        ? [
            `area 0: it is in ${backbones.length} parts (${backbones.map((part) => part.join(', ')).join('; ')}); accepted is one that links of area 0 hold together`,
          ]
        : []),
    ];
  });
};

// Routers that links hold together.
const parts = (routers: string[], links: DeclaredNetwork[]): string[][] => {
  const left = new Set(routers);
  const found: string[][] = [];
  for (const first of routers) {
    if (!left.delete(first)) continue;
    const part = [first];
    for (const router of part) {
      for (const link of links) {
        const ends = routersOf(link);
        if (!ends.includes(router)) continue;
        for (const other of ends) if (left.delete(other)) part.push(other);
      }
    }
    found.push(part);
  }
  return found;
};

// What it hears by OSPF is what it announces beyond its AS.
const closedBorders = (
  { policy }: TopologySettings,
  declared: DeclaredNetwork[],
  routers: ReadonlyMap<string, string[]>,
  onLink: Protocols['onLink'],
): string[] => {
  const borders = declared.filter((link) => onLink(link).includes('ebgp')).flatMap(routersOf);
  const closed = Object.entries(policy.ospf.areas).flatMap(([key, { noSummary }]) =>
    noSummary ? [areaAddress(key)] : [],
  );
  return [...new Set(borders)].flatMap((router) => {
    const [own = '', ...more] = routers.get(router) ?? [];
    return more.length === 0 && closed.includes(own)
      ? [
          `routers.${router}: it has eBGP, and is in area ${areaText(own)}, where it hears of nothing outside that it could announce; accepted is it in another area, or noSummary: false`,
        ]
      : [];
  });
};
