import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { lockStack } from './lock';

const folder = (t: TestContext) => {
  const dir = mkdtempSync(join(tmpdir(), 'lock-test-'));
  t.after(() => rmSync(dir, { recursive: true }));
  return dir;
};

test('a locked stack cannot be locked again until it is unlocked', (t) => {
  const dir = folder(t);
  const unlock = lockStack(dir, 'p', 's');
  assert.throws(
    () => lockStack(dir, 'p', 's'),
    new RegExp(`currently locked by 1 lock.*pid ${process.pid}`, 's'),
  );
  lockStack(dir, 'p', 'other')();
  unlock();
  lockStack(dir, 'p', 's')();
});

const writeLock = (dir: string, lock: object) => {
  const locks = join(dir, '.pulumi/locks/organization/p/s');
  mkdirSync(locks, { recursive: true });
  writeFileSync(join(locks, 'other.json'), JSON.stringify(lock));
};

test('the lock of a dead process of this host does not count', (t) => {
  const dir = folder(t);
  const { pid } = spawnSync(process.execPath, ['-e', '']);
  writeLock(dir, { pid, hostname: hostname(), username: 'u', timestamp: '' });
  lockStack(dir, 'p', 's')();
});

test('the lock of a process of another host counts', (t) => {
  const dir = folder(t);
  writeLock(dir, { pid: 1, hostname: 'elsewhere', username: 'u', timestamp: '' });
  assert.throws(() => lockStack(dir, 'p', 's'), /created by u@elsewhere \(pid 1\)/);
});
