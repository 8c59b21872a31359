import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeRequest, parseFrame } from '../../../provider/host/frame';

test('a line that does not begin with the nonce is no frame', () => {
  assert.equal(parseFrame('Welcome to Debian', 'abc'), undefined);
  assert.equal(parseFrame('abcd 1 end 0', 'abc'), undefined);
  assert.equal(parseFrame('', 'abc'), undefined);
});

test('frames keep the spaces of their text', () => {
  assert.deepEqual(parseFrame('abc 7 value path /a  b ', 'abc'), {
    kind: 'value',
    id: '7',
    name: 'path',
    text: '/a  b ',
  });
  assert.deepEqual(parseFrame('abc 7 end 65', 'abc'), { kind: 'end', id: '7', status: 65 });
});

test('a value with a NUL byte, or a name that is no shell variable, is refused', () => {
  const request = (values: Record<string, string>) =>
    encodeRequest({ nonce: 'n', id: '1', values, scripts: [] });
  assert.throws(() => request({ a: 'x\0y' }), /NUL/);
  assert.throws(() => request({ 'a;b': 'x' }), /not a shell variable/);
});
