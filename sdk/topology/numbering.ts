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

/**
 * A number from 1 to its `count` for each: the given one, or one that its key alone decides, so that nothing which comes or goes
 * elsewhere changes it. Where two have the same number there is a problem, which says how to solve it.
 */
export const numbersOf = (items: Numbered[]): { numbers: Map<string, number>; problems: string[] } => {
  const numbers = new Map<string, number>();
  const holders = new Map<number, Numbered>();
  const problems: string[] = [];
  const clashes: [Numbered, Numbered, number][] = [];
  for (const item of items) {
    const { count } = item;
    const number = item.id ?? numberOf(item.key, count);
    if (number > count) {
      problems.push(
        `${item.label}: received id ${number}; accepted is 1 to ${count}, which its pools have room for`,
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
    problems.push(clash(one, other, number, free <= Math.min(one.count, other.count) ? free : undefined));
    holders.set(free, other);
  }
  return { numbers, problems };
};

/** The number that a key decides. */
export const numberOf = (key: string, count: number): number =>
  1 + Number(BigInt(`0x${createHash('sha256').update(key).digest('hex').slice(0, 16)}`) % BigInt(count));

const clash = (one: Numbered, other: Numbered, number: number, free: number | undefined): string => {
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
      ? 'its pools have no number left: take larger pools'
      : `give ${change.label} a number of its own, such as id: ${free}`;
  return `${one.label} and ${other.label} both have id ${number} (${why}); ${advice}`;
};
