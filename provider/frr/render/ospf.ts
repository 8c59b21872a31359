import { canonicalIp } from '../address';
import type { FrrConfiguration } from '../schema';
import {
  areaText,
  block,
  compareAddresses,
  given,
  sorted,
  sortedByAddress,
  unlessDefault,
  when,
  words,
} from './lines';
import { authenticationLines } from './ospf-authentication';
import { gracefulRestartLines } from './ospf-graceful-restart';

type Ospf = NonNullable<FrrConfiguration['ospf']>;
type Ospf6 = NonNullable<FrrConfiguration['ospf6']>;

/** `router ospf`, where an interface takes part or it is given. */
export const renderOspf = (configuration: FrrConfiguration): string[] => {
  const ospf: Ospf | undefined = configuration.ospf ?? impliedBy(configuration, 'ospf');
  if (!ospf) return [];
  return block('router ospf', [
    ...given(ospf.routerId, (id) => `ospf router-id ${id}`),
    ...adjacencyLines(configuration, ospf),
    ...referenceBandwidthLines(ospf),
    ...spfLines(ospf),
    ...given(ospf.maximumPaths, (value) => `maximum-paths ${value}`),
    ...gracefulRestartLines(ospf, 'no graceful-restart helper strict-lsa-checking'),
    ...maxMetricLines(ospf.maxMetric),
    ...redistributeLines(ospf.redistribute),
    ...neighborLines(ospf.neighbors),
    ...when(ospf.passiveInterfaceDefault, 'passive-interface default'),
    ...sortedAreas(ospf.areas).flatMap(([area, settings]) => [
      ...given(settings.authentication, (type) =>
        words('area', area, 'authentication', type === 'message-digest' && type),
      ),
      ...given(settings.type, (type) => words('area', area, type, settings.noSummary && 'no-summary')),
      ...when(
        settings.defaultCost !== undefined && settings.defaultCost !== 1,
        `area ${area} default-cost ${settings.defaultCost}`,
      ),
      ...rangeLines(area, settings.ranges),
      ...virtualLinkLines(area, settings.virtualLinks),
      ...filterLines(area, settings),
    ]),
    ...given(ospf.defaultMetric, (value) => `default-metric ${value}`),
    ...defaultOriginateLines(ospf),
    ...distanceLines(ospf),
  ]);
};

/** `router ospf6`, where an interface takes part or it is given. */
export const renderOspf6 = (configuration: FrrConfiguration): string[] => {
  const ospf6: Ospf6 | undefined = configuration.ospf6 ?? impliedBy(configuration, 'ospf6');
  if (!ospf6) return [];
  return block('router ospf6', [
    ...given(ospf6.routerId, (id) => `ospf6 router-id ${id}`),
    ...adjacencyLines(configuration, ospf6),
    ...referenceBandwidthLines(ospf6),
    ...given(ospf6.maximumPaths, (value) => `maximum-paths ${value}`),
    ...gracefulRestartLines(ospf6, 'graceful-restart helper lsa-check-disable'),
    ...when(ospf6.stubRouter, 'stub-router administrative'),
    ...redistributeLines(ospf6.redistribute),
    ...sortedAreas(ospf6.areas).flatMap(([area, settings]) => [
      ...rangeLines(area, settings.ranges),
      ...given(settings.type, (type) => words('area', area, type, settings.noSummary && 'no-summary')),
      ...filterLines(area, settings),
    ]),
    ...spfLines(ospf6),
    ...distanceLines(ospf6),
    ...defaultOriginateLines(ospf6),
  ]);
};

const impliedBy = ({ interfaces = {} }: FrrConfiguration, protocol: 'ospf' | 'ospf6') =>
  Object.values(interfaces).some((settings) => settings[protocol]) ? {} : undefined;

const adjacencyLines = ({ defaults }: FrrConfiguration, { logAdjacencyChanges }: Ospf | Ospf6): string[] =>
  logAdjacencyChanges === 'detail'
    ? ['log-adjacency-changes detail']
    : unlessDefault(logAdjacencyChanges, defaults === 'datacenter', 'log-adjacency-changes');

const referenceBandwidthLines = ({ autoCostReferenceBandwidth: value }: Ospf | Ospf6): string[] =>
  when(value !== undefined && value !== 100000, `auto-cost reference-bandwidth ${value}`);

const spfLines = ({ spfTimers }: Ospf | Ospf6): string[] => {
  if (!spfTimers) return [];
  const { delay, initialHoldTime, maximumHoldTime } = spfTimers;
  const values = `${delay} ${initialHoldTime} ${maximumHoldTime}`;
  return when(values !== '0 50 5000', `timers throttle spf ${values}`);
};

const maxMetricLines = (maxMetric: Ospf['maxMetric']): string[] => {
  if (!maxMetric) return [];
  const { administrative, onStartup, onShutdown } =
    maxMetric === true
      ? { administrative: true }
      : { onStartup: undefined, onShutdown: undefined, ...maxMetric };
  return [
    ...given(onStartup, (seconds) => `max-metric router-lsa on-startup ${seconds}`),
    ...given(onShutdown, (seconds) => `max-metric router-lsa on-shutdown ${seconds}`),
    ...when(administrative, 'max-metric router-lsa administrative'),
  ];
};

// In FRR's order of protocols (lib/route_types.txt).
const redistributeLines = (redistribute: Ospf['redistribute']): string[] =>
  (['kernel', 'connected', 'static', 'bgp'] as const).flatMap((protocol) =>
    given(redistribute?.[protocol], (how) => {
      const { metric, metricType, routeMap } =
        how === true ? { metric: undefined, metricType: undefined, routeMap: undefined } : how;
      return words(
        'redistribute',
        protocol,
        metric !== undefined && `metric ${metric}`,
        metricType === 1 && 'metric-type 1',
        routeMap !== undefined && `route-map ${routeMap}`,
      );
    }),
  );

const neighborLines = (neighbors: Ospf['neighbors']): string[] =>
  sortedByAddress(neighbors).map(([address, { priority, pollInterval }]) =>
    words(
      'neighbor',
      address,
      priority !== undefined && priority > 0 && `priority ${priority}`,
      pollInterval !== undefined && pollInterval !== 60 && `poll-interval ${pollInterval}`,
    ),
  );

const defaultOriginateLines = ({ defaultOriginate }: Ospf | Ospf6): string[] =>
  given(defaultOriginate, (how) => {
    const { always, metric, metricType, routeMap } =
      how === true ? { always: false, metric: undefined, metricType: undefined, routeMap: undefined } : how;
    return words(
      'default-information originate',
      always && 'always',
      metric !== undefined && `metric ${metric}`,
      metricType === 1 && 'metric-type 1',
      routeMap !== undefined && `route-map ${routeMap}`,
    );
  });

const distanceLines = ({ distance }: Ospf | Ospf6): string[] =>
  when(distance !== undefined && distance !== 110, `distance ${distance}`);

const sortedAreas = <T>(areas: Record<string, T> | undefined): [string, T][] =>
  sorted(Object.fromEntries(Object.entries(areas ?? {}).map(([area, value]) => [areaText(area), value])));

interface Range {
  prefix: string;
  cost?: number | undefined;
  advertise?: boolean | undefined;
}

const rangeLines = (area: string, ranges: Range[] = []): string[] =>
  [...ranges]
    .sort((a, b) => compareAddresses(a.prefix, b.prefix))
    .map(({ prefix, cost, advertise = true }) =>
      words(
        `area ${area} range ${canonicalIp(prefix)}`,
        cost !== undefined && `cost ${cost}`,
        !advertise && 'not-advertise',
      ),
    );

type Area = NonNullable<Ospf['areas']>[string];

const virtualLinkLines = (area: string, virtualLinks: Area['virtualLinks']): string[] =>
  sortedByAddress(virtualLinks).flatMap(([id, { authentication }]) => {
    const link = `area ${area} virtual-link ${id}`;
    return [link, ...authenticationLines(link, authentication)];
  });

interface Filters {
  prefixListIn?: string | undefined;
  prefixListOut?: string | undefined;
}

const filterLines = (area: string, { prefixListIn, prefixListOut }: Filters): string[] => [
  ...given(prefixListIn, (name) => `area ${area} filter-list prefix ${name} in`),
  ...given(prefixListOut, (name) => `area ${area} filter-list prefix ${name} out`),
];
