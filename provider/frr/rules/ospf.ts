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
