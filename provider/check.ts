import type { z } from 'zod';
import type { CheckFailure, Resource } from './resource';
import { holdsUnknown, isRecord, isUnknown, UNKNOWN } from './unknown';

/** Checks what a program gave, and adds what can be worked out from it. Pure; unknowns may be anywhere. */
export const check = (
  resource: Resource,
  news: Record<string, unknown>,
): { inputs: Record<string, unknown>; failures: CheckFailure[] } => {
  const given = withoutUndefined(withoutOwn(resource, news)) as Record<string, unknown>;
  const parsed = resource.schema.safeParse(given);
  const failures = (parsed.error?.issues ?? []).flatMap((issue) => explain(issue, given));
  if (failures.length > 0) return { inputs: given, failures };
  const effective = withDefaults(resource, given);
  const ruled = resource.rules?.(effective as never) ?? [];
  if (ruled.length > 0) return { inputs: given, failures: ruled };
  return { inputs: { ...given, ...derive(resource.derived, effective) }, failures: [] };
};

// With `ignoreChanges: ['*']` the engine hands back all that an earlier check or read has put in.
const withoutOwn = ({ schema, derived, told = [] }: Resource, news: Record<string, unknown>) =>
  [...Object.keys(derived).map((name) => [name]), ...told]
    .filter(([name = '', ...inner]) => inner.length > 0 || !Object.hasOwn(schema.shape, name))
    .reduce(withoutPath, news);

const withoutPath = (value: Record<string, unknown>, [name, ...inner]: string[]): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => key !== name || inner.length > 0)
      .map(([key, part]) => [key, key === name && isRecord(part) ? withoutPath(part, inner) : part]),
  );

/** Inputs with the schema's defaults. Where unknowns keep a property from being parsed, it stays as given. */
export const withDefaults = (resource: Resource, given: Record<string, unknown>): Record<string, unknown> => {
  const shape: Record<string, z.ZodType> = resource.schema.shape;
  const effective: Record<string, unknown> = { ...given };
  for (const [property, schema] of Object.entries(shape)) {
    const parsed = schema.safeParse(given[property]);
    if (parsed.success && parsed.data !== undefined) effective[property] = parsed.data;
  }
  return effective;
};

/** What is recorded, with what `check` works out today and the release that recorded it did not. */
export const completed = (resource: Resource, recorded: Record<string, unknown>): Record<string, unknown> => {
  const missing = Object.entries(resource.derived).filter(([property]) => !Object.hasOwn(recorded, property));
  if (missing.length === 0) return recorded;
  return { ...recorded, ...derive(Object.fromEntries(missing), withDefaults(resource, recorded)) };
};

const derive = (derived: Resource['derived'], effective: Record<string, unknown>): Record<string, unknown> =>
  withoutUndefined(
    Object.fromEntries(
      Object.entries(derived).map(([property, { from, value }]) => [
        property,
        from.some((name) => holdsUnknown(effective[name])) ? UNKNOWN : value(effective as never),
      ]),
    ),
  ) as Record<string, unknown>;

/** An issue in words. One at, under or over an unknown is none: the value is yet to come. */
export const explain = (issue: z.core.$ZodIssue, given: unknown): CheckFailure[] => {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      property: pathText([...issue.path, key]),
      reason: 'is not a property here; check its spelling',
    }));
  }
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    if (touchesUnknown(given, issue.path)) return [];
    const deep = issue.errors.filter((alternative) => depth(alternative) > 0);
    // With unknowns in it, it is only certain what was meant where all alternatives but one are of another type.
    if (deep.length > 1 && holdsUnknown(valueAt(given, issue.path))) return [];
    // The alternative that got furthest says best what is wrong.
    const nearest = deep.sort((a, b) => depth(b) - depth(a) || a.length - b.length)[0];
    if (nearest) {
      return nearest.flatMap((inner) => explain({ ...inner, path: [...issue.path, ...inner.path] }, given));
    }
  }
  if (touchesUnknown(given, issue.path)) return [];
  const value = valueAt(given, issue.path);
  if (issue.code === 'invalid_union' ? holdsUnknown(value) : isUnknown(value)) return [];
  const received = value === undefined ? 'it is missing' : `received ${show(issue.path, value)}`;
  return [{ property: pathText(issue.path), reason: `${received}; ${accepted(issue)}` }];
};

const depth = (issues: z.core.$ZodIssue[]) => Math.max(0, ...issues.map((issue) => issue.path.length));

const accepted = (issue: z.core.$ZodIssue): string => {
  switch (issue.code) {
    case 'invalid_value':
      return `accepted is ${issue.values.map((value) => JSON.stringify(value)).join(', ')}`;
    case 'invalid_type':
      return `accepted is ${article(issue.expected)}`;
    case 'too_small':
      return `accepted is ${issue.inclusive ? 'at least' : 'more than'} ${issue.minimum}${unit(issue.origin)}`;
    case 'too_big':
      return `accepted is ${issue.inclusive ? 'at most' : 'less than'} ${issue.maximum}${unit(issue.origin)}`;
    case 'invalid_key':
      return issue.issues[0]?.message ?? issue.message;
    default:
      return issue.message;
  }
};

const unit = (origin: string) => ({ string: ' characters', array: ' items' })[origin] ?? '';
const article = (type: string) => (/^[aeiou]/.test(type) ? `an ${type}` : `a ${type}`);

/** `exec.environment.PATH`, `files["/etc/motd"].mode`. */
export const pathText = (path: readonly PropertyKey[]): string =>
  path
    .map((part, index) => {
      const text = String(part);
      if (typeof part === 'number') return `[${text}]`;
      if (!/^[A-Za-z_]\w*$/.test(text)) return `[${JSON.stringify(text)}]`;
      return index === 0 ? text : `.${text}`;
    })
    .join('');

// Nothing that may be a secret is repeated.
const show = (path: readonly PropertyKey[], value: unknown): string => {
  const names = path.map(String);
  const hidden = names.some((name) => secretNames.test(name)) || isSecretText(names.at(-1) ?? '', value);
  if (hidden) return `${article(typeof value)} (not shown)`;
  const shown = (name: string, part: unknown) =>
    secretNames.test(name) || isSecretText(name, part) ? '(not shown)' : part;
  const text = JSON.stringify(value, shown) ?? String(value);
  return text.length > 120 ? `${text.slice(0, 120)}…` : text;
};

const secretNames = /^(password|privateKey|privateKeyPassword|sudo|content|environment)$/;

// FRR's own text, which may hold passwords anywhere.
const isSecretText = (name: string, value: unknown) =>
  /^(config|text)$/.test(name) && typeof value === 'string';

const valueAt = (value: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>((at, part) => (at as Record<PropertyKey, unknown> | undefined)?.[part], value);

const touchesUnknown = (given: unknown, path: readonly PropertyKey[]): boolean =>
  path.some((_, length) => isUnknown(valueAt(given, path.slice(0, length))));

/** A copy in which nothing is undefined: Pulumi's wire format has no such value. */
export const withoutUndefined = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(withoutUndefined);
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, part]) => part !== undefined)
      .map(([key, part]) => [key, withoutUndefined(part)]),
  );
};
