import { createHash } from 'node:crypto';

/** What is to be given a number. */
export interface Numbered {
  /** How problems name it: `router "r1"`. */
  label: string;
  /** Decides the number, where none is given; the same key has the same number in every topology. */
  key: string;
  /** The number that was given. */
  id?: number;
  /** How many numbers there are for it. */
  count: number;
}

/** How problems name the numbers. */
export interface Wording {
  /** The property that gives one. */
  property: string;
  /** Where they come from: `"its pools have"`. */
  from: string;
  /** What has more: `"larger pools"`. */
  more: string;
}

const ids: Wording = { property: 'id', from: 'its pools have', more: 'larger pools' };

/**
 * A number from 1 to its `count` for each: the given one, or one that its key alone decides, so that nothing which comes or goes
 * elsewhere changes it. Where two have the same number there is a problem, which says how to solve it.
 */
export const numbersOf = (
  items: Numbered[],
  wording = ids,
): { numbers: Map<string, number>; problems: string[] } => {
  const numbers = new Map<string, number>();
  const holders = new Map<number, Numbered>();
  const problems: string[] = [];
  const clashes: [Numbered, Numbered, number][] = [];
  for (const item of items) {
    const { count } = item;
    const number = item.id ?? numberOf(item.key, count);
    if (number > count) {
      problems.push(
        `${item.label}: received ${wording.property} ${number}; accepted is 1 to ${count}, which ${wording.from} room for`,
      );
      continue;
    }
    const holder = holders.get(number);
    if (holder) clashes.push([holder, item, number]);
    else holders.set(number, item);
    numbers.set(item.key, number);
  }
  let free = 1;
  for (const [one, other, number] of clashes) {
    while (holders.has(free)) free++;
    const left = free <= Math.min(one.count, other.count) ? free : undefined;
    problems.push(clash(one, other, number, left, wording));
    holders.set(free, other);
  }
  return { numbers, problems };
};

/** The number that a key decides. */
export const numberOf = (key: string, count: number): number =>
  1 + Number(BigInt(`0x${createHash('sha256').update(key).digest('hex').slice(0, 16)}`) % BigInt(count));

const clash = (
  one: Numbered,
  other: Numbered,
  number: number,
  free: number | undefined,
  { property, from: source, more }: Wording,
): string => {
  const from = [one, other].filter(({ id }) => id === undefined).map(({ label }) => label);
  const why = from.length === 0 ? 'both are given' : `from the name of ${from.join(' and of ')}`;
  // The one whose number is nobody's wish is the one to change.
  const change =
    one.id !== undefined && other.id === undefined
      ? other
      : other.id !== undefined && one.id === undefined
        ? one
        : other;
  const advice =
    free === undefined
      ? `${source} no number left: take ${more}`
      : `give ${change.label} a number of its own, such as ${property}: ${free}`;
  return `${one.label} and ${other.label} both have ${property} ${number} (${why}); ${advice}`;
};
