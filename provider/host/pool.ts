import type { Connection } from './connection';
import { createSession, type HostSession } from './session';

const sessions = new Map<string, HostSession>();

/** The session with a host which every operation of this process shares. */
export const sessionFor = (connection: Connection | undefined): HostSession => {
  const key = canonical(connection ?? null);
  const known = sessions.get(key);
  if (known) return known;
  const session = createSession(connection);
  sessions.set(key, session);
  return session;
};

/** Closes them all; operations under way finish first. */
export const closeSessions = async (): Promise<void> => {
  const open = [...sessions.values()];
  sessions.clear();
  await Promise.all(open.map((session) => session.close()));
};

// Object keys reach a provider in any order.
const canonical = (value: unknown): string =>
  JSON.stringify(value, (_, part) =>
    part && typeof part === 'object' && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort())
      : part,
  );
