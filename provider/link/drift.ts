import { familyOf } from '../address';
import { type MadeEnd, type Side, sides } from './end';
import type { SeenEnd } from './operation';
import type { AdminState, LinkState } from './plan';
import { bitsOf, rateText } from './rate';

/** The link as its inputs have it, as far as it can be seen on hosts. */
interface MadeLink {
  a: MadeEnd;
  b: MadeEnd;
  mtu: number;
  adminState: AdminState;
}

/** The state of a link that is as asked for. */
export const askedState = (adminState: AdminState): LinkState =>
  adminState === 'down' ? 'down' : 'connected';

/** The inputs that hosts no longer agree with. While a machine does not run its end is nowhere, and nothing is wrong with that. */
export const linkDrift = (
  made: MadeLink,
  seen: { state: LinkState; ends: Partial<Record<Side, SeenEnd>> },
): Record<string, unknown> => {
  const mtu = sides.map((side) => seen.ends[side]?.mtu).find((each) => each && each !== made.mtu);
  const changed = sides.flatMap((side) => {
    const end = endDrift(made[side], seen.ends[side]);
    return end ? [[side, end]] : [];
  });
  return {
    state: seen.state === 'waiting' ? askedState(made.adminState) : seen.state,
    ...(mtu === undefined ? {} : { mtu }),
    ...Object.fromEntries(changed),
  };
};

/** The properties of an end that are no longer as they were made; undefined where none is. */
export const endDrift = (made: MadeEnd, seen: SeenEnd | undefined): MadeEnd | undefined => {
  if (!seen) return undefined;
  const { metric, linkLocal, bridge, rate, ...rest } = made;
  const mac = made.mac === undefined ? undefined : seen.mac;
  const seenLocal = linkLocal && seen.linkLocal.includes(linkLocal) ? linkLocal : undefined;
  const addresses = made.addresses && addressesAsSeen(made.addresses, seen);
  const seenMetric = metricAsSeen(made, seen);
  // Without one in the program, it is its owner's hand that made it a port, or limited it.
  const seenBridge = bridge && seen.bridge;
  const seenRate = rate && rateAsSeen(rate, seen);
  if (
    mac === made.mac &&
    seenLocal === linkLocal &&
    seenMetric === metric &&
    seenBridge === bridge &&
    seenRate === rate &&
    (!addresses || addresses.join() === made.addresses?.join())
  ) {
    return undefined;
  }
  return {
    ...rest,
    ...(mac === undefined ? {} : { mac }),
    ...(seenLocal === undefined ? {} : { linkLocal: seenLocal }),
    ...(addresses ? { addresses } : {}),
    ...(seenMetric === undefined ? {} : { metric: seenMetric }),
    ...(seenBridge === undefined ? {} : { bridge: seenBridge }),
    ...(seenRate === undefined ? {} : { rate: seenRate }),
  };
};

const rateAsSeen = (rate: string, seen: SeenEnd): string | undefined => {
  if (seen.rate === bitsOf(rate)) return rate;
  return seen.rate === undefined ? undefined : rateText(seen.rate);
};

// In the order in which they were given, so that only what differs shows; what was added comes last.
const addressesAsSeen = (given: string[], { global, linkLocal }: SeenEnd) => [
  ...given.filter((address) => global.includes(address) || linkLocal.includes(address)),
  ...global.filter((address) => !given.includes(address)),
];

// The first that differs; undefined where it is the kernel's own.
const metricAsSeen = ({ addresses = [], metric }: MadeEnd, { metrics }: SeenEnd): number | undefined => {
  const other = addresses.find((address) => {
    const seen = metrics[address];
    return seen !== undefined && seen !== (metric ?? usualMetric(address));
  });
  if (other === undefined) return metric;
  return metrics[other] === usualMetric(other) ? undefined : metrics[other];
};

/** As `usual_metric` in observe.sh. */
const usualMetric = (address: string) => (familyOf(address) === 4 ? 0 : 256);
