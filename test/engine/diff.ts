import { formatPath, type Path, parsePath, pathContains } from './paths';
import { isObject, isPlainObject, type Properties, unwrap, type Value, withoutSecrets } from './values';

export type DiffKind = 'add' | 'add-replace' | 'delete' | 'delete-replace' | 'update' | 'update-replace';
export type DetailedDiff = Record<string, { kind: DiffKind }>;

/** What the engine knows about the change of one resource, like the engine's own DiffResult. */
export interface Diff {
  changes: boolean;
  replaceKeys: string[];
  changedKeys: string[];
  detailed: DetailedDiff | undefined;
  deleteBeforeReplace: boolean;
}

/** Nothing differs. */
export const noDiff: Diff = {
  changes: false,
  replaceKeys: [],
  changedKeys: [],
  detailed: undefined,
  deleteBeforeReplace: false,
};

/**
 * Compares inputs with inputs, as the engine does when a provider leaves it open whether something changed.
 * Secret marks do not count, their values do. (diffResource of pkg/resource/deploy/step_generator.go)
 */
export const diffProperties = (oldInputs: Properties, newInputs: Properties): DetailedDiff => {
  const diff: DetailedDiff = {};
  diffObjects([], withoutSecrets(oldInputs) as Properties, withoutSecrets(newInputs) as Properties, diff);
  return diff;
};

/** Structural equality: the order of keys does not count, and an absent key equals null. Secret marks count. */
export const deepEquals = (left: Value | undefined, right: Value | undefined): boolean => {
  const [a, b] = [left ?? null, right ?? null];
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((item, index) => deepEquals(item, b[index]));
  if (!isObject(a) || !isObject(b)) return a === b;
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].every((key) =>
    deepEquals(own(a, key), own(b, key)),
  );
};

/** Whether a diff asks for a replacement. */
export const isReplace = ({ detailed, replaceKeys }: Diff) =>
  replaceKeys.length > 0 || Object.values(detailed ?? {}).some(({ kind }) => kind.endsWith('-replace'));

/** Applies `replaceOnChanges`; failed initialisations count as the path `#initerror`. */
export const applyReplaceOnChanges = (diff: Diff, replaceOnChanges: string[], initErrors: boolean): Diff => {
  if (!diff.changes && !initErrors) return diff;
  const paths = replaceOnChanges.map(parsePath).filter((path) => path !== undefined);
  const hits = (text: string) => {
    const changed = parsePath(text);
    return changed !== undefined && paths.some((path) => pathContains(path, changed));
  };
  const replaceKeys = [...new Set([...diff.replaceKeys, ...diff.changedKeys.filter(hits)])];
  const detailed =
    diff.detailed && mapKinds(diff.detailed, (kind, path) => (hits(path) ? toReplace(kind) : kind));
  if (!initErrors || !hits(initError)) return { ...diff, replaceKeys, detailed };
  return {
    ...diff,
    changes: true,
    replaceKeys: [...replaceKeys, initError],
    detailed: detailed && { ...detailed, [initError]: { kind: 'update-replace' } },
  };
};

/** The diff that would undo this one; a refresh shows what reality did to the inputs. */
export const invert = (detailed: DetailedDiff) =>
  mapKinds(detailed, (kind) => {
    if (kind.startsWith('add')) return kind.replace('add', 'delete') as DiffKind;
    return kind.replace('delete', 'add') as DiffKind;
  });

/** The top-level keys that a diff touches, sorted. */
export const changedKeys = (detailed: DetailedDiff) =>
  [...new Set(Object.keys(detailed).map((path) => String(parsePath(path)?.[0] ?? path)))].sort();

const initError = '#initerror';

const toReplace = (kind: DiffKind) => (kind.endsWith('-replace') ? kind : (`${kind}-replace` as DiffKind));

const mapKinds = (
  detailed: DetailedDiff,
  transform: (kind: DiffKind, path: string) => DiffKind,
): DetailedDiff =>
  Object.fromEntries(
    Object.entries(detailed).map(([path, { kind }]) => [path, { kind: transform(kind, path) }]),
  );

// `{}` has keys of its own (`constructor`) which are no properties.
const own = (value: { [key: string]: Value }, key: string) =>
  Object.hasOwn(value, key) ? value[key] : undefined;

const isSet = (value: Value | undefined): value is Value => value !== undefined && value !== null;

const diffObjects = (prefix: Path, before: Properties, after: Properties, diff: DetailedDiff) => {
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)]))
    diffValues([...prefix, key], own(before, key), own(after, key), diff);
};

const diffValues = (path: Path, before: Value | undefined, after: Value | undefined, diff: DetailedDiff) => {
  if (deepEquals(before, after)) return;
  if (!isSet(before) || !isSet(after)) {
    // An array element that becomes null is still there: no delete, but Pulumi says so all the same.
    diff[formatPath(path)] = { kind: isSet(after) ? 'add' : 'delete' };
  } else if (Array.isArray(before) && Array.isArray(after)) {
    for (let index = 0; index < Math.max(before.length, after.length); index++)
      diffElements([...path, index], before, after, index, diff);
  } else if (isPlainObject(unwrap(before)) && isPlainObject(unwrap(after))) {
    diffObjects(path, before as Properties, after as Properties, diff);
  } else diff[formatPath(path)] = { kind: 'update' };
};

const diffElements = (path: Path, before: Value[], after: Value[], index: number, diff: DetailedDiff) => {
  if (index >= before.length) diff[formatPath(path)] = { kind: 'add' };
  else if (index >= after.length) diff[formatPath(path)] = { kind: 'delete' };
  else diffValues(path, before[index], after[index], diff);
};
