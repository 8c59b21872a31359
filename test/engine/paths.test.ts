import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatPath, parsePath, pathContains, resetIgnored } from './paths';
import { makeSecret } from './values';

const key = fc.oneof(
  fc.nat({ max: 20 }),
  // A backslash before a quote cannot be told from an escape, in Pulumi neither.
  fc.string({ minLength: 1, maxLength: 6 }).filter((text) => text !== '*' && !text.includes('\\')),
);

test('a path that is written can be read', () => {
  fc.assert(
    fc.property(fc.array(key, { minLength: 1, maxLength: 4 }), (path) => {
      assert.deepEqual(parsePath(formatPath(path)), path);
    }),
  );
});

test('what is no path is none', () => {
  for (const text of ['.a', 'a[', 'a["b', 'a[x]']) assert.equal(parsePath(text), undefined, text);
});

test('a wildcard contains every key and index', () => {
  assert.ok(pathContains(['a', '*'], ['a', 0, 'b']));
  assert.ok(!pathContains(['a', '*'], ['a']));
});

test('ignored paths get their old values back, and nothing else does', () => {
  const before = { a: { b: 1, c: 1 }, list: [1, 2], gone: 1, key: makeSecret('old') };
  const after = { a: { b: 2, c: 2 }, list: [3, 4], fresh: 1, key: 'new' };
  const { inputs, invalid } = resetIgnored(before, after, ['a.b', 'list[1]', 'gone', 'fresh', 'key']);
  assert.deepEqual(inputs, { a: { b: 1, c: 2 }, list: [3, 2], gone: 1, key: makeSecret('old') });
  assert.deepEqual(invalid, []);
});

test('an element that was added cannot be ignored', () => {
  const { inputs, invalid } = resetIgnored({ list: [1] }, { list: [1, 2] }, ['list[1]']);
  assert.deepEqual(inputs, { list: [1, 2] });
  assert.deepEqual(invalid, ['list[1]']);
});
