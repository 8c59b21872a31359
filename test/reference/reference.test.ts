import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { referencePages } from './pages';

const folder = join(__dirname, '../../docs/reference');
const pages = referencePages();

test('docs/reference is what the doc comments say; npm run reference writes it', () => {
  assert.deepEqual(readdirSync(folder).sort(), [...pages.keys()].sort());
  for (const [file, text] of pages) assert.equal(readFileSync(join(folder, file), 'utf8'), text, file);
});

test('every argument and output has a doc comment', () => {
  const bare = [...pages].flatMap(([file, text]) =>
    text
      .split('\n')
      .filter((line) => /^ *- `/.test(line) && !/: \S/.test(line.replace(/^ *- `[^`]*`/, '')))
      .map((line) => `${file}: ${line.trim()}`),
  );
  // A word that says which of several kinds this is says enough.
  const telling = bare.filter((line) => !/`\w+` \(`"[^|]*"`\)$/.test(line));
  assert.deepEqual(telling, []);
});
