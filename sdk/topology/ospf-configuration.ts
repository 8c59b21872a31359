import { familyOf } from '../../provider/address';
import type { FrrConfiguration } from '../../provider/frr/schema';
import { areaAddress } from './areas';
import type { LinkEnd } from './ends';
import type { OspfPolicy } from './ospf-policy-schema';
import type { Whole } from './whole';

type Interface = NonNullable<FrrConfiguration['interfaces']>[string];
type Routing = NonNullable<FrrConfiguration['ospf6']>;

/** What OSPF and OSPFv3 do on an end of a link or segment. */
export const ospfInterface = (
  end: LinkEnd,
  { settings, declared }: Whole,
): Pick<Interface, 'ospf' | 'ospf6'> => {
  const { name, link, own } = end;
  const { area, runs, passive } = link;
  if (area === undefined) return {};
  if (passive) {
    const announced = { area, passive: true };
    return {
      ...(settings.policy.ipv4 && hasFamily(end, 4) ? { ospf: announced } : {}),
      ...(settings.policy.ipv6 && hasFamily(end, 6) ? { ospf6: announced } : {}),
    };
  }
  const { ospf } = settings.policy;
  const {
    // What the policy has is for links: a segment has neighbours to find.
    network = link.kind === 'segment' ? 'broadcast' : (ospf.network ?? 'point-to-point'),
    helloInterval = ospf.helloInterval,
    deadInterval = ospf.deadInterval,
  } = declared.get(name)?.ospf ?? {};
  const common = {
    area,
    network,
    cost: own.metric ?? costOf(ospf, link.bandwidth),
    ...(helloInterval === undefined ? {} : { helloInterval }),
    ...(deadInterval === undefined ? {} : { deadInterval }),
    ...(link.bfd ? { bfd: true } : {}),
  };
  return {
    ...(runs.includes('ospf') ? { ospf: common } : {}),
    ...(runs.includes('ospf6') ? { ospf6: common } : {}),
  };
};

// A machine on a segment may have its addresses from elsewhere.
const hasFamily = ({ link, own, peers }: LinkEnd, family: 4 | 6): boolean =>
  (link.kind === 'segment' ? [own] : [own, ...peers]).every(({ addresses = [] }) =>
    addresses.some((address) => familyOf(address) === family),
  );

/** The OSPF cost of a link without one, from its bandwidth in Mbit/s as FRR has it (ospf_get_cost() in ospf_interface.c). */
export const costOf = ({ cost, referenceBandwidth }: OspfPolicy, bandwidth: number | undefined): number =>
  bandwidth === undefined ? cost : Math.min(65535, Math.max(1, Math.round(referenceBandwidth / bandwidth)));

/** What is particular to the areas that a router is in. Only where areas meet is there anything to keep from one. */
export const ospfRouter = (router: string, { settings, areas }: Whole): Pick<Routing, 'areas'> => {
  const own = areas.routers.get(router) ?? [];
  const particular = Object.entries(settings.policy.ospf.areas)
    .map(([key, { type, noSummary }]) => [areaAddress(key), { type, noSummary }] as const)
    .filter(([area]) => own.includes(area))
    .map(([area, { type, noSummary }]) => [
      area,
      { type, ...(noSummary && own.length > 1 ? { noSummary: true } : {}) },
    ]);
  return particular.length === 0 ? {} : { areas: Object.fromEntries(particular) };
};
