import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  canonicalCommunities,
  canonicalExtendedCommunities,
  canonicalExtendedValues,
  canonicalLargeCommunities,
  communitySchema,
  extendedCommunitySchema,
  extendedValueSchema,
  largeCommunitySchema,
} from '../../../provider/frr/community';
import { runs } from '../../fuzz';

const short = fc.integer({ min: 0, max: 65535 });
const long = fc.oneof(short, fc.integer({ min: 65536, max: 4294967295 }));
const joined = (...parts: fc.Arbitrary<number>[]) => fc.tuple(...parts).map((numbers) => numbers.join(':'));
const value = fc.oneof(
  joined(fc.integer({ min: 1, max: 65535 }), long),
  joined(fc.integer({ min: 65536, max: 4294967295 }), short),
  fc.tuple(fc.ipV4(), short).map(([address, number]) => `${address}:${number}`),
);
const kinds = [
  {
    name: 'communities',
    schema: communitySchema,
    canonical: canonicalCommunities,
    texts: fc.oneof(
      joined(short, short).filter((text) => text !== '0:0'),
      fc.constantFrom('no-export', 'blackhole', 'local-AS', '65535:666', '65535:65281'),
    ),
  },
  {
    name: 'large communities',
    schema: largeCommunitySchema,
    canonical: canonicalLargeCommunities,
    texts: joined(long, long, long),
  },
  { name: 'extended values', schema: extendedValueSchema, canonical: canonicalExtendedValues, texts: value },
  {
    name: 'extended communities',
    schema: extendedCommunitySchema,
    canonical: canonicalExtendedCommunities,
    texts: fc.tuple(fc.constantFrom('rt', 'soo'), value).map((words) => words.join(' ')),
  },
];

for (const { name, schema, canonical, texts } of kinds) {
  test(`${name}: in one order, each once, whatever they came in; and what comes out is accepted`, () => {
    fc.assert(
      fc.property(fc.array(texts, { minLength: 1 }), fc.integer(), (given, turn) => {
        for (const each of given) assert.ok(schema.safeParse(each).success, each);
        const written = canonical(given);
        for (const each of written) assert.ok(schema.safeParse(each).success, each);
        assert.equal(new Set(written).size, written.length);
        assert.deepEqual(canonical(written), written);
        const at = Math.abs(turn) % given.length;
        assert.deepEqual(canonical([...given.slice(at), ...given.slice(0, at), ...given]), written);
      }),
      runs(200),
    );
  });

  test(`${name}: a text that is none is refused, and never throws`, () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 30 }), (text) => {
        if (schema.safeParse(text).success) assert.equal(canonical([text]).length, 1);
        assert.ok(!schema.safeParse(`${text}\n`).success);
        assert.ok(!schema.safeParse(`${text}; reboot`).success);
      }),
      runs(200),
    );
  });
}

test('a well-known community and its number are one', () => {
  assert.deepEqual(canonicalCommunities(['65535:666', 'blackhole', '65535:65281', '1:2']), [
    '1:2',
    'blackhole',
    'no-export',
  ]);
});
