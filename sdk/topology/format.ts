import { endLabel, hostMachine } from '../../provider/link/end';
import { areaText, backbone } from './areas';
import { spokenAt } from './ends';
import { mebibytes } from './placement';
import type {
  PlannedEnd,
  PlannedLink,
  PlannedNetwork,
  PlannedRouter,
  PlannedSegment,
  TopologyPlan,
} from './planned';
import { type TableStyle, table } from './table';

/**
 * A plan in three tables: hosts, routers, and links with what is on segments, as narrow as they can be; for a terminal, or as Markdown.
 *
 * @example
 * console.log(formatPlan(topology.plan));
 */
export const formatPlan = (
  { hosts, routers, links, segments }: TopologyPlan,
  style: TableStyle = 'text',
): string =>
  [
    table(
      ['host', 'routers', 'memory', 'of'],
      Object.entries(hosts).map(([name, host]) => [
        name,
        String(host.routers.length),
        mebibytes(host.memoryUsed),
        host.memoryBudget === undefined ? '' : mebibytes(host.memoryBudget),
      ]),
      style,
    ),
    table(
      ['router', 'host', 'loopback', 'AS', 'memory', style === 'markdown' ? 'notes' : ''],
      Object.entries(routers).flatMap(([name, router]) => {
        const [first = '', ...others] = router.loopbacks.map(withoutLength);
        return [
          [name, router.host, first, String(router.asn ?? ''), router.memoryMax, notesOf(router).join(', ')],
          ...others.map((other) => ['', '', other]),
        ];
      }),
      style,
    ),
    table(
      ['from', 'to', 'link', 'addresses', 'runs', 'area', 'cost'],
      [
        ...Object.values(links).flatMap(linkRows),
        ...Object.entries(segments).flatMap(([name, segment]) => segmentRows(name, segment)),
      ],
      style,
    ),
  ]
    .filter((each) => each !== '')
    .join('\n');

/** What is particular to a router, in words. */
export const notesOf = ({ role, drain, areas, configuration }: PlannedRouter): string[] => [
  ...(configuration.bgp?.confederation ? [`in AS ${configuration.bgp.confederation.identifier}`] : []),
  ...(role === 'reflector' ? ['reflector'] : []),
  ...(areas.length > 1 ? [`areas ${areas.map(areaText).join(' ')}`] : []),
  ...(drain ? ['drained'] : []),
];

const linkRows = (link: PlannedLink): string[][] => {
  const { a, b, runs } = link;
  const pairs = addressPairs(a, b);
  return [
    [endText(a), endText(b), stateOf(link), pairs[0] ?? '', runs.join(' '), areaOf(link), costs(link)],
    ...pairs.slice(1).map((pair) => ['', '', '', pair]),
  ];
};

const segmentRows = (name: string, segment: PlannedSegment): string[][] =>
  Object.values(segment.ends).flatMap((end) => {
    const [first = '', ...others] = end.addresses ?? [];
    return [
      [
        endText(end),
        name,
        stateOf(segment),
        first,
        spokenAt(segment, end).join(' '),
        areaOf(segment),
        String(end.metric ?? ''),
      ],
      ...others.map((other) => ['', '', '', other]),
    ];
  });

const stateOf = ({ kind, adminState }: PlannedLink | PlannedSegment): string =>
  adminState === 'down' ? `${kind}, down` : kind;

const areaOf = ({ area }: PlannedNetwork): string =>
  area === undefined || area === backbone ? '' : areaText(area);

/** An end: `r1:to-r2`; `.host:to-r1` on the host itself. */
export const endText = ({ router, ...end }: PlannedEnd): string =>
  router === undefined ? endLabel(end) : `${router}:${end.interface}`;

/** What an end is in: `r1`, `web`, `.host`. */
export const machineText = ({ router, machineName }: PlannedEnd): string =>
  router ?? machineName ?? hostMachine;

// Both addresses differ in their last part only: 10.0.0.0–1/31.
const addressPairs = (a: PlannedEnd, b: PlannedEnd): string[] =>
  (a.addresses ?? []).map((address, index) => {
    const other = b.addresses?.[index] ?? '';
    const [one, length] = address.split('/') as [string, string];
    const [two, otherLength] = other.split('/') as [string, string];
    const at = Math.max(one.lastIndexOf('.'), one.lastIndexOf(':')) + 1;
    return length === otherLength && one.slice(0, at) === two.slice(0, at)
      ? `${one}–${two.slice(at)}/${length}`
      : `${address} ${other}`;
  });

const costs = ({ a, b }: PlannedLink): string =>
  a.metric === b.metric ? String(a.metric ?? '') : `${a.metric ?? 'own'} ${b.metric ?? 'own'}`;

/** An address alone. */
export const withoutLength = (address: string): string => address.replace(/\/.*/, '');
