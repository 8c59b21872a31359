import { isIP } from 'node:net';
import { z } from 'zod';

const hostName = z.string().refine((value) => isIP(value) > 0 || /^(?!-)[A-Za-z0-9._-]{1,253}$/.test(value), {
  error: 'accepted is a host name, a name from the ssh config, or an IP address',
});
const oneLine = z.string().refine((value) => !/[\0\r\n"]/.test(value), {
  error: 'accepted is one line without a double quote',
});
const secretLine = z
  .string()
  .refine((value) => !/[\0\r\n]/.test(value), { error: 'accepted is one line of text' });

const endpoint = {
  /** The host's address, name, or alias in the user's ssh config. */
  host: hostName,
  /** TCP port of its sshd. @default 22, or what the user's ssh config says */
  port: z.number().int().min(1).max(65535).optional(),
  /** Who logs in. @default "root", unless the user's ssh config names another */
  user: z
    .string()
    .regex(/^[A-Za-z0-9_][A-Za-z0-9_.@-]{0,63}\$?$/, { error: 'accepted is a user name' })
    .optional(),
  /** Password for the login. Used when no `privateKey` is given. A secret. */
  password: secretLine.optional(),
  /** Text of a private key in PEM or OpenSSH format; wins over `password`. A secret. */
  privateKey: z.string().min(1).optional(),
  /** Passphrase of `privateKey`. A secret. */
  privateKeyPassword: secretLine.optional(),
  /** Socket of the ssh agent. @default `SSH_AUTH_SOCK` */
  agentSocketPath: oneLine.optional(),
  /** How many dials may fail before giving up; -1: never give up. A refused login or host key is final at once. @default 10 */
  dialErrorLimit: z.number().int().min(-1).optional(),
  /** Time limit of one dial in seconds; 0: none. @default 15 */
  perDialTimeout: z.number().int().min(0).optional(),
  /** The host's public key, as in `authorized_keys`: `ssh-ed25519 AAAA…`. Nothing else is then accepted. */
  hostKey: z
    .string()
    .regex(/^(ssh|ecdsa|sk)-[a-z0-9@.-]+ [A-Za-z0-9+/=]+( [^\0\r\n]*)?\s*$/, {
      error: 'accepted is a public key as in authorized_keys, such as "ssh-ed25519 AAAA…"',
    })
    .optional(),
};

/**
 * How to reach a host over SSH: the fields of `remote.Connection` of `@pulumi/command` 1.2.1 with the same meaning,
 * and what this package adds. The same object serves both. The user's OpenSSH client and `~/.ssh/config` are used.
 */
export const connectionSchema = z.strictObject({
  ...endpoint,
  /** A jump host, through which the host is reached. */
  proxy: z.strictObject(endpoint).optional(),
  /** Path of a private key file on the machine that runs Pulumi. */
  identityFile: oneLine.optional(),
  /** Path of a known_hosts file to check host keys against. @default the user's own */
  knownHostsFile: oneLine.optional(),
  /**
   * What to do with host keys: `"strict"` refuses unknown and changed ones, `"accept-new"` stores unknown ones,
   * `"insecure"` checks nothing. @default "strict"
   */
  hostKeyPolicy: z.enum(['strict', 'accept-new', 'insecure']).optional(),
  /** Become root by sudo: `true` where it asks for no password, else `{ password }`. @default as the user that logs in */
  sudo: z
    .union([
      z.boolean(),
      z.strictObject({
        /** What sudo asks for: the user's own password, as a rule. A secret. */
        password: secretLine,
      }),
    ])
    .optional(),
  /** An ssh config file to use in place of `~/.ssh/config`. */
  sshConfigFile: oneLine.optional(),
});

/** A checked connection. */
export type Connection = z.infer<typeof connectionSchema>;
/** The target or the jump host of a connection. */
export type Endpoint = NonNullable<Connection['proxy']>;

/** How errors name a host: its name and the port where it is not 22. */
export const hostLabel = (connection: Connection | undefined): string => {
  if (!connection) return 'this host';
  const { host, port = 22 } = connection;
  return port === 22 ? host : `${host.includes(':') ? `[${host}]` : host}:${port}`;
};
