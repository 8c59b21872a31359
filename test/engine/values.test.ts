import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { arbitraryProperties } from './fixtures/arbitrary';
import {
  annotateSecrets,
  containsSecrets,
  fromStruct,
  isSecret,
  makeSecret,
  toStruct,
  unknown,
  withoutSecrets,
} from './values';

test('values survive the way over the wire', () => {
  fc.assert(
    fc.property(arbitraryProperties, (properties) => {
      assert.deepEqual(fromStruct(toStruct(properties)), properties);
    }),
  );
});

test('nothing secret is left when the marks are taken away', () => {
  fc.assert(fc.property(arbitraryProperties, (properties) => !containsSecrets(withoutSecrets(properties))));
});

test('an output is as secret as the same-named input', () => {
  fc.assert(
    fc.property(arbitraryProperties, (inputs) => {
      const outputs = annotateSecrets(withoutSecrets(inputs) as typeof inputs, inputs);
      assert.deepEqual(withoutSecrets(outputs), withoutSecrets(inputs));
      for (const [key, value] of Object.entries(inputs))
        assert.equal(containsSecrets(outputs[key]), containsSecrets(value), key);
    }),
  );
});

test('an array with one secret becomes secret as a whole, an object does not', () => {
  const inputs = { list: [1, makeSecret(2)], object: { plain: 1, secret: makeSecret(2) } };
  const outputs = annotateSecrets({ list: [2, 1], object: { plain: 1, secret: 2 }, other: 3 }, inputs);
  assert.deepEqual(outputs, {
    list: makeSecret([2, 1]),
    object: { plain: 1, secret: makeSecret(2) },
    other: 3,
  });
});

test('an output value becomes what it holds: unknown, secret or plain', () => {
  const output = (fields: object) => ({
    '4dabf18193072939515e22adb298388d': 'd0e6a833031e9bbcd3f4e8bde6ca49a4',
    ...fields,
  });
  const read = fromStruct(
    toStruct({ a: output({}), b: output({ value: 1, secret: true }), c: output({ value: [2] }) }),
  );
  assert.equal(read.a, unknown);
  assert.ok(isSecret(read.b));
  assert.deepEqual(read.c, [2]);
});
