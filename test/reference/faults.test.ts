import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

const root = join(__dirname, '../..');
const page = readFileSync(join(root, 'docs/faults.md'), 'utf8');
// What was tried, what holds, and where it is shown: a file, and titles of tests in it.
const rows = page
  .split('\n')
  .filter((line) => /^\| (?!tried|-)/.test(line))
  .map((line) => line.split(' | ').map((cell) => cell.replace(/^\| | \|$/g, '')));

test('each fault in docs/faults.md names a test that there is, by its file and its title', () => {
  for (const row of rows) {
    const [tried = '', holds = '', shown = ''] = row;
    assert.equal(row.length, 3, row.join(' | '));
    assert.ok(tried.length > 0 && holds.length > 0, row.join(' | '));
    const tests = [...shown.matchAll(/\[[^\]]+\]\(\.\.\/(test\/[^)]+)\): ((?:“[^”]+”(?:, )?)+)/g)];
    assert.ok(tests.length > 0, `${tried}: no test`);
    for (const [, file = '', titles = ''] of tests) {
      assert.ok(existsSync(join(root, file)), `${tried}: ${file} is not there`);
      const text = readFileSync(join(root, file), 'utf8').replaceAll("\\'", "'");
      for (const [, title = ''] of titles.matchAll(/“([^”]+)”/g)) {
        assert.ok(text.includes(title), `${tried}: ${file} has no “${title}”`);
      }
    }
  }
});

test('each file of test/faults is in docs/faults.md', () => {
  const files = readdirSync(join(root, 'test/faults')).filter((name) => name.endsWith('.test.ts'));
  assert.deepEqual(
    files.filter((name) => !page.includes(`(../test/faults/${name})`)),
    [],
  );
});

test('docs/faults.md is no list of a few', () => {
  assert.ok(rows.length >= 60, `${rows.length} rows`);
});
