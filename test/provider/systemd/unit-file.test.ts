import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  parseUnitFile,
  renderUnitFile,
  UnitFileError,
  type UnitSection,
  valueFault,
  valuesOf,
} from '../../../provider/systemd/unit-file';
import { runs } from '../../fuzz';

const key = fc.stringMatching(/^[A-Za-z][A-Za-z0-9-]{0,12}$/);
const value = fc.string({ unit: 'binary', maxLength: 40 }).filter((text) => valueFault(text) === undefined);
const plain = { noNullPrototype: true };
const file: fc.Arbitrary<UnitSection[]> = fc.array(
  fc.record({ name: key, entries: fc.array(fc.record({ key, value }, plain), { maxLength: 6 }) }, plain),
  { maxLength: 4 },
);

test('what is rendered is parsed back as it was', () => {
  fc.assert(
    fc.property(file, fc.option(fc.string(), { nil: undefined }), (sections, comment) => {
      assert.deepEqual(parseUnitFile(renderUnitFile(sections, comment)), sections);
    }),
  );
});

test('any text is parsed, or refused by the number of a line', () => {
  const pieces = fc.constantFrom(
    '[',
    ']',
    '=',
    '\\',
    '\n',
    '#',
    ';',
    ' ',
    'Exec',
    'Boot',
    '\r',
    '\0',
    '\t',
    'é',
  );
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(pieces).map((parts) => parts.join('')),
  );
  fc.assert(
    fc.property(text, (given) => {
      try {
        parseUnitFile(given);
      } catch (error) {
        assert.ok(error instanceof UnitFileError);
        const lines = given.split(/\r\n|\n\r|[\r\n\0]/).length;
        assert.ok(error.line !== undefined && error.line >= 1 && error.line <= lines, String(error.line));
      }
    }),
    runs(1000),
  );
});

test('a value can never add a line, a key or a section', () => {
  const hostile = fc.string({ unit: 'binary' }).map((text) => `/x${text}\n[Exec]\nBoot=no`);
  fc.assert(
    fc.property(fc.oneof(hostile, fc.string({ unit: 'binary' })), (given) => {
      const render = () => renderUnitFile([{ name: 'Files', entries: [{ key: 'Bind', value: given }] }]);
      if (valueFault(given) === undefined) {
        assert.deepEqual(valuesOf(parseUnitFile(render()), 'Files', 'Bind'), [given]);
      } else {
        assert.throws(render, UnitFileError);
      }
    }),
  );
});

test('comments count only at the start of a line', () => {
  const text = '# one\n; two\n[Exec]\n  # three\nParameters=a # b\n';
  assert.deepEqual(valuesOf(parseUnitFile(text), 'Exec', 'Parameters'), ['a # b']);
});

test('a backslash at its end joins a line with the next, past comments', () => {
  const text = '[Exec]\nParameters=a \\\n# not this\n  b\\\n c\nBoot=yes\n';
  assert.deepEqual(parseUnitFile(text)[0]?.entries, [
    { key: 'Parameters', value: 'a  b c' },
    { key: 'Boot', value: 'yes' },
  ]);
});

test('two backslashes at its end do not', () => {
  assert.deepEqual(valuesOf(parseUnitFile('[A]\nX=a\\\\\nY=b'), 'A', 'X'), ['a\\\\']);
});

test('sections and keys may be repeated, and keep their order', () => {
  const sections = parseUnitFile('[Files]\nBind=/b\nBind=/a\n[Exec]\nBoot=no\n[Files]\nBind=/c\n');
  assert.deepEqual(valuesOf(sections, 'Files', 'Bind'), ['/b', '/a', '/c']);
  assert.deepEqual(
    sections.map(({ name }) => name),
    ['Files', 'Exec', 'Files'],
  );
});

for (const [text, line, reason] of [
  ['Boot=yes', 1, /before any section/],
  ['[Exec]\n\nBoot', 3, /has no "="/],
  ['[Exec\n', 1, /no end/],
  ['[Exec]\n=x', 2, /not a key/],
  ['[Exec]\nA=1\\\n2\nB C=3', 4, /not a key/],
] as const) {
  test(`${JSON.stringify(text)} is refused for its line ${line}`, () => {
    assert.throws(() => parseUnitFile(text), { name: 'UnitFileError', line, message: reason });
  });
}

for (const given of ['a\nb', 'a\rb', 'a\0b', ' a', 'a ', 'a\t', 'a\\', '\ud800']) {
  test(`the value ${JSON.stringify(given)} is not written`, () => {
    assert.throws(
      () => renderUnitFile([{ name: 'Exec', entries: [{ key: 'User', value: given }] }]),
      /value of User=/,
    );
  });
}

for (const given of ['', 'A B', 'A=B', '#A', '[A', 'A\n', '-a']) {
  test(`the key ${JSON.stringify(given)} is not written`, () => {
    assert.throws(
      () => renderUnitFile([{ name: 'Exec', entries: [{ key: given, value: '' }] }]),
      /not a key/,
    );
  });
}
