import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, userInfo } from 'node:os';
import { join } from 'node:path';

/**
 * Locks a stack with the lock file of Pulumi's file backend, so that the CLI and this engine keep each other
 * out. Locks of dead processes of this host are taken away, which the CLI leaves to `pulumi cancel`.
 * (pkg/backend/diy/lock.go)
 */
export const lockStack = (backendDir: string, project: string, stack: string) => {
  const dir = join(backendDir, '.pulumi', 'locks', 'organization', project, stack);
  const file = join(dir, `${randomUUID()}.json`);
  const unlock = () => rmSync(file, { force: true });
  mkdirSync(dir, { recursive: true });
  refuseOthers(dir, file);
  writeFileSync(file, JSON.stringify(lockContent()));
  try {
    // Two that start at the same moment both see the other's file now, and both give up.
    refuseOthers(dir, file);
  } catch (error) {
    unlock();
    throw error;
  }
  return unlock;
};

interface Lock {
  pid: number;
  username: string;
  hostname: string;
  timestamp: string;
}

const lockContent = (): Lock => ({
  pid: process.pid,
  username: userInfo().username,
  hostname: hostname(),
  timestamp: new Date().toISOString(),
});

const refuseOthers = (dir: string, own: string) => {
  const others = readdirSync(dir)
    .filter((name) => name.endsWith('.json'))
    .map((name) => join(dir, name))
    .filter((file) => file !== own && !removeDead(file));
  if (others.length === 0) return;
  throw new Error(
    `the stack is currently locked by ${others.length} lock(s). Either wait for the other process(es) to end or delete the lock file.\n${others.map(describe).join('\n')}`,
  );
};

const read = (file: string): Lock | undefined => {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
};

const removeDead = (file: string) => {
  const lock = read(file);
  if (lock === undefined) return !existsSync(file);
  if (lock.hostname !== hostname() || isAlive(lock.pid)) return false;
  rmSync(file, { force: true });
  return true;
};

const isAlive = (pid: number) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
};

const describe = (file: string) => {
  const lock = read(file);
  return `  ${file}: created by ${lock?.username}@${lock?.hostname} (pid ${lock?.pid}) at ${lock?.timestamp}`;
};
