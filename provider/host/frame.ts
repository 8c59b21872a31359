/** One line from the far end of a session, as loop.sh writes it. */
export type Frame =
  | { kind: 'ready'; uid: number }
  | { kind: 'value'; id: string; name: string; text: string }
  | { kind: 'step'; id: string; text: string }
  | { kind: 'log'; id: string; text: Buffer }
  | { kind: 'part'; id: string; name: string; text: Buffer }
  | { kind: 'end'; id: string; status: number };

/** Reads a line; anything that is not a frame of this session (a banner, a login script's noise) is undefined. */
export const parseFrame = (line: string, nonce: string): Frame | undefined => {
  if (!line.startsWith(`${nonce} `)) return undefined;
  const [id = '', kind = '', rest = ''] = splitWords(line.slice(nonce.length + 1), 3);
  if (id === 'ready') return { kind: 'ready', uid: Number(kind) };
  const [name = '', text = ''] = splitWords(rest, 2);
  switch (kind) {
    case 'value':
      return { kind, id, name, text };
    case 'part':
      return { kind, id, name, text: Buffer.from(text, 'base64') };
    case 'step':
      return { kind, id, text: rest };
    case 'log':
      return { kind, id, text: Buffer.from(rest, 'base64') };
    case 'end':
      return { kind, id, status: Number(rest) };
    default:
      return undefined;
  }
};

// Splits at single spaces into at most `count` words; the last holds the rest, with its own spaces.
const splitWords = (text: string, count: number): string[] => {
  const words: string[] = [];
  let rest = text;
  while (words.length < count - 1) {
    const at = rest.indexOf(' ');
    if (at < 0) break;
    words.push(rest.slice(0, at));
    rest = rest.slice(at + 1);
  }
  return [...words, rest];
};

/** The bytes of a request: values as data, then the names of the scripts that use them. */
export const encodeRequest = (options: {
  nonce: string;
  id: string;
  values: Record<string, string>;
  scripts: string[];
}): Buffer => {
  const { nonce, id, values, scripts } = options;
  const fields = Object.entries(values).map(([name, value]) => encodeField(name, value));
  const names = scripts.map((name) => `${name}\n`).join('');
  return encode(nonce, id, Buffer.concat([...fields, Buffer.from(`.\n${names}`)]));
};

/** The bytes that give the far end a script, once a link, under the name by which requests know it. */
export const encodeScript = (nonce: string, name: string, text: string): Buffer =>
  encode(nonce, `script-${name}`, Buffer.from(text));

const encode = (nonce: string, word: string, body: Buffer) =>
  Buffer.concat([Buffer.from(`${nonce} ${word} ${body.length}\n`), body]);

const encodeField = (name: string, value: string): Buffer => {
  if (!/^[a-z][a-z0-9_]*$/.test(name)) throw new TypeError(`not a shell variable: ${JSON.stringify(name)}`);
  if (value.includes('\0')) throw new TypeError(`${name} holds a NUL byte, which no shell variable can`);
  // `read` strips blanks at the ends, and reads byte by byte.
  if (value.length <= 512 && /^(?! )[\x20-\x7e]*(?<! )$/.test(value))
    return Buffer.from(`= ${name} ${value}\n`);
  const bytes = Buffer.from(value);
  return Buffer.concat([Buffer.from(`+ ${name} ${bytes.length}\n`), bytes]);
};
