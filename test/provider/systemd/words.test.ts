import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  quoteNspawnWord,
  quoteUnitWord,
  splitNspawnWords,
  splitUnitWords,
} from '../../../provider/systemd/words';

const word = fc.string({ unit: 'binary' }).filter((text) => !text.includes('\0'));
const line = word.map((text) => text.replace(/[\r\n]/g, ' '));

test('words of a .nspawn file are read back as they were', () => {
  fc.assert(
    fc.property(fc.array(line), (words) => {
      assert.deepEqual(splitNspawnWords(words.map(quoteNspawnWord).join(' ')), words);
    }),
  );
});

test('words of a unit are read back as they were, new lines among them', () => {
  fc.assert(
    fc.property(fc.array(word.filter((text) => !/[\x7f-\x9f]/.test(text))), (words) => {
      const text = words.map(quoteUnitWord).join(' ');
      assert.doesNotMatch(text, /[\r\n]/);
      assert.deepEqual(splitUnitWords(text), words);
    }),
  );
});

test('a plain word stays as it is in a .nspawn file', () => {
  assert.equal(quoteNspawnWord('--log-level=debug'), '--log-level=debug');
});

test('backslashes are kept in a .nspawn file, and quotes go into the other kind', () => {
  assert.equal(quoteNspawnWord('a\\ b'), '"a\\ b"');
  assert.equal(quoteNspawnWord('say "hi"'), `"say "'"'"hi"'"'`);
});

test('percent signs are doubled in a unit only', () => {
  assert.equal(quoteUnitWord('A=100%'), '"A=100%%"');
  assert.equal(quoteNspawnWord('A=100%'), 'A=100%');
});

test('a quote without end makes no words', () => {
  assert.equal(splitNspawnWords('"a'), undefined);
  assert.equal(splitUnitWords("'a"), undefined);
});
