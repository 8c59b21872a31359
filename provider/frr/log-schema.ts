import { z } from 'zod';

const level = z.enum([
  'emergencies',
  'alerts',
  'critical',
  'errors',
  'warnings',
  'notifications',
  'informational',
  'debugging',
]);

/** A log file's path. */
export const logPathSchema = z.string().regex(/^\/[A-Za-z0-9_./+@-]{1,200}$/, {
  error: 'accepted is an absolute path of letters, digits and "_./+@-", such as "/var/log/frr/frr.log"',
});

/** Where FRR logs (docs.frrouting.org, page "basic"). */
export const logSchema = z.strictObject({
  /** To syslog, which is the journal, from this level on: `log syslog LEVEL` (basic). False: not at all. @default "informational" */
  syslog: z
    .union([level, z.literal(false)], { error: 'accepted is a level such as "informational", or false' })
    .optional(),
  /** To a file in the machine: `log file PATH LEVEL` (basic). */
  file: z
    .strictObject({
      /** Its path: `log file PATH` (basic). FRR's daemons must be able to write it. */
      path: logPathSchema,
      /** From this level on: `log file PATH LEVEL` (basic). @default "debugging" */
      level: level.optional(),
    })
    .optional(),
  /** To standard output, from this level on: `log stdout LEVEL` (basic). Of use where nothing keeps a journal. */
  stdout: level.optional(),
  /** The syslog facility: `log facility NAME` (basic). @default "daemon" */
  facility: z
    .enum([
      'kern',
      'user',
      'mail',
      'daemon',
      'auth',
      'syslog',
      'lpr',
      'news',
      'uucp',
      'cron',
      'local0',
      'local1',
      'local2',
      'local3',
      'local4',
      'local5',
      'local6',
      'local7',
    ])
    .optional(),
  /** Write the level beside each message: `log record-priority` (basic). @default false */
  recordPriority: z.boolean().optional(),
  /** Digits after the second, 0 to 6: `log timestamp precision N` (basic). @default 0 */
  timestampPrecision: z.number().int().min(0).max(6).optional(),
  /** Log every command that vtysh hands on: `log commands` (basic). They may hold passwords. @default false */
  commands: z.boolean().optional(),
});
