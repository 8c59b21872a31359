import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  applyReplaceOnChanges,
  changedKeys,
  type Diff,
  deepEquals,
  diffProperties,
  invert,
  isReplace,
} from './diff';
import { arbitraryProperties } from './fixtures/arbitrary';
import { makeSecret, type Properties, withoutSecrets } from './values';

const kinds = (before: Properties, after: Properties) =>
  Object.fromEntries(Object.entries(diffProperties(before, after)).map(([path, { kind }]) => [path, kind]));

test('equal inputs have no diff, whatever is secret in them and in whatever order they come', () => {
  fc.assert(
    fc.property(arbitraryProperties, (properties) => {
      const reversed = Object.fromEntries(Object.entries(withoutSecrets(properties) as Properties).reverse());
      assert.deepEqual(diffProperties(properties, reversed), {});
    }),
  );
});

test('there is a diff exactly when the plain values differ', () => {
  fc.assert(
    fc.property(arbitraryProperties, arbitraryProperties, (before, after) => {
      const equal = deepEquals(withoutSecrets(before), withoutSecrets(after));
      assert.equal(Object.keys(diffProperties(before, after)).length === 0, equal);
    }),
  );
});

test('the diff of the other direction is the inverted one', () => {
  fc.assert(
    fc.property(arbitraryProperties, arbitraryProperties, (before, after) => {
      assert.deepEqual(diffProperties(after, before), invert(diffProperties(before, after)));
    }),
  );
});

test('nested changes are named by their paths', () => {
  const before = { a: { b: [1, { c: 2 }], 'd.e': 1 }, gone: 1, same: [1] };
  const after = { a: { b: [1, { c: 3 }, 4], 'd.e': 2 }, fresh: true, same: [1] };
  assert.deepEqual(kinds(before, after), {
    'a.b[1].c': 'update',
    'a.b[2]': 'add',
    'a["d.e"]': 'update',
    gone: 'delete',
    fresh: 'add',
  });
  assert.deepEqual(changedKeys(diffProperties(before, after)), ['a', 'fresh', 'gone']);
});

test('a change of kind is an update, and of a secret too', () => {
  assert.deepEqual(kinds({ a: [1], b: makeSecret('x') }, { a: { 0: 1 }, b: makeSecret('y') }), {
    a: 'update',
    b: 'update',
  });
});

const diff = (fields: Partial<Diff>): Diff => ({
  changes: true,
  replaceKeys: [],
  changedKeys: ['a'],
  detailed: { 'a.b': { kind: 'update' } },
  deleteBeforeReplace: false,
  ...fields,
});

test('replaceOnChanges makes a replacement of a change at or under its path', () => {
  assert.ok(isReplace(applyReplaceOnChanges(diff({}), ['a'], false)));
  assert.ok(isReplace(applyReplaceOnChanges(diff({}), ['*'], false)));
  assert.ok(!isReplace(applyReplaceOnChanges(diff({}), ['a.b.c'], false)));
  assert.ok(!isReplace(applyReplaceOnChanges(diff({}), ['c'], false)));
});

test('replaceOnChanges can be set on initialisation errors', () => {
  const unchanged = diff({ changes: false, changedKeys: [], detailed: {} });
  assert.ok(isReplace(applyReplaceOnChanges(unchanged, ['#initerror'], true)));
  assert.ok(!isReplace(applyReplaceOnChanges(unchanged, ['#initerror'], false)));
});
