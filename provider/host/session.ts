import { setTimeout as delay } from 'node:timers/promises';
import { type Connection, hostLabel } from './connection';
import { HostError, REFUSED } from './error';
import type { Frame } from './frame';
import { givesUpUnreachable } from './gone';
import { DialError, type End, type Link, openLink } from './link';
import type { Departure } from './outbox';
import { script } from './script';
import { finalAdvice, unreachableAdvice } from './ssh-failure';

/** What is to be done on a host, in one round trip, which it shares with what is asked for at the same time. */
export interface Operation {
  /** In the words of an error: "create the rootfs". */
  action: string;
  /** The machine, or whatever else it is done to. */
  machine?: string;
  /** Shell files under provider/, run as one after prelude.sh. */
  script: string | readonly string[];
  /** What it works on, as shell variables; never evaluated. */
  values?: Record<string, string>;
  /** @default 120 */
  timeoutSeconds?: number;
  /** Told each step as it begins. */
  onStep?: (step: string) => void;
}

/** What an operation found. */
export interface Outcome {
  values: Record<string, string>;
  log: string;
}

/** A host, and the one connection to it which all operations share. It opens at the first one. */
export interface HostSession {
  label: string;
  run: (operation: Operation) => Promise<Outcome>;
  /** How many round trips were made so far. */
  roundTrips: () => number;
  /** Lets running operations finish, and closes the connection. */
  close: () => Promise<void>;
}

interface Running {
  operation: Operation;
  values: Map<string, Buffer[]>;
  log: Buffer[];
  step: string | undefined;
  settle: (end: { status: number } | { lost: End }) => void;
}

/**
 * A session with a host; none given: the machine that Pulumi runs on. A connection on which nothing has run for `idleSeconds` is
 * closed, and the next operation dials again: an engine that was killed leaves its provider's process, which would keep it for ever.
 */
export const createSession = (connection: Connection | undefined, idleSeconds = 300): HostSession => {
  const label = hostLabel(connection);
  const running = new Map<string, Running>();
  let link: Promise<Link> | undefined;
  let idle: NodeJS.Timeout | undefined;
  let lastId = 0;
  let roundTrips = 0;

  const receiveFrame = (frame: Frame) => receive(running, frame);
  const countDeparture = ({ operations, bytes }: Departure) => {
    roundTrips += 1;
    debug(() => `${label}: round trip ${roundTrips}: operations: ${operations}, bytes: ${bytes}`);
  };

  // Decided without a pause: operations that are first at the same time must not dial twice.
  const connected = (operation: Operation): Promise<Link> => {
    if (link) return link;
    const dialled = dial(connection, operation, () => openLink(connection, receiveFrame, countDeparture));
    link = dialled;
    const forget = () => {
      if (link === dialled) link = undefined;
    };
    dialled.then(
      (opened) => void opened.ended.then(forget),
      // Who gives up a host that is gone waits for it once.
      (error: unknown) => {
        if (!(givesUpUnreachable() && error instanceof HostError && error.unreachable)) forget();
      },
    );
    return dialled;
  };

  const run = async (operation: Operation): Promise<Outcome> => {
    clearTimeout(idle);
    const opened = await connected(operation);
    lastId += 1;
    const id = String(lastId);
    const scripts = ['host/prelude.sh', ...[operation.script].flat()].map(script);
    const started = performance.now();
    opened.hold(true);
    let timer: NodeJS.Timeout | undefined;
    try {
      return await new Promise<Outcome>((resolve, reject) => {
        const { timeoutSeconds = 120 } = operation;
        timer = setTimeout(() => {
          const advice = `It had ${timeoutSeconds} s and may still be running on the host. Run again to repair.`;
          reject(failure(label, operation, running.get(id), { changed: true, advice }));
        }, timeoutSeconds * 1000);
        const settle: Running['settle'] = (end) => {
          const state = running.get(id);
          if ('lost' in end) reject(lostFailure(label, operation, state, end.lost));
          else if (end.status === 0) resolve(outcome(state));
          else
            reject(failure(label, operation, state, { status: end.status, changed: end.status !== REFUSED }));
        };
        running.set(id, { operation, values: new Map(), log: [], step: undefined, settle });
        void opened.ended.then((lost) => settle({ lost }));
        opened.send({ id, values: operation.values ?? {}, scripts });
      });
    } finally {
      clearTimeout(timer);
      running.delete(id);
      if (running.size === 0) {
        opened.hold(false);
        clearTimeout(idle);
        idle = setTimeout(() => running.size === 0 && void close(), idleSeconds * 1000).unref();
      }
      debug(
        () =>
          `${label}: ${operation.machine ?? ''} ${operation.action}: ${Math.round(performance.now() - started)} ms`,
      );
    }
  };

  const close = async () => {
    clearTimeout(idle);
    // Forgotten at once: what begins from now on is not sent over what is being closed.
    const closing = link;
    link = undefined;
    const opened = await closing?.catch(() => undefined);
    opened?.hold(true);
    opened?.close();
    await opened?.ended;
  };

  return { label, run, roundTrips: () => roundTrips, close };
};

const receive = (running: Map<string, Running>, frame: Frame) => {
  if (frame.kind === 'ready') return;
  const state = running.get(frame.id);
  if (!state) return; // it was given up
  switch (frame.kind) {
    case 'value':
      state.values.set(frame.name, [Buffer.from(frame.text)]);
      break;
    case 'part':
      state.values.set(frame.name, [...(state.values.get(frame.name) ?? []), frame.text]);
      break;
    case 'step':
      state.step = frame.text;
      state.operation.onStep?.(frame.text);
      break;
    case 'log':
      state.log.push(frame.text);
      break;
    case 'end':
      state.settle({ status: frame.status });
      break;
  }
};

const outcome = (state: Running | undefined): Outcome => ({
  values: Object.fromEntries(
    [...(state?.values ?? [])].map(([name, parts]) => [name, Buffer.concat(parts).toString('utf8')]),
  ),
  log: logOf(state),
});

const logOf = (state: Running | undefined) => Buffer.concat(state?.log ?? []).toString('utf8');

const failure = (
  host: string,
  { action, machine }: Operation,
  state: Running | undefined,
  how: { status?: number; changed: boolean; advice?: string },
) => new HostError({ host, machine, action, step: state?.step, log: logOf(state), ...how });

const lostFailure = (host: string, operation: Operation, state: Running | undefined, { stderr }: End) =>
  new HostError({
    host,
    machine: operation.machine,
    action: operation.action,
    step: state?.step,
    log: stderr,
    changed: true,
    advice: 'The connection was lost. The host finishes what it was doing; run again to repair.',
  });

/** Opens the link: dials again after failures that may pass, up to the connection's limits. */
const dial = async (
  connection: Connection | undefined,
  { action, machine }: Operation,
  open: () => Promise<Link>,
): Promise<Link> => {
  const host = hostLabel(connection);
  const { dialErrorLimit = 10 } = connection ?? {};
  const give = (log: string, advice: string, unreachable = false) =>
    new HostError({ host, machine, action, step: 'connect', log, advice, changed: false, unreachable });
  for (let dials = 1; ; dials += 1) {
    const started = performance.now();
    try {
      const link = await open();
      debug(() => `${host}: connected in ${Math.round(performance.now() - started)} ms`);
      if (link.uid === 0) return link;
      link.close();
      throw give('', 'Root is needed. Log in as root, or set connection.sudo (locally: run pulumi as root).');
    } catch (error) {
      if (!(error instanceof DialError)) throw error;
      const advice = connection ? finalAdvice(connection, error.end.stderr) : 'sh could not be started.';
      if (advice) throw give(error.message, advice);
      if (connection && dialErrorLimit >= 0 && dials >= Math.max(1, dialErrorLimit)) {
        throw give(error.message, unreachableAdvice(connection, dials), true);
      }
      debug(() => `${host}: dial ${dials} failed: ${error.message}`);
      await delay(Math.min(250 * 2 ** dials, 5000));
    }
  }
};

/** PULUMI_NSPAWN_DEBUG=1 prints each connection and round trip on standard error. */
const debug = (line: () => string) => {
  if (process.env.PULUMI_NSPAWN_DEBUG) process.stderr.write(`[nspawn] ${line()}\n`);
};
