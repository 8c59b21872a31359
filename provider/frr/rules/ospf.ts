import { canonicalIp } from '../address';
import { areaText } from '../render/lines';
import type { FrrConfiguration } from '../schema';
import { type Refusal, refuseTwice, refuseWhen } from './failure';
import { gives, type Known } from './known';

type Configuration = Known<FrrConfiguration>;
type Area = Known<NonNullable<NonNullable<FrrConfiguration['ospf']>['areas']>[string]>;

/** What OSPF cannot do, or what the two releases of FRR write in two ways. */
export const ospfRefusals = (configuration: Configuration): Refusal[] => {
  const { ospf, ospf6 } = configuration;
  return [
    ...idleRefusals(configuration),
    ...neighborRefusals(configuration),
    ...virtualLinkRefusals(ospf),
    ...areaRefusals('ospf', ospf?.areas),
    ...areaRefusals('ospf6', ospf6?.areas),
    ...Object.entries(ospf?.areas ?? {}).flatMap(([area, settings]) =>
      refuseWhen(
        settings?.type === 'nssa' && settings.noSummary,
        ['ospf', 'areas', area, 'noSummary'],
        'it is true beside type "nssa", which FRR 8 writes in two lines and FRR 10 in one, so that it never settles; accepted is type "stub", or `area … nssa no-summary` in text',
      ),
    ),
  ];
};

// FRR 8.4 keeps it with its areas, which only interfaces make.
const idleRefusals = (configuration: Configuration): Refusal[] => {
  const { ospf, interfaces } = configuration;
  const unseen = gives(configuration, 'text') || (gives(configuration, 'interfaces') && !interfaces);
  const takesPart = Object.values(interfaces ?? {}).some((each) => !each || gives(each, 'ospf'));
  return refuseWhen(
    ospf?.maxMetric && !unseen && !takesPart,
    ['ospf', 'maxMetric'],
    'it is given, and no interface has ospf; accepted is it beside interfaces that take part',
  );
};

// A neighbour is looked for where no others are found: on networks that do not broadcast.
const neighborRefusals = (configuration: Configuration): Refusal[] => {
  const { ospf, interfaces } = configuration;
  const unseen = gives(configuration, 'text') || (gives(configuration, 'interfaces') && !interfaces);
  const hasNetwork = Object.values(interfaces ?? {}).some(
    (each) =>
      !each ||
      (gives(each, 'ospf') &&
        (!each.ospf ||
          (gives(each.ospf, 'network') &&
            (each.ospf.network === undefined || each.ospf.network === 'non-broadcast')))),
  );
  return refuseWhen(
    ospf?.neighbors && !unseen && !hasNetwork,
    ['ospf', 'neighbors'],
    'it is given, and no interface has ospf with network "non-broadcast"; accepted is it beside one',
  );
};

const virtualLinkRefusals = (ospf: Configuration['ospf']): Refusal[] =>
  Object.entries(ospf?.areas ?? {}).flatMap(([area, settings]) => {
    const path = ['ospf', 'areas', area, 'virtualLinks'];
    return [
      ...refuseWhen(
        settings?.virtualLinks && areaText(area) === '0.0.0.0',
        path,
        'it is given for the backbone, area 0; accepted is it for the area that the links go through',
      ),
      ...refuseWhen(
        settings?.virtualLinks && gives(settings, 'type'),
        path,
        'it is given beside type; accepted is it for an area that is neither "stub" nor "nssa"',
      ),
      ...refuseWhen(
        ospf?.routerId !== undefined && settings?.virtualLinks && ospf.routerId in settings.virtualLinks,
        [...path, ospf?.routerId ?? ''],
        "it is this router's own id; accepted are the router ids of the other ends",
      ),
    ];
  });

const areaRefusals = (
  protocol: 'ospf' | 'ospf6',
  areas: Record<string, Area | undefined> = {},
): Refusal[] => [
  ...refuseTwice(Object.keys(areas), (area) => [protocol, 'areas', area], areaText, 'area'),
  ...Object.entries(areas).flatMap(([area, settings = {}]) => {
    const path = [protocol, 'areas', area];
    return [
      ...refuseWhen(
        settings.type !== undefined && areaText(area) === '0.0.0.0',
        [...path, 'type'],
        `received "${settings.type}"; accepted is none for the backbone, area 0`,
      ),
      ...refuseWhen(
        settings.noSummary && !gives(settings, 'type'),
        [...path, 'noSummary'],
        'it is true without type; accepted is beside type "stub"',
      ),
      ...refuseWhen(
        settings.defaultCost !== undefined && !gives(settings, 'type'),
        [...path, 'defaultCost'],
        'it is given without type; accepted is beside type "stub" or "nssa"',
      ),
      ...(settings.ranges ?? []).flatMap((range, index) =>
        refuseWhen(
          range?.advertise === false && range.cost !== undefined,
          [...path, 'ranges', index, 'cost'],
          'it is given beside advertise: false; accepted is one of the two',
        ),
      ),
      ...refuseTwice(
        settings.ranges ?? [],
        (_, index) => [...path, 'ranges', index, 'prefix'],
        (range) => (range.prefix === undefined ? undefined : canonicalIp(range.prefix)),
        'prefix',
      ),
    ];
  }),
];
