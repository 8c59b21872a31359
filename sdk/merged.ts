import * as pulumi from '@pulumi/pulumi';

/**
 * A typed configuration with more of it: records are merged, lists joined, and all else replaces what was there. Parts may be
 * outputs.
 */
export const merged = <T>(base: T, more: unknown): T => {
  if (more === undefined) return base;
  if (isEventual(base) || isEventual(more)) {
    // What replaces a plain value needs nothing of it.
    if (!isEventual(base) && !isComposite(base)) return more as T;
    return pulumi.all([base, more]).apply(([one, other]) => merged(one, other)) as T;
  }
  if (Array.isArray(base) && Array.isArray(more))
    return [...base, ...more.filter((each) => !base.includes(each))] as T;
  if (isRecord(base) && isRecord(more)) {
    const names = [...new Set([...Object.keys(base), ...Object.keys(more)])];
    return Object.fromEntries(names.map((name) => [name, merged(base[name], more[name])])) as T;
  }
  return more as T;
};

const isEventual = (value: unknown): boolean => pulumi.Output.isInstance(value) || value instanceof Promise;

const isComposite = (value: unknown): boolean => typeof value === 'object' && value !== null;

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
