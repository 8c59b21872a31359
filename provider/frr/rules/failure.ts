import { pathText } from '../../check';
import type { CheckFailure } from '../../resource';

/** A property inside the configuration, and why it is refused. */
export interface Refusal {
  path: (string | number)[];
  reason: string;
}

/** A refusal as the engine shows it; `at` is where the configuration is in the inputs. */
export const failureAt = (at: string, { path, reason }: Refusal): CheckFailure => ({
  property: pathText([at, ...path]),
  reason,
});

/** A refusal where something holds. */
export const refuseWhen = (holds: unknown, path: (string | number)[], reason: string): Refusal[] =>
  holds ? [{ path, reason }] : [];

/** The refusal of each item whose key an item before it has too. Items without a key are passed over. */
export const refuseTwice = <T>(
  items: readonly (T | undefined)[],
  path: (item: T, index: number) => (string | number)[],
  key: (item: T) => string | undefined,
  what: string,
): Refusal[] => {
  const first = new Map<string, (string | number)[]>();
  return items.flatMap((item, index) => {
    const name = item === undefined ? undefined : key(item);
    if (item === undefined || name === undefined) return [];
    const before = first.get(name);
    if (before) {
      const reason = `received ${what} ${name}, which ${pathText(before)} has too; accepted is each once`;
      return [{ path: path(item, index), reason }];
    }
    first.set(name, path(item, index));
    return [];
  });
};
