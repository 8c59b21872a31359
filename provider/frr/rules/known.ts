import { isRecord, isUnknown } from '../../unknown';

/** A value of which any part may be missing, since it is not known in a preview. */
export type Known<T> = T extends (infer E)[]
  ? (Known<E> | undefined)[]
  : T extends object
    ? { [K in keyof T]?: Known<T[K]> }
    : T;

/** What is known of a value: what is unknown is undefined in its place. */
export const knownOf = <T>(value: T): Known<T> | undefined => prune(value) as Known<T> | undefined;

/** Whether a property is given, be it known or not. */
export const gives = <T extends object>(value: T, name: keyof T & string): boolean => name in value;

const prune = (value: unknown): unknown => {
  if (isUnknown(value)) return undefined;
  if (Array.isArray(value)) return value.map(prune);
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, prune(part)]));
};
