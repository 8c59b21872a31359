import { join } from 'node:path';
import { execa } from 'execa';

/** Runs a script of this folder in a mount namespace of its own: whatever it mounts is gone when it ends. */
export async function runInOwnMounts(script: string, ...parameters: string[]): Promise<void> {
  await execa('unshare', ['--mount', 'sh', join(__dirname, script), ...parameters], { stdin: 'ignore' });
}
