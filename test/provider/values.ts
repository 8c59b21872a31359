import fc from 'fast-check';
import type { z } from 'zod';

/** zod's own description of a schema, as far as it is read here. */
interface Definition {
  type: string;
  innerType: z.ZodType;
  element: z.ZodType;
  keyType: z.ZodType;
  valueType: z.ZodType;
  options: z.ZodType[];
  entries: Record<string, string>;
  values: unknown[];
}

/** Values for schemas whose own rules do not tell them. */
export type Leaves = Map<z.ZodType, fc.Arbitrary<unknown>>;

/** Any value that a schema accepts: made from the schema itself, so that a new property is in it at once. */
export const valuesOf = (schema: z.ZodType, leaves: Leaves): fc.Arbitrary<unknown> => {
  const accepted = (value: unknown) => schema.safeParse(value).success;
  const leaf = leaves.get(schema);
  if (leaf) return leaf.filter(accepted);
  const inner = (part: z.ZodType) => valuesOf(part, leaves);
  const { def } = schema as unknown as { def: Definition };
  switch (def.type) {
    case 'object':
      return objects((schema as z.ZodObject).shape, inner);
    case 'optional':
    case 'default':
      return inner(def.innerType);
    case 'array':
      return fc.array(inner(def.element), { minLength: 1, maxLength: 3 }).filter(accepted);
    case 'record':
      return fc
        .array(fc.tuple(inner(def.keyType), inner(def.valueType)), { minLength: 1, maxLength: 3 })
        .map((entries) => Object.fromEntries(entries));
    case 'union':
      return fc.oneof(...def.options.map(inner).filter((each) => each !== nothing)).filter(accepted);
    case 'enum':
      return fc.constantFrom(...Object.values(def.entries));
    case 'literal':
      return fc.constantFrom(...def.values);
    case 'boolean':
      return fc.boolean();
    case 'number':
      return numbers(schema as z.ZodNumber);
    case 'string':
      return texts(schema);
    default:
      throw new Error(`no values are known for ${def.type}`);
  }
};

const objects = (shape: Record<string, z.ZodType>, inner: (schema: z.ZodType) => fc.Arbitrary<unknown>) => {
  const required = Object.keys(shape).filter((name) => !shape[name]?.safeParse(undefined).success);
  return fc.record(Object.fromEntries(Object.entries(shape).map(([name, schema]) => [name, inner(schema)])), {
    requiredKeys: required,
    noNullPrototype: true,
  });
};

const numbers = (schema: z.ZodNumber): fc.Arbitrary<unknown> => {
  const accepted = (value: number) => schema.safeParse(value).success;
  const [least, most] = [schema.minValue, schema.maxValue].map((limit) =>
    limit !== null && Number.isSafeInteger(limit) ? limit : 0,
  ) as [number, number];
  const usual = [least, most, -1, 0, 1, 64, 1000, 65536].filter(accepted);
  if (usual.length === 0) return nothing;
  const near = fc.integer({ min: least, max: Math.max(least, Math.min(most, least + 20)) });
  return fc.oneof(
    fc.constantFrom(...usual),
    near.map((value) => (accepted(value) ? value : (usual[0] as number))),
  );
};

/** In the place of an alternative that no value is known for. */
const nothing = fc.constant(undefined);

// From its pattern, and of some texts those that it takes.
const texts = (schema: z.ZodType): fc.Arbitrary<string> => {
  const accepted = (text: string) => schema.safeParse(text).success;
  const usual = usualTexts.filter(accepted);
  const matching = patternsOf(schema)
    .flatMap(textsMatching)
    .map((each) => each.filter(accepted));
  if (matching.length === 0 && usual.length === 0)
    throw new Error('for this text schema no values are known: give it a leaf');
  return fc.oneof(...(usual.length > 0 ? [fc.constantFrom(...usual)] : []), ...matching);
};

const patternsOf = (schema: z.ZodType): RegExp[] => {
  const { checks = [] } = (
    schema as unknown as { def: { checks?: { _zod: { def: { pattern?: RegExp } } }[] } }
  ).def;
  return checks.flatMap((check) => check._zod.def.pattern ?? []).slice(0, 1);
};

// Of a pattern with all characters but some, fast-check lists all the others, each time.
const known = new Map<string, fc.Arbitrary<string>[]>();

const textsMatching = (pattern: RegExp): fc.Arbitrary<string>[] => {
  const texts = known.get(`${pattern}`) ?? newTextsMatching(pattern);
  known.set(`${pattern}`, texts);
  return texts;
};

// fast-check makes no texts from patterns that look around.
const newTextsMatching = (pattern: RegExp): fc.Arbitrary<string>[] => {
  try {
    const plain = fc.stringMatching(pattern);
    fc.sample(plain, 1);
    return [plain];
  } catch {
    return [];
  }
};

const usualTexts = [
  ...[
    'r1',
    'my-router.example',
    'frr',
    'eth1',
    'a'.repeat(15),
    '0',
    '7',
    '50%',
    '256M',
    '1.5G',
    'infinity',
    '10s',
  ],
  ...['/srv', '/srv/machines/r1', '/etc/frr/frr.conf', '/usr:/usr:norbind,idmap', '/a:/b:/c', '+/etc::/etc'],
  ...['frr.service', 'getty@tty1.service', 'machine-x.slice', 'SIGRTMIN+3', '0-1', '65536:65536', 'udp:4789'],
  ...['10.0.0.1', '10.0.0.1/31', '2001:DB8::1', 'fd00::1/64', '192.0.2.0/24', '02:00:00:00:00:0A', '0640'],
  ...['/dev/vda 10M', '/dev/fuse rwm', 'http://deb.debian.org/debian', '#!/bin/sh\n', 'project/stack/r1'],
  ...['LogLevelMax', '0123456789abcdef0123456789abcdef', 'CAP_NET_RAW'],
  ...['ssh-ed25519 AAAA', 'two words', 'it\'s 100% "$HOME" \\n ü', 'net.ipv4.ip_forward', ''],
];
