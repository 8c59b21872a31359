import type { DeclaredLink } from './declared-links';
import {
  type DeclaredNetwork,
  hasBgp,
  isInside,
  labelOf,
  routersOf,
  strangeEnds,
  withoutBgp,
} from './declared-networks';
import type { TopologySettings } from './schema';

type SegmentArgument = TopologySettings['segments'][string];
type EndArgument = Exclude<SegmentArgument['ends'][number], string>;

/** A segment as it was declared. */
export interface DeclaredSegment extends DeclaredNetwork {
  kind: 'segment';
  bridge?: SegmentArgument['bridge'];
  tunnel?: SegmentArgument['tunnel'];
  /** In the order of their names, routers first: that in which they are written means nothing. */
  ends: EndArgument[];
}

/** Reads `segments`, and says what is wrong with them. */
export const declaredSegments = (
  settings: TopologySettings,
  links: DeclaredLink[],
): { segments: DeclaredSegment[]; problems: string[] } => {
  const segments = Object.entries(settings.segments).map(
    ([name, { ends, ...properties }]): DeclaredSegment => ({
      ...properties,
      kind: 'segment',
      label: labelOfSegment(name),
      name,
      ends: ends.map((end) => (typeof end === 'string' ? { router: end } : end)).sort(byName),
    }),
  );
  return {
    segments,
    problems: segments.flatMap((segment) => [
      ...namesakes(segment, segments, links),
      ...strangeEnds(segment.label, segment.ends, settings),
      ...memberProblems(segment),
      ...withoutBgp(segment.label, segment.ends, settings),
      ...silentRouters(segment, settings),
      ...networkProblems(segment),
    ]),
  };
};

const labelOfSegment = (name: string) =>
  /^[A-Za-z]\w*$/.test(name) ? `segments.${name}` : `segments[${JSON.stringify(name)}]`;

const byName = (one: EndArgument, other: EndArgument): number => {
  if (isInside(one) !== isInside(other)) return isInside(one) ? -1 : 1;
  return keyOf(one) < keyOf(other) ? -1 : 1;
};

const keyOf = (end: EndArgument): string => `${labelOf(end)} ${isInside(end) ? '' : end.host}`;

// Resources are named by the segment and the end, and outputs by the link or the segment.
const namesakes = (
  { label, name, ends }: DeclaredSegment,
  segments: DeclaredSegment[],
  links: DeclaredLink[],
): string[] => {
  const link = links.find((each) => each.name === name);
  if (link !== undefined) return [`${label}: ${link.label} has this name too; accepted is a name of its own`];
  const made = ends.map((end) => `${name}-${labelOf(end)}`);
  const others = [
    ...links,
    ...segments
      .slice(
        0,
        segments.findIndex((each) => each.name === name),
      )
      .flatMap((segment) =>
        segment.ends.map((end) => ({ label: segment.label, name: `${segment.name}-${labelOf(end)}` })),
      ),
  ];
  return others
    .filter((other) => made.includes(other.name))
    .map(
      (other) =>
        `${label}: its end ${other.name} has the name of what is made for ${other.label}; accepted is another name of the segment`,
    );
};

const memberProblems = (segment: DeclaredSegment): string[] => {
  const { label, ends } = segment;
  const routers = routersOf(segment);
  return [
    ...(routers.length === 0 ? [`${label}.ends: received none in a router; accepted is at least one`] : []),
    ...[...new Set(routers.filter((router, index) => routers.indexOf(router) !== index))].map(
      (router) => `${label}.ends: received ${JSON.stringify(router)} twice; accepted is each router once`,
    ),
    ...ends.flatMap((end) =>
      end.number === undefined || end.addresses === undefined
        ? []
        : [
            `${label}: ${labelOf(end)} has number ${end.number} and \`addresses\`; accepted is one of the two`,
          ],
    ),
  ];
};

// Where routers are in several ASes there is eBGP alone.
const silentRouters = (segment: DeclaredSegment, settings: TopologySettings): string[] => {
  const routers = routersOf(segment);
  const asns = new Set(routers.flatMap((router) => settings.routers[router]?.asn ?? []));
  const lacking = routers.filter((router) => !hasBgp(router, settings));
  return segment.passive || asns.size < 2
    ? []
    : lacking.map(
        (router) =>
          `${segment.label}: ${router} has no BGP, and the others are in ${asns.size} ASes; accepted is an \`asn\` of the router`,
      );
};

const networkProblems = (segment: DeclaredSegment): string[] =>
  segment.ospf?.network === 'point-to-point' && routersOf(segment).length > 2
    ? [
        `${segment.label}.ospf.network: received "point-to-point" for ${routersOf(segment).length} routers; accepted is "broadcast", or two routers`,
      ]
    : [];
