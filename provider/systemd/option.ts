import { z } from 'zod';
import { quoteNspawnWord, splitNspawnWords } from './words';

/** What kind of value an option takes, and how it stands in a file. */
export interface Kind<S extends z.ZodType = z.ZodType> {
  schema: S;
  /** The texts after `Key=`, one for each line. No line: the option is left out. */
  write: (value: never) => string[];
  /** What such texts stand for; undefined when they stand for nothing that `schema` takes. */
  read: (texts: readonly string[]) => unknown;
}

/** An option of a section, under its name in this package. */
export interface Option<S extends z.ZodType = z.ZodType> {
  /** Its key in systemd's files. */
  key: string;
  /** The first systemd that knows it. */
  since: number;
  kind: Kind<S>;
  /** Ignored by systemd-nspawn unless the file is in /etc or /run: systemd.nspawn(5), "privileged". */
  privileged: boolean;
  /** Takes effect on a running machine; any other needs a restart. */
  live: boolean;
  /** `systemctl set-property` knows it. */
  settable: boolean;
}

/** An option that a machine reads at its start. */
export const option = <S extends z.ZodType>(key: string, since: number, kind: Kind<S>): Option<S> => ({
  key,
  since,
  kind,
  privileged: false,
  live: false,
  settable: false,
});

/** An option that only counts in a trusted place. */
export const privileged = <S extends z.ZodType>(key: string, since: number, kind: Kind<S>): Option<S> => ({
  ...option(key, since, kind),
  privileged: true,
});

/** A setting that systemd applies to a running unit. */
export const live = <S extends z.ZodType>(key: string, since: number, kind: Kind<S>): Option<S> => ({
  ...option(key, since, kind),
  live: true,
  settable: true,
});

/** One that a reload alone puts into force; `systemctl set-property` does not know it (252 and 257). */
export const reloaded = <S extends z.ZodType>(key: string, since: number, kind: Kind<S>): Option<S> => ({
  ...live(key, since, kind),
  settable: false,
});

/** An object's schema from a table of options; each may be left out. Doc comments of the table reach its type. */
export const objectOf = <T extends Record<string, Option>>(options: T) =>
  z.strictObject(
    Object.fromEntries(
      Object.entries(options).map(([name, { kind }]) => [name, kind.schema.optional()]),
    ) as unknown as { [K in keyof T]: z.ZodOptional<T[K]['kind']['schema']> },
  );

const accepted = (text: string) => ({ error: `accepted is ${text}` });

/** Text of one line without blanks at its ends or a trailing backslash, which is all that a file can carry. */
export const lineText = /^(?![ \t])[^\0\r\n]*(?<![ \t\\])$/;

const text = (pattern: RegExp, words: string) =>
  z.string(accepted(words)).regex(pattern, accepted(words)).regex(lineText, accepted(words));
const number = (pattern: RegExp, words: string) =>
  z.number(accepted(words)).refine((value) => pattern.test(String(value)), accepted(words));

/** yes or no. */
export const booleanKind = (): Kind<z.ZodBoolean> => ({
  schema: z.boolean(accepted('true or false')),
  write: (value: boolean) => [value ? 'yes' : 'no'],
  read: (texts) => parseBoolean(texts.at(-1) ?? ''),
});

/** A text that matches a pattern. */
export const textKind = (pattern: RegExp, words: string): Kind<z.ZodString> => ({
  schema: text(pattern, words),
  write: (value: string) => [value],
  read: (texts) => texts.at(-1),
});

/** An absolute path. */
export const pathKind = () => textKind(/^\//, 'an absolute path, such as "/srv"');

/** One of some words. */
export const enumKind = <const W extends readonly [string, ...string[]]>(
  words: W,
): Kind<z.ZodEnum<{ [K in W[number]]: K }>> => ({
  schema: z.enum(words) as never,
  write: (value: string) => [value],
  read: (texts) => texts.at(-1),
});

/** One of some words, or yes or no. */
export const booleanOrEnumKind = <const W extends readonly [string, ...string[]]>(words: W) =>
  ({
    schema: z.union(
      [z.boolean(), z.enum(words)],
      accepted(`true, false, ${words.map((word) => `"${word}"`).join(', ')}`),
    ),
    write: (value: boolean | string) => [typeof value === 'boolean' ? (value ? 'yes' : 'no') : value],
    read: (texts) => parseBoolean(texts.at(-1) ?? '') ?? texts.at(-1),
  }) satisfies Kind;

/** A whole number in a range. */
export const integerKind = (minimum: number, maximum: number): Kind<z.ZodNumber> => ({
  schema: z.number().int(accepted('a whole number')).min(minimum).max(maximum),
  write: (value: number) => [String(value)],
  read: (texts) => (/^-?\d+$/.test(texts.at(-1) ?? '') ? Number(texts.at(-1)) : texts.at(-1)),
});

/** A number, or text in systemd's own form. */
export const numberOrTextKind = (pattern: RegExp, words: string) =>
  ({
    schema: z.union([number(pattern, words), text(pattern, words)], accepted(words)),
    write: (value: number | string) => [String(value)],
    read: (texts) => texts.at(-1),
  }) satisfies Kind;

/** yes, no, or a text. */
export const booleanOrTextKind = (pattern: RegExp, words: string) =>
  ({
    schema: z.union([z.boolean(), text(pattern, words)], accepted(words)),
    write: (value: boolean | string) => [typeof value === 'boolean' ? (value ? 'yes' : 'no') : value],
    read: (texts) => texts.at(-1),
  }) satisfies Kind;

/** A number, or text in systemd's own form; `false` leaves the option out, also where it has a default. */
export const limitKind = (pattern: RegExp, words: string) => {
  const all = `${words}, or false for none`;
  return {
    schema: z.union([number(pattern, all), text(pattern, all), z.literal(false)], accepted(all)),
    write: (value: number | string | false) => (value === false ? [] : [String(value)]),
    read: (texts) => texts.at(-1),
  } satisfies Kind;
};

/** Words in one line, separated by blanks; `[]` leaves the option out. */
export const wordsKind = (pattern: RegExp, words: string): Kind<z.ZodArray<z.ZodString>> => ({
  schema: z.array(text(pattern, words)),
  write: (value: string[]) => (value.length === 0 ? [] : [value.join(' ')]),
  read: (texts) => texts.flatMap((text) => text.split(/[ \t]+/).filter(Boolean)),
});

/** One line for each item; `[]` leaves the option out. */
export const linesKind = (pattern: RegExp, words: string): Kind<z.ZodArray<z.ZodString>> => ({
  schema: z.array(text(pattern, words)),
  write: (value: string[]) => value,
  read: (texts) => [...texts],
});

/** Arguments of a program in one line, each quoted where it needs to be. */
export const argumentsKind = (): Kind<z.ZodArray<z.ZodString>> => ({
  schema: z.array(z.string().regex(/^[^\0\r\n]*$/, accepted('text without new lines'))),
  write: (value: string[]) => (value.length === 0 ? [] : [value.map(quoteNspawnWord).join(' ')]),
  read: (texts) => optionalWords(texts, splitNspawnWords),
});

/** Environment variables, one line each, quoted in the file's own way. `false` takes out one that is there by default. */
export const environmentKind = (
  quote: (word: string) => string,
  split: (text: string) => string[] | undefined,
  pattern: RegExp,
) =>
  ({
    schema: z.record(
      z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, accepted('a name of letters, digits and "_"')),
      z.union(
        [z.string().regex(pattern), z.literal(false)],
        accepted('text without new lines or NUL, or false'),
      ),
    ),
    write: (value: Record<string, string | false>) =>
      Object.entries(value)
        .filter((entry) => entry[1] !== false)
        .map(([name, text]) => quote(`${name}=${text}`)),
    read: (texts) => {
      const words = optionalWords(texts, split);
      if (!words?.every((word) => word.includes('='))) return undefined;
      return Object.fromEntries(
        words.map((word) => [word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1)]),
      );
    },
  }) satisfies Kind;

const optionalWords = (texts: readonly string[], split: (text: string) => string[] | undefined) => {
  const words = texts.map(split);
  return words.every((list) => list !== undefined) ? words.flat() : undefined;
};

/** systemd's parse_boolean(). */
export const parseBoolean = (text: string): boolean | undefined => {
  if (/^(1|yes|y|true|t|on)$/i.test(text)) return true;
  if (/^(0|no|n|false|f|off)$/i.test(text)) return false;
  return undefined;
};
