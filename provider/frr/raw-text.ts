import { z } from 'zod';

/** The longest text of a configuration, in bytes. */
const longest = 1024 * 1024;

/** FRR's own text: lines of it. A tab is a blank; a carriage return before a line's end is dropped. */
export const rawTextSchema = z.string().superRefine((text, context) => {
  const why = whyNoText(text);
  if (why) context.addIssue({ code: 'custom', message: why });
});

const whyNoText = (text: string): string | undefined => {
  const bytes = Buffer.byteLength(text);
  if (bytes > longest) return `it has ${bytes} bytes; accepted is at most ${longest}`;
  const lines = text.split(/\r?\n/);
  const at = lines.findIndex((line) => /[^\P{Cc}\t]|\p{Cs}/u.test(line));
  if (at < 0) return undefined;
  return `line ${at + 1} holds a control character or half of one beyond Unicode's first plane; accepted is plain text`;
};
