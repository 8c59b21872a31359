import { parseQuota, parseSet, parseSize, parseTime } from '../systemd/quantity';
import { serviceOptions } from '../systemd/resource-control';
import type { Settings } from './defaults';

/** What `systemctl show` says of the unit, by property. */
export type LiveValues = Record<string, string>;

/** The lines of `systemctl show`. */
export const parseShow = (text: string): LiveValues =>
  Object.fromEntries(
    text
      .split('\n')
      .filter((line) => line.includes('='))
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );

/** The limits that systemd has for the unit, where they are not those that were asked for, as inputs of `service`. */
export const liveDifferences = (
  service: Settings['service'],
  live: LiveValues,
): Record<string, string | number | false> => {
  const differences: Record<string, string | number | false> = {};
  for (const [property, { shown, wanted, actual, write }] of Object.entries(comparisons)) {
    const given = (service as Record<string, unknown>)[property];
    const text = live[shown];
    if (given === undefined || given === false || text === undefined) continue;
    const want = wanted(String(given));
    const have = actual(text);
    // What only the host can work out (a share of its memory) is not compared.
    if (want === undefined || have === undefined || want === have) continue;
    differences[property] = write(have, text);
  }
  return differences;
};

interface Comparison {
  shown: string;
  wanted: (text: string) => number | string | undefined;
  actual: (text: string) => number | string | undefined;
  write: (value: number | string, text: string) => string | number | false;
}

const infinity = Number.POSITIVE_INFINITY;
const writeNumber = (value: number | string) => (value === infinity ? 'infinity' : value);
const writeSize = (value: number | string) => {
  if (typeof value !== 'number' || value === infinity) return 'infinity';
  const power = [4, 3, 2, 1].find((each) => value > 0 && value % 1024 ** each === 0) ?? 0;
  return power === 0 ? value : `${value / 1024 ** power}${' KMGT'[power]}`;
};

const size = (property: keyof typeof serviceOptions): Comparison => ({
  shown: serviceOptions[property].key,
  // The kernel counts pages, and systemd rounds down to them.
  wanted: (text) => pages(parseSize(text)),
  actual: (text) => pages(parseSize(text)),
  write: writeSize,
});
const pages = (bytes: number | undefined) =>
  bytes === undefined || bytes === infinity ? bytes : Math.floor(bytes / 4096) * 4096;

const weight = (property: keyof typeof serviceOptions): Comparison => ({
  shown: serviceOptions[property].key,
  wanted: (text) => (/^\d+$/.test(text) ? Number(text) : undefined),
  actual: (text) => (/^\d+$/.test(text) ? Number(text) : undefined),
  write: writeNumber,
});

const set = (property: keyof typeof serviceOptions): Comparison => ({
  shown: serviceOptions[property].key,
  wanted: parseSet,
  actual: (text) => parseSet(text),
  write: (_, text) => text,
});

const word = (property: keyof typeof serviceOptions): Comparison => ({
  shown: serviceOptions[property].key,
  wanted: (text) => text,
  actual: (text) => text,
  write: writeNumber,
});

const tasks = (text: string) =>
  text === 'infinity' ? infinity : /^\d+$/.test(text) ? Number(text) : undefined;

const comparisons: Record<string, Comparison> = {
  cpuQuota: {
    shown: 'CPUQuotaPerSecUSec',
    wanted: parseQuota,
    actual: parseTime,
    write: (value) => (value === infinity ? false : `${Number(value) / 1e4}%`),
  },
  cpuWeight: weight('cpuWeight'),
  startupCpuWeight: weight('startupCpuWeight'),
  ioWeight: weight('ioWeight'),
  startupIoWeight: weight('startupIoWeight'),
  allowedCPUs: set('allowedCPUs'),
  allowedMemoryNodes: set('allowedMemoryNodes'),
  memoryMin: size('memoryMin'),
  memoryLow: size('memoryLow'),
  memoryHigh: size('memoryHigh'),
  memoryMax: size('memoryMax'),
  memorySwapMax: size('memorySwapMax'),
  memoryZSwapMax: size('memoryZSwapMax'),
  devicePolicy: word('devicePolicy'),
  tasksMax: { shown: 'TasksMax', wanted: tasks, actual: tasks, write: writeNumber },
};

/** The properties to ask `systemctl show` for. */
export const shownProperties: readonly string[] = Object.values(comparisons).map(({ shown }) => shown);
