import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { bitsOf, rateSchema, rateText } from '../../../provider/link/rate';
import { runs } from '../../fuzz';

test('a rate is read in bits, in whole bytes', () => {
  assert.deepEqual(
    ['8K', '1.5G', '100M', '64000', '9999'].map(bitsOf),
    [8_000, 1_500_000_000, 100_000_000, 64_000, 10_000],
  );
});

test('what is told of a rate is read as that rate', () => {
  const bytes = fc.integer({ min: 1000, max: 12_500_000_000 });
  fc.assert(
    fc.property(bytes, (each) => {
      const text = rateText(each * 8);
      assert.equal(bitsOf(rateSchema.parse(text)), each * 8);
    }),
    runs(200),
  );
});

test('a text that is no rate is refused, and never throws', () => {
  for (const text of [
    '',
    'M',
    '10m',
    '10Mbit',
    '-1M',
    '1e6',
    '1M ',
    '1 M',
    '.5M',
    '7990',
    '101G',
    'NaN',
    '10M\n',
  ]) {
    assert.equal(rateSchema.safeParse(text).success, false, JSON.stringify(text));
  }
});
