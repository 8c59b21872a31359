import { isPlainObject, isSecret, makeSecret, type Properties, unwrap, type Value } from './values';

/** A property path: object keys and array indices; the key `*` is a wildcard. */
export type Path = (string | number)[];

/** Parses `a.b[0]["c.d"][*]`; undefined when it is no path. (sdk/go/common/resource/properties_path.go) */
export const parsePath = (text: string): Path | undefined => {
  const path: Path = [];
  let rest = text;
  while (rest !== '') {
    const match =
      /^\["((?:\\"|[^"])*)"\]/.exec(rest) ?? /^\[(\*|\d+)\]/.exec(rest) ?? /^\.?([^.[]+)/.exec(rest);
    if (match === null || (path.length === 0 && rest.startsWith('.'))) return undefined;
    path.push(element(match));
    rest = rest.slice(match[0].length);
  }
  return path;
};

const element = ([whole, inner = '']: RegExpExecArray) => {
  if (whole.startsWith('["')) return inner.replaceAll('\\"', '"');
  return whole.startsWith('[') && inner !== '*' ? Number(inner) : inner;
};

/** Writes a path the way Pulumi does. */
export const formatPath = (path: Path) =>
  path
    .map((key, index) => {
      if (typeof key === 'number') return `[${key}]`;
      if (!/^[A-Za-z_$][A-Za-z0-9_$]*$/.test(key)) return `["${key.replaceAll('"', '\\"')}"]`;
      return index === 0 ? key : `.${key}`;
    })
    .join('');

/** Whether a path is at or above another. */
export const pathContains = (path: Path, other: Path) =>
  path.length <= other.length && path.every((key, index) => key === '*' || key === other[index]);

/** The value at a path; looks through secrets. */
export const getAt = (value: Value | undefined, path: Path): Value | undefined => {
  const [key, ...rest] = path;
  if (key === undefined || value === undefined) return value;
  const inner = unwrap(value);
  if (Array.isArray(inner) && typeof key === 'number') return getAt(inner[key], rest);
  if (isPlainObject(inner) && typeof key === 'string' && Object.hasOwn(inner, key))
    return getAt(inner[key], rest);
  return undefined;
};

/**
 * `ignoreChanges`: sets the ignored paths of the new inputs back to what the old inputs hold.
 * Paths that cannot be set back (an element was added or removed) are returned too.
 */
export const resetIgnored = (oldInputs: Properties, newInputs: Properties, ignoreChanges: string[]) => {
  const inputs = structuredClone(newInputs);
  const invalid = ignoreChanges.filter((text) => {
    const path = parsePath(text);
    return path !== undefined && path.length > 0 && !reset(path, oldInputs, inputs, false);
  });
  return { inputs, invalid };
};

const reset = (path: Path, oldValue: Value, newValue: Value, secret: boolean): boolean => {
  const [key = '', ...rest] = path;
  const old = unwrap(oldValue);
  const target = unwrap(newValue);
  // What was secret stays so when it is put into a place that is not.
  const keep = secret || (isSecret(oldValue) && !isSecret(newValue));
  if (key === '*') return resetAll(rest, old, target, keep);
  if (typeof key === 'number') return resetIndex(key, rest, old, target, keep);
  return resetKey(key, rest, old, target, keep);
};

const resetKey = (key: string, rest: Path, old: Value, target: Value, secret: boolean): boolean => {
  if (!isPlainObject(target) || !isPlainObject(old)) return !isPlainObject(target) && !isPlainObject(old);
  if (rest.length > 0) {
    if (old[key] === undefined || target[key] === undefined) return old[key] === target[key];
    return reset(rest, old[key], target[key], secret);
  }
  if (old[key] === undefined) delete target[key];
  else target[key] = secret ? makeSecret(old[key]) : old[key];
  return true;
};

const resetIndex = (index: number, rest: Path, old: Value, target: Value, secret: boolean): boolean => {
  if (!Array.isArray(old) || !Array.isArray(target)) return !Array.isArray(old) && !Array.isArray(target);
  const [before, after] = [old[index], target[index]];
  if (before === undefined && after === undefined) return true;
  if (before === undefined || after === undefined) return false;
  if (rest.length > 0) return reset(rest, before, after, secret);
  target[index] = secret ? makeSecret(before) : before;
  return true;
};

const resetAll = (rest: Path, old: Value, target: Value, secret: boolean): boolean => {
  if (Array.isArray(old) && Array.isArray(target)) {
    const all = old.map((_, index) => resetIndex(index, rest, old, target, secret));
    return all.every(Boolean) && old.length === target.length;
  }
  if (!isPlainObject(old) || !isPlainObject(target)) return false;
  return [...new Set([...Object.keys(old), ...Object.keys(target)])].every((key) =>
    resetKey(key, rest, old, target, secret),
  );
};
