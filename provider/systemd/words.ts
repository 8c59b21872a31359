/**
 * How values with several words are quoted. systemd has two ways, which differ in what a backslash is:
 * .nspawn files keep it as it is (config_parse_strv(), EXTRACT_UNQUOTE | EXTRACT_RETAIN_ESCAPE), units read it as C does,
 * and expand specifiers first (config_parse_environ(), EXTRACT_CUNESCAPE | EXTRACT_UNQUOTE; systemd.syntax(7), "Quoting").
 */

/** A word of `Environment=` or `Parameters=` in a .nspawn file. No `%` and no `$` is special there. */
export const quoteNspawnWord = (word: string): string => {
  if (/^[^\s"'\\]+$/.test(word)) return word;
  // A quote ends only at its like, so each kind goes into the other; pieces that touch are one word.
  const pieces = word.match(/[^"]+|"+/g) ?? [''];
  return pieces.map((piece) => (piece.startsWith('"') ? `'${piece}'` : `"${piece}"`)).join('');
};

/** The words of such a value; undefined when a quote does not end, where systemd ignores the line. */
export const splitNspawnWords = (text: string): string[] | undefined => split(text, false);

/** A word of `Environment=` in a unit: in double quotes, C escapes, `%` doubled. `$` is not special there. */
export const quoteUnitWord = (word: string): string => {
  const escaped = word
    .replace(/[\\"]/g, '\\$&')
    .replace(/\p{Cc}/gu, cEscape)
    .replace(/%/g, '%%');
  return `"${escaped}"`;
};

/** The words of such a value; undefined when systemd could not read them. `%` specifiers stay as they are, `%%` is `%`. */
export const splitUnitWords = (text: string): string[] | undefined => {
  const words = split(text, true);
  return words?.map((word) => word.replace(/%%/g, '%'));
};

const cEscape = (character: string) =>
  named[character] ?? `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
const named: Record<string, string> = { '\n': '\\n', '\t': '\\t', '\r': '\\r' };

// A backslash and what belongs to it, at the start of a text.
const escapePattern = /^\\(?:x[0-9a-fA-F]{2}|[0-7]{3}|[\s\S])/;

const meaning = (sequence: string): string | undefined => {
  const code = sequence.slice(1);
  if (code.startsWith('x')) return String.fromCharCode(Number.parseInt(code.slice(1), 16));
  if (/^[0-7]{3}$/.test(code)) return String.fromCharCode(Number.parseInt(code, 8));
  return {
    a: '\x07',
    b: '\b',
    f: '\f',
    n: '\n',
    r: '\r',
    t: '\t',
    v: '\v',
    '\\': '\\',
    '"': '"',
    "'": "'",
    s: ' ',
  }[code];
};

const split = (text: string, escapes: boolean): string[] | undefined => {
  const words: string[] = [];
  let word: string | undefined;
  let quote = '';
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at] as string;
    if (escapes && character === '\\') {
      const sequence = escapePattern.exec(text.slice(at))?.[0];
      const meant = sequence === undefined ? undefined : meaning(sequence);
      if (sequence === undefined || meant === undefined) return undefined;
      word = `${word ?? ''}${meant}`;
      at += sequence.length - 1;
    } else if (quote) {
      if (character === quote) quote = '';
      else word = `${word ?? ''}${character}`;
    } else if (character === '"' || character === "'") {
      quote = character;
      word ??= '';
    } else if (/[ \t\n\r]/.test(character)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else {
      word = `${word ?? ''}${character}`;
    }
  }
  if (quote) return undefined;
  return word === undefined ? words : [...words, word];
};
