import { z } from 'zod';

const mostBytes = 1024 * 1024;
/** vtysh reads lines of 4096 bytes (VTY_BUFSIZ); what is longer it would take for two. */
const mostBytesOfLine = 4000;

/** `output file PATH` and `write file`, also as vtysh completes them: it executes them in the middle of a configuration. */
const writesFile = /^\s*(ou(t(p(ut?)?)?)?\s+f(i(le?)?)?\s|wr(i(te?)?)?(\s|$))/;

/** FRR's own text. A tab is a blank, and a carriage return at the end of a line is dropped. */
export const rawTextSchema = z.string().superRefine((text, context) => {
  const why = whyNoText(text);
  if (why) context.addIssue({ code: 'custom', message: why });
});

/**
 * FRR's own text made whole: plain line ends, no blanks at line ends, a last line end. The lines that FRR always has of its
 * own are put before it where it does not say them: frr-reload.py would take their absence for a change, and by that turn
 * forwarding on, or take the host name away, at every reload. A router forwards: that is what is said for it.
 * Of `show running-config`, the two lines above the configuration are dropped.
 */
export const normalizeText = (text: string, { hostname }: { hostname: string }): string => {
  const lines = textLines(text).filter(
    (line) => line !== 'Building configuration...' && line !== 'Current configuration:',
  );
  const says = (pattern: RegExp) => lines.some((line) => pattern.test(line));
  const missing = [
    ...(says(/^\s*frr defaults /) ? [] : ['frr defaults traditional']),
    ...(says(/^\s*hostname /) ? [] : [`hostname ${hostname}`]),
    ...(says(/^\s*(no )?ip forwarding$/) ? [] : ['ip forwarding']),
    ...(says(/^\s*(no )?ipv6 forwarding$/) ? [] : ['ipv6 forwarding']),
    ...(says(/^\s*(no )?service integrated-vtysh-config$/) ? [] : ['service integrated-vtysh-config']),
  ];
  const own = lines.join('\n') === '' ? [] : lines;
  return `${[...missing, ...(missing.length > 0 ? ['!'] : []), ...own].join('\n')}\n`;
};

/** The lines of a text, without blanks at their ends and empty ones around it. */
export const textLines = (text: string): string[] =>
  text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .map((line) => line.replaceAll('\t', ' ').trimEnd())
    .join('\n')
    .replace(/^\n+|\n+$/g, '')
    .split('\n');

const whyNoText = (text: string): string | undefined => {
  const bytes = Buffer.byteLength(text);
  if (bytes > mostBytes) return `it has ${bytes} bytes; accepted are at most ${mostBytes}`;
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    // A lone half of a surrogate pair is no character, and cannot be written as UTF-8.
    if (/[^\P{Cc}\t]|\p{Cs}/u.test(line)) {
      return `line ${index + 1} holds a control character; accepted is text in lines`;
    }
    if (Buffer.byteLength(line) > mostBytesOfLine) {
      return `line ${index + 1} has ${Buffer.byteLength(line)} bytes; accepted are at most ${mostBytesOfLine}`;
    }
    if (writesFile.test(line)) {
      return `line ${index + 1} is a command of vtysh that writes a file; accepted is configuration`;
    }
    if (/^\s*[^!#\s].*\|\s+\S/.test(line)) {
      return `line ${index + 1} holds "| ", which FRR takes for a filter of what it prints, and drops the line; accepted is text without it`;
    }
  }
  return undefined;
};
