import { join } from 'node:path';
import { execa } from 'execa';

/**
 * Starts a process which sweeps the lab when this one ends without having destroyed it, however it ends.
 * The function that is returned ends the guard; call it when nothing is left to sweep.
 */
export function startGuard(id: string): () => void {
  const sweep = [process.execPath, '-r', '@swc-node/register', join(__dirname, 'sweep.ts'), id];
  const guard = execa('sh', [join(__dirname, 'guard.sh'), ...sweep], {
    cwd: __dirname,
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
    cleanup: false,
    reject: false,
  });
  guard.unref();
  const { stdin } = guard;
  // Neither the guard nor the pipe to it keeps this process from ending.
  if ('unref' in stdin && typeof stdin.unref === 'function') stdin.unref();
  return () => {
    stdin.end('swept\n');
  };
}
