import { mebibytes } from './placement';
import type { PlannedEnd, PlannedLink, TopologyPlan } from './planned';

/**
 * A plan in three tables: hosts, routers and links, as narrow as they can be.
 *
 * @example
 * console.log(formatPlan(topology.plan));
 */
export const formatPlan = ({ hosts, routers, links }: TopologyPlan): string =>
  [
    table(
      ['host', 'routers', 'memory', 'of'],
      Object.entries(hosts).map(([name, host]) => [
        name,
        String(host.routers.length),
        mebibytes(host.memoryUsed),
        host.memoryBudget === undefined ? '' : mebibytes(host.memoryBudget),
      ]),
    ),
    table(
      ['router', 'host', 'loopback', 'AS', 'memory', ''],
      Object.entries(routers).flatMap(([name, router]) => {
        const [first = '', ...others] = router.loopbacks.map(withoutLength);
        const notes = [router.role === 'reflector' ? 'reflector' : '', router.drain ? 'drained' : ''];
        return [
          [
            name,
            router.host,
            first,
            String(router.asn ?? ''),
            router.memoryMax,
            notes.filter(Boolean).join(', '),
          ],
          ...others.map((other) => ['', '', other]),
        ];
      }),
    ),
    table(['from', 'to', 'link', 'addresses', 'runs', 'cost'], Object.values(links).flatMap(linkRows)),
  ]
    .filter((each) => each !== '')
    .join('\n');

const linkRows = (link: PlannedLink): string[][] => {
  const { kind, a, b, runs, adminState } = link;
  const pairs = addressPairs(a, b);
  const state = adminState === 'down' ? `${kind}, down` : kind;
  return [
    [end(a), end(b), state, pairs[0] ?? '', runs.join(' '), costs(link)],
    ...pairs.slice(1).map((pair) => ['', '', '', pair]),
  ];
};

const end = ({ router, interface: name }: PlannedEnd): string => `${router}:${name}`;

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

const withoutLength = (address: string): string => address.replace(/\/.*/, '');

const table = (head: string[], rows: string[][]): string => {
  if (rows.length === 0) return '';
  // A column in which nothing stands is not shown.
  const shown = head.flatMap((_, column) => (rows.some((row) => row[column]) ? [column] : []));
  const lines = [head, ...rows].map((row) => shown.map((column) => row[column] ?? ''));
  const widths = shown.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  return lines
    .map(
      (line) =>
        `${line
          .map((cell, column) => cell.padEnd(widths[column] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
};
