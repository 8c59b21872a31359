import { isDeepStrictEqual } from 'node:util';
import type { Option } from '../systemd/option';
import { extraKind } from '../systemd/resource-control';
import { parseUnitFile, type UnitFileError, type UnitSection, valuesOf } from '../systemd/unit-file';
import { defaultsFor, settingsOf } from './defaults';
import { type LiveValues, liveDifferences } from './live';
import { digestOf, type Files, restartDigestOf, sections, sectionsOf } from './render';
import type { NspawnConfigInputs } from './schema';

/** A machine's configuration as it is on the host. A file that is missing is undefined. */
export interface Found {
  nspawn: string | undefined;
  dropIn: string | undefined;
  live: LiveValues;
  /** Files of `systemctl set-property` that stand against the drop-in. */
  overrides: string[];
}

/**
 * What is otherwise on the host than was declared: as inputs, property by property, where there is a property for it; as
 * `drift`, in words, where there is none. The digest differs whenever a byte does.
 */
export const driftOf = (
  inputs: NspawnConfigInputs & Record<string, unknown>,
  found: Found,
): Record<string, unknown> => {
  const notes: string[] = [];
  const nspawn = readFile('.nspawn file', found.nspawn, notes);
  const dropIn = readFile('drop-in', found.dropIn, notes);
  const drift: Record<string, unknown> = {};
  for (const { input, name, options } of sections) {
    const file = input === 'service' ? dropIn : nspawn;
    const changed = file ? sectionDrift(inputs, { input, name, options }, file, notes) : {};
    const live = input === 'service' ? liveDrift(inputs, found.live) : {};
    const section = withChanges(inputs[input], { ...changed, ...live });
    if (section) drift[input] = section;
  }
  notes.push(...strangers(nspawn, ['Exec', 'Files', 'Network']), ...strangers(dropIn, ['Service']));
  notes.push(...found.overrides.map((path) => `${path} was made by systemctl set-property`));
  const digests = foundDigests(found, nspawn, dropIn);
  if (digests.digest !== inputs.digest && notes.length === 0 && Object.keys(drift).length === 0) {
    notes.push('the files are written otherwise, with the same settings');
  }
  return {
    ...drift,
    ...(notes.length > 0 ? { drift: notes } : {}),
    ...Object.fromEntries(Object.entries(digests).filter(([name, value]) => inputs[name] !== value)),
  };
};

const readFile = (what: string, text: string | undefined, notes: string[]): UnitSection[] | undefined => {
  if (text === undefined) {
    notes.push(`the ${what} is missing`);
    return undefined;
  }
  try {
    return parseUnitFile(text);
  } catch (error) {
    notes.push(`the ${what} cannot be read: ${(error as UnitFileError).message}`);
    return undefined;
  }
};

type Changes = Record<string, unknown>;

const sectionDrift = (
  inputs: NspawnConfigInputs,
  { input, name, options }: (typeof sections)[number],
  file: UnitSection[],
  notes: string[],
): Changes => {
  const settings = settingsOf(inputs);
  const expected = sectionsOf(settings);
  const changes: Changes = {};
  for (const [property, option] of Object.entries(options)) {
    const want = valuesOf(expected, name, option.key);
    const have = valuesOf(file, name, option.key);
    if (sameValue(option, want, have)) continue;
    const value = have.length === 0 ? undefined : understood(option, have);
    const given = (inputs[input] as Changes | undefined)?.[property];
    if (value !== undefined)
      changes[property] =
        property === 'environment' && input === 'service' ? besidesDefault(inputs, value) : value;
    else if (have.length === 0 && given !== undefined) changes[property] = undefined;
    else if (have.length === 0) notes.push(`[${name}] ${option.key}=${want.join(' ')} is missing`);
    else notes.push(`[${name}] ${option.key}=${have.join(' ')} is not understood`);
  }
  const known = new Set(Object.values(options).map(({ key }) => key));
  const others = (of: UnitSection[]) =>
    new Set(
      of
        .filter((section) => section.name === name)
        .flatMap(({ entries }) => entries.map(({ key }) => key).filter((key) => !known.has(key))),
    );
  if (input !== 'service') {
    for (const key of others(file))
      notes.push(`[${name}] ${key}=${valuesOf(file, name, key).join(' ')} is no option that is known here`);
    return changes;
  }
  const extra = extraDrift(settings.service.extra ?? {}, file, others(file));
  return extra ? { ...changes, extra } : changes;
};

const sameValue = ({ kind }: Option, want: string[], have: string[]): boolean => {
  if (isDeepStrictEqual(want, have)) return true;
  if (want.length === 0 || have.length === 0) return false;
  const one = kind.read(want);
  return one !== undefined && isDeepStrictEqual(one, kind.read(have));
};

const understood = ({ kind }: Option, texts: string[]): unknown => {
  const parsed = kind.schema.safeParse(kind.read(texts));
  return parsed.success ? parsed.data : undefined;
};

// The variables that are there by default are no part of the input, unless they were changed or are gone.
const besidesDefault = (inputs: NspawnConfigInputs, value: unknown): Changes => {
  const found = value as Record<string, string>;
  const given: Changes = inputs.service?.environment ?? {};
  const defaults: Changes = defaultsFor(inputs).service.environment ?? {};
  const kept = Object.entries(found).filter(([name, text]) => name in given || defaults[name] !== text);
  const gone = Object.keys(defaults).filter((name) => !(name in found));
  return { ...Object.fromEntries(kept), ...Object.fromEntries(gone.map((name) => [name, false])) };
};

const extraDrift = (given: Record<string, string | string[]>, file: UnitSection[], keys: Set<string>) => {
  const extra = Object.fromEntries(
    [...keys].map((key) => [key, extraKind.read(valuesOf(file, 'Service', key))]),
  );
  const same =
    Object.keys(extra).length === Object.keys(given).length &&
    Object.entries(given).every(([key, texts]) =>
      isDeepStrictEqual([texts].flat(), [extra[key] ?? []].flat()),
    );
  return same ? undefined : extra;
};

const liveDrift = (inputs: NspawnConfigInputs, live: LiveValues): Changes =>
  liveDifferences(settingsOf(inputs).service, live);

// The input with what is otherwise; undefined when nothing is.
const withChanges = (given: object | undefined, changes: Changes): Changes | undefined => {
  if (Object.keys(changes).length === 0) return undefined;
  const merged = { ...given, ...changes };
  return Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== undefined));
};

const strangers = (file: UnitSection[] | undefined, names: string[]): string[] =>
  (file ?? [])
    .filter(({ name }) => !names.includes(name))
    .map(({ name }) => `the section [${name}] is not from here`);

const foundDigests = (
  { nspawn, dropIn }: Found,
  nspawnSections: UnitSection[] | undefined,
  dropInSections: UnitSection[] | undefined,
) => {
  const files: Files = { nspawn: nspawn ?? '', dropIn: dropIn ?? '' };
  const readable = nspawnSections !== undefined && dropInSections !== undefined;
  return {
    digest: digestOf(files),
    restartDigest: readable ? restartDigestOf([...nspawnSections, ...dropInSections]) : digestOf(files),
  };
};
