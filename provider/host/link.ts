import { randomBytes } from 'node:crypto';
import { execa } from 'execa';
import type { Connection } from './connection';
import { type Frame, parseFrame } from './frame';
import { eachLine } from './lines';
import { type Departure, newOutbox, type Request } from './outbox';
import { script } from './script';
import { missingConfigFile, sshCommand } from './ssh';

/** One running connection: the process, and its far end which has said that it is ready. */
export interface Link {
  /** Who the far end runs as; 0 is root. */
  uid: number;
  send: (request: Request) => void;
  /** Settles when the process has ended. */
  ended: Promise<End>;
  /** While held, it keeps this process running; a link at rest does not. */
  hold: (held: boolean) => void;
  /** Lets the far end finish what it does, and end. */
  close: () => void;
}

/** How a link's process ended, with what ssh or sh printed. */
export interface End {
  status: number | undefined;
  stderr: string;
}

/** The process ended before its far end was ready. */
export class DialError extends Error {
  constructor(readonly end: End) {
    super(end.stderr.trim() || `ended with status ${end.status}`);
  }
}

/**
 * Starts the far end, here or over ssh, and waits until it is ready. It is `sh` with loop.sh, which comes over standard
 * input: its text is in no process list, and any login shell can start it.
 */
export const openLink = async (
  connection: Connection | undefined,
  onFrame: (frame: Frame) => void,
  onDeparture: (departure: Departure) => void,
): Promise<Link> => {
  const missing = connection && missingConfigFile(connection);
  if (missing !== undefined)
    throw new DialError({
      status: undefined,
      stderr: `connection.sshConfigFile: there is no file ${missing}`,
    });
  const nonce = randomBytes(9).toString('hex');
  const loop = script('host/loop.sh');
  const command = startCommand(connection, Buffer.byteLength(loop));
  const child = execa(command.file, command.arguments, {
    env: command.environment,
    extendEnv: connection !== undefined,
    buffer: false,
    reject: false,
    stdin: 'pipe',
    stdout: 'pipe',
    stderr: 'pipe',
  });

  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr = `${stderr}${text}`.slice(-8192);
    // It would take our next lines for two more passwords.
    if (/^Sorry, try again/m.test(stderr)) child.kill();
  });
  child.stdin.on('error', () => {}); // `ended` tells
  const ended = child.then(({ exitCode, originalMessage }): End => {
    command.close();
    return { status: exitCode, stderr: stderr || (originalMessage ?? '') };
  });
  const ready = new Promise<number>((resolve) => {
    eachLine(child.stdout, (line) => {
      const frame = parseFrame(line, nonce);
      if (frame?.kind === 'ready') resolve(frame.uid);
      else if (frame) onFrame(frame);
    });
  });

  if (typeof connection?.sudo === 'object') child.stdin.write(`${connection.sudo.password}\n`);
  child.stdin.write(`${nonce} ${startWord(Buffer.byteLength(loop))}\n${loop}`);

  const limit = dialLimit(connection);
  const timer = limit > 0 ? setTimeout(() => child.kill('SIGKILL'), limit) : undefined;
  const first = await Promise.race([ready, ended]);
  clearTimeout(timer);
  if (typeof first !== 'number') throw new DialError(first);
  command.close();

  const { send, flush } = newOutbox(nonce, (bytes) => void child.stdin.write(bytes), onDeparture);
  return {
    uid: first,
    send,
    ended,
    hold: (held) => {
      for (const part of [child, child.stdin, child.stdout, child.stderr]) keepRunning(part, held);
    },
    close: () => {
      flush();
      child.stdin.end();
    },
  };
};

const startCommand = (connection: Connection | undefined, loopLength: number) => {
  // Lines before ours are dropped unread: a password that sudo did not ask for.
  const start = `PATH=${path}; while read -r nonce word; do test "$word" = ${startWord(loopLength)} && break; done; eval "$(head -c ${loopLength})"`;
  if (!connection)
    return { file: '/bin/sh', arguments: ['-c', start], environment: ownEnvironment(), close: () => {} };
  const sudo = { none: '', quiet: `${withPath} sudo -n -- `, asking: `${withPath} sudo -S -p "" -- ` }[
    sudoKind(connection)
  ];
  const command = sshCommand(connection, `exec ${sudo}/bin/sh -c '${start}'`);
  let open = true;
  const close = () => {
    if (open) command.close();
    open = false;
  };
  return { ...command, close };
};

/**
 * Of Pulumi's environment, what a login on this machine would have, too. There are passphrases and keys of clouds in it, which
 * whoever is root in a machine could read of the commands that run in there.
 */
const ownEnvironment = (): Record<string, string> =>
  Object.fromEntries(
    Object.entries(process.env).filter(
      (entry): entry is [string, string] =>
        entry[1] !== undefined && /^(HOME|USER|LOGNAME|SHELL|(https?|ftp|all|no)_proxy)$/i.test(entry[0]),
    ),
  );

// A login may have none, or one without sudo. Any login shell can start env; not every one knows PATH=… in front of a command.
const path = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
const withPath = `/usr/bin/env PATH=${path}`;

const startWord = (loopLength: number) => `loop-${loopLength}`;

const sudoKind = ({ sudo }: Connection) => {
  if (!sudo) return 'none';
  return sudo === true ? 'quiet' : 'asking';
};

// ssh's own limit ends with the TCP connection; a host may also hang after that.
const dialLimit = (connection: Connection | undefined) => {
  const seconds = connection?.perDialTimeout ?? 15;
  return seconds === 0 ? 0 : (seconds + 5) * 1000;
};

const keepRunning = (part: unknown, held: boolean) => {
  const handle = part as { ref?: () => void; unref?: () => void };
  if (held) handle.ref?.();
  else handle.unref?.();
};
