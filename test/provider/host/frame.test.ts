import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { encodeRequest, parseFrame } from '../../../provider/host/frame';
import { runs } from '../../fuzz';

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

test('whatever a line is, it is a frame with texts and a number, or none', () => {
  const line = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc
      .array(
        fc.constantFrom(
          'n',
          ' ',
          'ready',
          'value',
          'part',
          'end',
          'log',
          'step',
          '7',
          '-1',
          '__proto__',
          '=',
        ),
      )
      .map((words) => words.join('')),
    fc.string({ unit: 'binary' }).map((rest) => `n 1 ${rest}`),
  );
  fc.assert(
    fc.property(line, (given) => {
      const frame = parseFrame(given, 'n');
      if (!given.startsWith('n ')) assert.equal(frame, undefined);
      if (frame && frame.kind !== 'ready') assert.equal(typeof frame.id, 'string');
    }),
    runs(500),
  );
});
