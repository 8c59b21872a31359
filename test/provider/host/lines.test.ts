import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import fc from 'fast-check';
import { eachLine } from '../../../provider/host/lines';

const linesOf = async (chunks: Buffer[]): Promise<string[]> => {
  const stream = new PassThrough();
  const lines: string[] = [];
  eachLine(stream, (line) => lines.push(line));
  for (const chunk of chunks) stream.write(chunk);
  stream.end();
  await new Promise((done) => stream.once('end', done));
  return lines;
};

test('lines come whole, however the bytes of a stream are cut', async () => {
  const line = fc.string({ unit: 'grapheme' }).filter((text) => !/[\r\n]/.test(text));
  await fc.assert(
    fc.asyncProperty(fc.array(line), fc.array(fc.nat(40)), async (lines, cuts) => {
      const bytes = Buffer.from(lines.map((each) => `${each}\n`).join(''));
      let at = 0;
      const chunks = cuts.map((length) => {
        at += length;
        return bytes.subarray(at - length, at);
      });
      assert.deepEqual(await linesOf([...chunks, bytes.subarray(at)]), lines);
    }),
  );
});

test('of a line without an end nothing is kept, and the next one is told', async () => {
  const noise = Array.from({ length: 50 }, () => Buffer.alloc(65_536, 'x'));
  assert.deepEqual(await linesOf([...noise, Buffer.from('\nnonce ready 0\r\nrest')]), ['nonce ready 0']);
});
