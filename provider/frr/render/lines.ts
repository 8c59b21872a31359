import { familyOf } from '../../address';
import { canonicalIp, isIp } from '../address';

/** A line where a value is given and not false, and none otherwise. */
export const given = <T>(value: T | undefined, line: (value: Exclude<T, false>) => string): string[] =>
  value === undefined || value === false ? [] : [line(value as Exclude<T, false>)];

/** A line where something holds. */
export const when = (holds: boolean | undefined, line: string): string[] => (holds ? [line] : []);

/** `LINE` or `no LINE` where a value is given that is not FRR's default; FRR writes defaults nowhere. */
export const unlessDefault = (value: boolean | undefined, byDefault: boolean, line: string): string[] =>
  value === undefined || value === byDefault ? [] : [value ? line : `no ${line}`];

/** Words of a line; those that are not given are left out. */
export const words = (...parts: (string | number | false | undefined)[]): string =>
  parts.filter((part) => part !== undefined && part !== false).join(' ');

/** A block of lines under a head, as FRR ends it. */
export const block = (head: string, lines: string[], end = 'exit'): string[] => [
  head,
  ...lines.map((line) => ` ${line}`),
  end,
  '!',
];

/** The entries of a record in an order of its own, so that the order in a program means nothing. */
export const sorted = <T>(record: Record<string, T> | undefined): [string, T][] =>
  Object.entries(record ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));

/** The same, addresses last and by their numbers, as FRR has its neighbours. */
export const sortedByAddress = <T>(record: Record<string, T> | undefined): [string, T][] =>
  Object.entries(record ?? {}).sort(([a], [b]) => compareAddresses(a, b));

/** By family, then by number, then by prefix length; names before addresses. */
export const compareAddresses = (a: string, b: string): number => {
  const [first, second] = [sortKey(a), sortKey(b)];
  return first < second ? -1 : first > second ? 1 : 0;
};

const sortKey = (text: string): string => {
  const [address = '', length = ''] = canonicalIp(text).split('/');
  if (!isIp(address)) return `0${text}`;
  const digits =
    familyOf(address) === 4
      ? address.split('.').map((part) => part.padStart(3, '0'))
      : expanded(address).map((part) => part.padStart(4, '0'));
  return `${familyOf(address)}${digits.join('')}${length.padStart(3, '0')}`;
};

const expanded = (address: string): string[] => {
  const [head = '', tail] = address.split('::').map((half) => (half === '' ? [] : half.split(':')));
  if (tail === undefined) return head as string[];
  return [...head, ...Array<string>(8 - head.length - tail.length).fill('0'), ...tail];
};

/** Entries with their sequences, in order; each that has none is `step` after the one before it. */
export const numbered = <E extends { sequence?: number | undefined }>(
  entries: readonly E[],
  step: number,
): (E & { sequence: number })[] => {
  let last = 0;
  return entries
    .map((entry) => {
      last = entry.sequence ?? last + step;
      return { ...entry, sequence: last };
    })
    .sort((a, b) => a.sequence - b.sequence);
};

/** A note as FRR keeps it: words that are IPv6 addresses as frr-reload.py writes them (get_normalized_ipv6_line()). */
export const note = (text: string): string =>
  text
    .split(/ +/)
    .map((word) => (word.includes(':') ? canonicalIp(word) : word))
    .join(' ');

/** An area, always as an address: FRR keeps areas as they were written first. */
export const areaText = (area: number | string): string => {
  const number = Number(area);
  if (Number.isNaN(number)) return String(area);
  return [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join('.');
};
