import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Diff, noDiff } from './diff';
import type { Resource } from './state';
import { type Circumstances, decide } from './steps';

const old: Resource = {
  urn: 'urn:pulumi:s::p::t::n',
  custom: true,
  id: 'i',
  type: 't',
  inputs: {},
  outputs: {},
};
const action = async (fields: Partial<Circumstances>, diff: Partial<Diff> = {}) => {
  const decision = await decide({
    old,
    recreating: false,
    targeted: true,
    replaceOnChanges: [],
    deleteBeforeReplace: undefined,
    diff: async () => ({ ...noDiff, ...diff }),
    ...fields,
  });
  return 'deleteBeforeReplace' in decision
    ? [decision.action, decision.deleteBeforeReplace]
    : decision.action;
};

test('what is new is created, or skipped when it is no target', async () => {
  assert.equal(await action({ old: undefined }), 'create');
  assert.equal(await action({ old: undefined, targeted: false }), 'skip-create');
});

test('what is known is kept, updated or replaced, as the diff says', async () => {
  assert.equal(await action({}), 'same');
  assert.equal(await action({}, { changes: true }), 'update');
  assert.deepEqual(await action({}, { changes: true, replaceKeys: ['a'] }), ['replace', false]);
  assert.deepEqual(await action({}, { changes: true, detailed: { a: { kind: 'add-replace' } } }), [
    'replace',
    false,
  ]);
});

test('reasons to replace count only when something changed', async () => {
  assert.equal(await action({}, { changes: false, replaceKeys: ['a'] }), 'same');
});

test('the option decides about the order of a replacement before the provider does', async () => {
  const replace = { changes: true, replaceKeys: ['a'], deleteBeforeReplace: true };
  assert.deepEqual(await action({}, replace), ['replace', true]);
  assert.deepEqual(await action({ deleteBeforeReplace: false }, replace), ['replace', false]);
});

test('a resource that did not come up is updated without a change', async () => {
  assert.equal(await action({ old: { ...old, initErrors: ['x'] } }), 'update');
});

test('a replacement that was cut off after the delete goes on', async () => {
  assert.deepEqual(await action({ old: { ...old, pendingReplacement: true } }), ['replace', false]);
});

test('an untargeted resource is kept and its provider not asked', async () => {
  const diff = () => Promise.reject(new Error('asked'));
  assert.equal(await action({ targeted: false, diff }), 'keep');
  assert.equal(await action({ recreating: true, diff }), 'recreate');
  assert.equal(await action({ old: { ...old, external: true }, diff }), 'adopt-external');
});
