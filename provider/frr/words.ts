import { z } from 'zod';

/*
 * What may stand in a line of FRR's configuration. Nothing here can hold a line end, a NUL or another control character,
 * so no value can make a line of its own.
 */

/** A whole number in a range. */
export const whole = (minimum: number, maximum: number) => z.number().int().min(minimum).max(maximum);

/** An AS number. 0, 23456 and the last ones are reserved (RFC 7607, RFC 6793, RFC 7300). */
export const asnSchema = z
  .number()
  .int()
  .refine((asn) => asn >= 1 && asn <= 4294967294 && asn !== 23456 && asn !== 65535, {
    error: 'accepted is an AS number from 1 to 4294967294, not 23456 or 65535',
  });

/** A name that a configuration gives: of a route map, a list, a peer group, a profile. */
export const nameSchema = z.string().regex(/^[A-Za-z_][A-Za-z0-9_.-]{0,62}$/, {
  error:
    'accepted is a name: a letter or "_", then letters, digits, "_", "." and "-", at most 63 characters, such as "FROM-PEERS"',
});

/** An interface in the machine, `lo` and `host0` among them. */
export const frrInterfaceSchema = z
  .string()
  .refine((name) => isInterfaceName(name) && !['all', 'default'].includes(name), {
    error:
      'accepted is an interface name: letters, digits, "_", "." and "-", at most 15 characters, such as "eth1"',
  });

/** Whether it can be an interface's name, and is no number. */
export const isInterfaceName = (text: string): boolean =>
  /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,14}$/.test(text) && !/^[0-9.]+$/.test(text);

/** One line of text in words, as descriptions are. FRR joins the words with one space. */
export const lineSchema = z
  .string()
  .max(200)
  .regex(/^(?! )[^\p{Cc}\p{Zl}\p{Zp}\p{Cs}]+(?<! )$/u, {
    error: 'accepted is one line of text, without control characters and without spaces at its ends',
  })
  .refine(isNoPipe, { error: 'it holds "| ", after which FRR reads a filter; accepted is text without it' });

/** A password as it stands in FRR's configuration: printable ASCII without spaces. */
export const passwordSchema = (longest: number) =>
  z
    .string()
    .regex(new RegExp(`^[!-~]{1,${longest}}$`), {
      error: `accepted is 1 to ${longest} printable ASCII characters without spaces`,
    })
    .refine((text) => !looksLikeIpv6(text), {
      error:
        'it looks like an IPv6 address, which frr-reload.py would write in its own way; accepted is another',
    });

/** A regular expression over AS paths, of the characters that FRR takes (config_bgp_aspath_validate()). */
export const asPathRegexSchema = z
  .string()
  .max(1000)
  .regex(/^[0-9_^|[,{}()\]$*+.?\\-]+( [0-9_^|[,{}()\]$*+.?\\-]+)*$/, {
    error:
      'accepted is a regular expression of digits, single spaces and _ ^ $ | . * + ? ( ) [ ] { } , \\ -, such as "_65000$"',
  })
  .refine(isRegex, { error: 'accepted is a POSIX extended regular expression, such as "_65000$"' });

/** A regular expression over communities (POSIX extended, `_` for a boundary). */
export const regexSchema = z
  .string()
  .max(1000)
  .regex(/^[!-~]+( [!-~]+)*$/, {
    error:
      'accepted is a regular expression in printable ASCII, with single spaces at most, such as "^65000:1.*"',
  })
  .refine(isRegex, { error: 'accepted is a POSIX extended regular expression, such as "^65000:1.*"' });

// get_normalized_ipv6_line() of frr-reload.py rewrites words that Python's ipaddress can read, wherever they are.
function looksLikeIpv6(text: string): boolean {
  return /^[0-9A-Fa-f:.]*(::|(:[0-9A-Fa-f.]*){7})[0-9A-Fa-f:.]*(%.*)?(\/.*)?$/.test(text);
}

// FRR takes "| " in any line for `| include …`, and drops the line (handle_pipe_action() in lib/command.c).
function isNoPipe(text: string): boolean {
  return !/\| /.test(text);
}

// What JavaScript takes in its strict mode is a regular expression of POSIX too, but for groups with "(?".
function isRegex(text: string): boolean {
  if (!isNoPipe(text) || text.includes('(?') || text.split(' ').some(looksLikeIpv6)) return false;
  try {
    return new RegExp(text.replace(/\[:[a-z]+:\]/g, 'a'), 'u') instanceof RegExp;
  } catch {
    return false;
  }
}
