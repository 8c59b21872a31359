import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, openSync, unlinkSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * A file that ssh can open by its path, mode 0600. On Linux it has no name: the path leads through /proc to an unlinked
 * file which ends with this process, however it ends. Elsewhere it has a name until `close`.
 */
export const secretFile = (content: string): { path: string; close: () => void } => {
  const folder = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
  const name = join(folder, `.pulumi-nspawn-${randomBytes(12).toString('hex')}`);
  const file = openSync(name, 'wx+', 0o600);
  const unnamed = process.platform === 'linux';
  if (unnamed) unlinkSync(name);
  writeSync(file, content);
  return {
    path: unnamed ? `/proc/${process.pid}/fd/${file}` : name,
    close: () => {
      closeSync(file);
      if (!unnamed) unlinkSync(name);
    },
  };
};
