import { sha256 } from '../digest';
import type { Outcome } from '../host/session';
import { configurationText, wantedDaemons } from './configuration';
import type { FrrConfigInputs } from './schema';
import { withoutSecrets } from './secrets';

type Inputs = FrrConfigInputs & Record<string, unknown>;

/** What the host no longer agrees with: the text as it is there or as FRR runs it, and the daemons that do run. */
export const drift = (inputs: Inputs, values: Outcome['values']): Record<string, unknown> => {
  const text = textDrift(inputs, values);
  const daemons = daemonsDrift(inputs, values);
  return {
    // Also what an earlier refresh saw, and is no longer so.
    text: text ?? withoutSecrets(configurationText(inputs)),
    ...(daemons === undefined ? {} : { daemons }),
    applied: text === undefined && daemons === undefined,
  };
};

const textDrift = (inputs: Inputs, values: Outcome['values']): string | undefined => {
  const wanted = configurationText(inputs);
  const shown = (text: string) => {
    const seen = withoutSecrets(text);
    // Where only a secret differs, something has to say so.
    return seen === withoutSecrets(wanted) ? `${seen}! (a password or key differs)\n` : seen;
  };
  if (values.conf_sha !== sha256(wanted)) return shown((values.conf ?? '').replace(/x$/, ''));
  if (values.seen_running === undefined) return undefined;
  return shown(patched(wanted, lines(values.expected_running), lines(values.seen_running)));
};

const daemonsDrift = (inputs: Inputs, values: Outcome['values']): string[] | undefined => {
  const wanted = wantedDaemons(inputs);
  const file = enabledDaemons(values.daemons_file ?? '');
  const running = values.running?.split(' ');
  const seen = wanted.filter((name) => file.includes(name) && (running?.includes(name) ?? true));
  const more = file.filter((name) => !wanted.includes(name));
  return seen.length === wanted.length && more.length === 0 ? undefined : [...seen, ...more].sort();
};

/** The daemons that a text of /etc/frr/daemons enables. */
export const enabledDaemons = (text: string): string[] =>
  [...text.matchAll(/^([a-z0-9]+d)="?(yes|[1-9]\d*)"?\s*$/gm)].map(([, name]) => name as string);

const lines = (text: string | undefined): string[] => (text ?? '').split('\n').filter(Boolean);

/**
 * The text with the changes that lead from one running configuration to another: lines that are gone go, lines that came
 * stand after the one that they follow. So a preview shows what was changed, and not how FRR would write all of it.
 */
export const patched = (text: string, before: string[], after: string[]): string => {
  const given = text.split('\n');
  if (before.length * Math.max(after.length, given.length) > mostPairs) return `${after.join('\n')}\n`;
  const kept = common(before, after);
  const placed = new Map(common(before, given).map(([line, at]) => [line, at]));
  const gone = new Set(before.keys());
  for (const [line] of kept) gone.delete(line);
  const added = new Map<number, string[]>();
  const matched = new Map(kept.map(([line, at]) => [at, line]));
  let place = -1;
  for (const [at, line] of after.entries()) {
    const same = matched.get(at);
    if (same === undefined) added.set(place, [...(added.get(place) ?? []), line]);
    else place = placed.get(same) ?? place;
  }
  const removed = new Set([...gone].flatMap((line) => placed.get(line) ?? []));
  return [
    ...(added.get(-1) ?? []),
    ...given.flatMap((line, at) => [...(removed.has(at) ? [] : [line]), ...(added.get(at) ?? [])]),
  ].join('\n');
};

// Of lines that are compared; with more of them, the time and memory are not worth a nicer preview.
const mostPairs = 25_000_000;

// The longest common subsequence, as pairs of places.
const common = (a: string[], b: string[]): [number, number][] => {
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start += 1;
  let end = 0;
  while (end < a.length - start && end < b.length - start && a.at(-1 - end) === b.at(-1 - end)) end += 1;
  const [rows, columns] = [a.length - start - end, b.length - start - end];
  const length = Array.from({ length: rows + 1 }, () => new Uint32Array(columns + 1));
  const at = (row: number, column: number) => length[row]?.[column] ?? 0;
  for (let row = rows - 1; row >= 0; row -= 1) {
    for (let column = columns - 1; column >= 0; column -= 1) {
      (length[row] as Uint32Array)[column] =
        a[start + row] === b[start + column]
          ? at(row + 1, column + 1) + 1
          : Math.max(at(row + 1, column), at(row, column + 1));
    }
  }
  const pairs: [number, number][] = Array.from({ length: start }, (_, index) => [index, index]);
  for (let [row, column] = [0, 0]; row < rows && column < columns; ) {
    if (a[start + row] === b[start + column]) pairs.push([start + row++, start + column++]);
    else if (at(row + 1, column) >= at(row, column + 1)) row += 1;
    else column += 1;
  }
  for (let index = end; index > 0; index -= 1) pairs.push([a.length - index, b.length - index]);
  return pairs;
};
