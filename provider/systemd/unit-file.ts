/** One assignment, `Key=value`. */
export interface UnitEntry {
  key: string;
  value: string;
}

/** One `[Section]` with its assignments in order. A key may come more than once; so may a section. */
export interface UnitSection {
  name: string;
  entries: UnitEntry[];
}

/** A text that systemd would not read as it stands: where, and why. */
export class UnitFileError extends Error {
  override readonly name = 'UnitFileError';
  constructor(
    /** The line, counted from 1; undefined where sections are at fault and no text. */
    readonly line: number | undefined,
    readonly reason: string,
  ) {
    super(line === undefined ? reason : `line ${line}: ${reason}`);
  }
}

/**
 * Reads a unit or .nspawn file as systemd does (systemd.syntax(7); config_parse() in src/shared/conf-parser.c, the same
 * from 247 to 257): comments only at the start of a line, a backslash at its end joins it with the next, comments in
 * between are left out. What systemd ignores with a warning is an error here, so that it is seen.
 */
export const parseUnitFile = (text: string): UnitSection[] => {
  const sections: UnitSection[] = [];
  for (const { line, text: joined } of logicalLines(text)) {
    const statement = strip(joined);
    if (statement === '') continue;
    if (statement.startsWith('[')) sections.push({ name: sectionName(statement, line), entries: [] });
    else currentSection(sections, line).entries.push(parseEntry(statement, line));
  }
  return sections;
};

/** Writes one; `comment` goes above it. Refused is what systemd would read back as something else. */
export const renderUnitFile = (sections: readonly UnitSection[], comment?: string): string => {
  const blocks = sections.map(({ name, entries }) =>
    [`[${checkedName(name)}]`, ...entries.map(renderEntry)].map((line) => `${line}\n`).join(''),
  );
  return [...(comment === undefined ? [] : [renderComment(comment)]), ...blocks].join('\n');
};

const sectionName = (statement: string, line: number): string => {
  if (!statement.endsWith(']'))
    throw new UnitFileError(line, `the section header ${quote(statement)} has no end`);
  const name = statement.slice(1, -1);
  if (!isSectionName(name)) throw new UnitFileError(line, `${quote(name)} is not a section name`);
  return name;
};

const currentSection = (sections: UnitSection[], line: number): UnitSection => {
  const section = sections.at(-1);
  if (!section) throw new UnitFileError(line, 'an assignment before any section');
  return section;
};

const parseEntry = (statement: string, line: number): UnitEntry => {
  const at = statement.indexOf('=');
  if (at < 0) throw new UnitFileError(line, `${quote(statement)} has no "="`);
  const key = strip(statement.slice(0, at));
  if (!isKey(key)) throw new UnitFileError(line, `${quote(key)} is not a key`);
  return { key, value: strip(statement.slice(at + 1)) };
};

// Lines as written, joined where a backslash continues them. `line` is where each begins.
const logicalLines = (text: string): { line: number; text: string }[] => {
  const lines: { line: number; text: string }[] = [];
  let open: { line: number; text: string } | undefined;
  for (const [index, physical] of text
    .replace(/^\uFEFF/, '')
    .split(lineEnd)
    .entries()) {
    const content = physical.replace(/^[ \t]+/, '');
    if (/^[#;]/.test(content)) continue;
    const joined = { line: open?.line ?? index + 1, text: `${open?.text ?? ''}${content}` };
    if (continues(joined.text)) {
      open = { ...joined, text: `${joined.text.slice(0, -1)} ` };
    } else {
      lines.push(joined);
      open = undefined;
    }
  }
  return open ? [...lines, open] : lines;
};

// systemd's read_line() ends a line at each of these, NUL among them.
const lineEnd = /\r\n|\n\r|[\r\n\0]/;

// A backslash escapes the character after it, so that only an odd number of them continues a line.
const continues = (text: string) => (/\\*$/.exec(text)?.[0].length ?? 0) % 2 === 1;

const renderEntry = ({ key, value }: UnitEntry): string => {
  if (!isKey(key)) throw new UnitFileError(undefined, `${quote(key)} is not a key`);
  const fault = valueFault(value);
  if (fault) throw new UnitFileError(undefined, `the value of ${key}= ${fault}`);
  return `${key}=${value}`;
};

/** Why systemd would not read this text back as the value of a key; undefined when it would. */
export const valueFault = (value: string): string | undefined => {
  if (/[\r\n\0]/.test(value)) return 'holds a new line or a NUL';
  if (value !== strip(value)) return 'begins or ends with a blank';
  if (value.endsWith('\\')) return 'ends with a backslash, which would join it with the next line';
  if (/\p{Surrogate}/u.test(value)) return 'is not valid Unicode';
  return undefined;
};

const checkedName = (name: string): string => {
  if (!isSectionName(name)) throw new UnitFileError(undefined, `${quote(name)} is not a section name`);
  return name;
};

const renderComment = (comment: string): string =>
  comment
    .split(lineEnd)
    .map((line) => `${`# ${line}`.trimEnd()}\n`)
    .join('');

/** Whether a text can be a key: a letter, then letters, digits and "-". */
export const isKey = (text: string): boolean => /^[A-Za-z][A-Za-z0-9-]*$/.test(text);
const isSectionName = (text: string) => /^[A-Za-z][A-Za-z0-9 -]*(?<! )$/.test(text);
const strip = (text: string) => text.replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, '');
const quote = (text: string) => JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);

/** The values of a key in a section, over all of its assignments. */
export const valuesOf = (sections: readonly UnitSection[], name: string, key: string): string[] =>
  sections
    .filter((section) => section.name === name)
    .flatMap(({ entries }) => entries.filter((entry) => entry.key === key).map(({ value }) => value));
