/** Sizes, shares and times in systemd's notation, as text that is checked and as numbers that can be compared. */

/** Bytes: "256M", "1.5G"; a share of the memory: "50%"; or "infinity" (parse_size(), base 1024). */
export const sizePattern = /^(\d+(\.\d+)?[KMGTPE]?|(100|\d{1,2}(\.\d{1,2})?)%|infinity)$/;
export const sizeWords =
  'a size in bytes, "256M", "1.5G", a share of the memory such as "25%", or "infinity"';

/** The same above zero. */
export const sizeAboveZeroPattern = new RegExp(`^(?!0+(\\.0+)?[KMGTPE%]?$)${sizePattern.source.slice(1)}`);

/** A number with a suffix: "10M", "1.5G". */
export const amountPattern = /^(\d+(\.\d+)?[KMGTPE]?|infinity)$/;

/** A share of one CPU: "50%", "150%". */
export const quotaPattern = /^(?!0+(\.0+)?%)\d{1,6}(\.\d{1,2})?%$/;
export const quotaWords = 'a share of one CPU above zero, such as "50%"; "200%" is two CPUs';

/** systemd.time(7): "90", "1min 30s", "500ms", "infinity". */
const timeUnit =
  '(usec|us|µs|μs|msec|ms|seconds|second|sec|s|minutes|minute|min|m|hours|hour|hr|h|days|day|d|weeks|week|w|months|month|M|years|year|y)?';
const timePart = `\\d+(\\.\\d+)?\\s*${timeUnit}`;
export const timePattern = new RegExp(`^(${timePart}(\\s+${timePart})*|infinity)$`);
export const timeWords = 'a time in seconds, or such as "1min 30s" (systemd.time(7)), or "infinity"';

/** CPUs or memory nodes: "0-3", "0,2", "0 2-3". */
export const setPattern = /^\d{1,4}(-\d{1,4})?([ ,]+\d{1,4}(-\d{1,4})?)*$/;
export const setWords = 'numbers and ranges, such as "0-1" or "0,2"';

/** A size in bytes; undefined for a share, whose bytes only the host knows. */
export const parseSize = (text: string): number | undefined => {
  if (text === 'infinity' || text === '18446744073709551615') return Number.POSITIVE_INFINITY;
  const match = /^(\d+(?:\.\d+)?)([KMGTPE]?)$/.exec(text);
  return match ? Math.floor(Number(match[1]) * 1024 ** ' KMGTPE'.indexOf(match[2] || ' ')) : undefined;
};

/** A time in microseconds, of the kind that `systemctl show` prints ("500ms", "1s 500ms"). */
export const parseTime = (text: string): number | undefined => {
  if (text === 'infinity') return Number.POSITIVE_INFINITY;
  const parts = text.split(/\s+/).map((part) => /^(\d+(?:\.\d+)?)(us|ms|s|min|h|d|w)$/.exec(part));
  return parts.every((part) => part !== null)
    ? parts.reduce((sum, part) => sum + Number(part?.[1]) * (microseconds[part?.[2] ?? ''] ?? 0), 0)
    : undefined;
};

const microseconds: Record<string, number> = {
  us: 1,
  ms: 1e3,
  s: 1e6,
  min: 60e6,
  h: 3600e6,
  d: 86400e6,
  w: 604800e6,
};

/** A quota in microseconds of CPU time a second, as systemd keeps it. */
export const parseQuota = (text: string): number | undefined => {
  const match = /^(\d+(?:\.\d+)?)%$/.exec(text);
  return match ? Math.round(Number(match[1]) * 1e4) : undefined;
};

/** The members of a set of numbers, in one canonical text. */
export const parseSet = (text: string): string => {
  const members = text
    .split(/[\s,]+/)
    .filter(Boolean)
    .flatMap((part) => {
      const [first = 0, last = first] = part.split('-').map(Number);
      return Array.from({ length: Math.min(last - first + 1, 8192) }, (_, index) => first + index);
    });
  return [...new Set(members)].sort((a, b) => a - b).join(',');
};
