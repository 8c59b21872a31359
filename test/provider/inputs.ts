import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import type { z } from 'zod';
import { check } from '../../provider/check';
import { frrConfiguration } from '../../provider/frr/schema';
import { connectionSchema } from '../../provider/host/connection';
import type { Resource } from '../../provider/resource';
import { UNKNOWN } from '../../provider/unknown';
import { everything } from './frr/everything';
import { valuesOf } from './values';

type Inputs = Record<string, unknown>;

const leaves = new Map<z.ZodType, fc.Arbitrary<unknown>>([
  // Any of them takes long to make; see frr/arbitrary.ts.
  [frrConfiguration, fc.constantFrom<unknown>(everything, {}, { bgp: { asn: 65000 }, text: 'line vty\n' })],
  [
    connectionSchema,
    fc.constantFrom<unknown>({ host: 'a' }, { host: 'b', port: 2222, sudo: { password: 'p' } }),
  ],
]);

/** Inputs of a kind as a program could give them, each property by itself accepted. */
export const inputsOf = ({ schema }: Resource): fc.Arbitrary<Inputs> =>
  valuesOf(schema, leaves).map((inputs) => ({ ...(inputs as Inputs), owner: 'project/stack/r1' }));

/** Inputs that `check` accepts. */
export const acceptedInputsOf = (resource: Resource): fc.Arbitrary<Inputs> =>
  inputsOf(resource)
    .map((inputs) => accepted(resource, inputs))
    .filter((inputs) => inputs !== undefined);

// What is refused is taken out, with as little of what it is in as may be left out.
const accepted = (resource: Resource, inputs: Inputs): Inputs | undefined => {
  const [failure] = check(resource, inputs).failures;
  if (!failure) return inputs;
  const path = failure.property.match(/\w+|"[^"]*"/g)?.map((part) => part.replaceAll('"', '')) ?? [];
  const lesser = path
    .map((_, index) => withoutPart(inputs, path.slice(0, path.length - index)) as Inputs)
    .find((each) => !isDeepStrictEqual(each, inputs) && resource.schema.safeParse(each).success);
  return lesser && accepted(resource, lesser);
};

const withoutPart = (value: unknown, [key = '', ...rest]: string[]): unknown => {
  if (typeof value !== 'object' || value === null) return value;
  const parts = Object.entries(value).flatMap(([name, part]): [string, unknown][] => {
    if (name !== key) return [[name, part]];
    return rest.length === 0 ? [] : [[name, withoutPart(part, rest)]];
  });
  return Array.isArray(value) ? parts.map(([, part]) => part) : Object.fromEntries(parts);
};

/** Whatever JSON there is, with Pulumi's unknowns, hostile texts and the names that objects inherit. */
export const anything: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(
    UNKNOWN,
    [UNKNOWN],
    { a: UNKNOWN },
    null,
    true,
    0,
    -1,
    1e21,
    '',
    [],
    {},
    [[]],
    [null],
  ),
  fc.constantFrom<unknown>('\n', 'x\n[Exec]\nBoot=no', '$(id)', '../..', '-x', 'a\0b', '\ud800', ' ', '%h\\'),
  fc
    .constantFrom('__proto__', 'constructor', 'toString', 'hasOwnProperty')
    .map((name) => JSON.parse(`{"${name}":{"polluted":1}}`)),
  fc.constantFrom<unknown>('__proto__', 'constructor', 'toString'),
  fc.jsonValue({ maxDepth: 2 }),
  fc.string({ unit: 'binary', maxLength: 20 }),
);

/** The value with parts of it, wherever they are, in the place of which something else stands, or beside which it does. */
export const disturbed = <T>(
  values: fc.Arbitrary<T>,
  by: fc.Arbitrary<unknown> = anything,
): fc.Arbitrary<unknown> =>
  fc
    .tuple(values, fc.array(fc.tuple(fc.nat(), by, fc.boolean()), { minLength: 1, maxLength: 3 }))
    .map(([value, changes]) =>
      changes.reduce<unknown>((at, [place, part, beside]) => {
        const places = placesIn(at);
        const path = places[place % places.length] ?? [];
        return withPart(at, path, part, beside);
      }, value),
    );

/** The value with one of its parts unknown. */
export const partlyUnknown = <T>(values: fc.Arbitrary<T>): fc.Arbitrary<T> =>
  fc.tuple(values, fc.nat()).map(([value, place]) => {
    const places = placesIn(value);
    return withPart(value, places[place % places.length] ?? [], UNKNOWN, false) as T;
  });

const placesIn = (value: unknown): string[][] =>
  typeof value === 'object' && value !== null
    ? Object.entries(value).flatMap(([key, part]) => [[key], ...placesIn(part).map((path) => [key, ...path])])
    : [];

const withPart = (value: unknown, [key, ...rest]: string[], part: unknown, beside: boolean): unknown => {
  if (key === undefined) return part;
  if (Array.isArray(value)) {
    const items = value.map((item, index) =>
      String(index) === key ? withPart(item, rest, part, beside) : item,
    );
    return beside && rest.length === 0 ? [...value, part] : items;
  }
  const entries = Object.entries(value as object).flatMap(([name, inner]) => {
    if (name !== key) return [[name, inner]];
    if (!beside || rest.length > 0) return [[name, withPart(inner, rest, part, beside)]];
    return [
      [name, inner],
      [typeof part === 'string' ? part : `${name}x`, part],
    ];
  });
  return Object.fromEntries(entries);
};
