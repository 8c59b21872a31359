import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { execa } from 'execa';

/**
 * Runs the work while no other process has the lock file.
 * The lock is flock(1)'s, held by a child that ends with this process however it ends: it is never stale.
 * That child also removes the scratch folder, if there is one.
 */
export async function withLock<T>(path: string, work: () => Promise<T>, scratch = ''): Promise<T> {
  mkdirSync(dirname(path), { recursive: true });
  const holder = execa('sh', [join(__dirname, 'lock.sh'), path, scratch], {
    stdin: 'pipe',
    detached: true,
    cleanup: false,
  });
  await new Promise<void>((resolve, reject) => {
    holder.stdout.once('data', () => resolve());
    holder.catch(reject);
  });
  try {
    return await work();
  } finally {
    holder.stdin.end();
    await holder;
  }
}
