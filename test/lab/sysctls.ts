import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { labIds, stateRoot } from './state';

// What hosts need of the machine they run on: a way out, and room for many systemds, each of which takes several inotify instances.
const wanted = { 'net/ipv4/ip_forward': 1, 'fs/inotify/max_user_instances': 8192 };
const saved = join(stateRoot, '.sysctls');

/** Raises the sysctls that labs need, and remembers what they were. */
export function raiseSysctls(): void {
  for (const [name, least] of Object.entries(wanted)) {
    const current = readFileSync(join('/proc/sys', name), 'utf8').trim();
    if (Number(current) >= least) continue;
    mkdirSync(dirname(join(saved, name)), { recursive: true });
    if (!existsSync(join(saved, name))) writeFileSync(join(saved, name), current);
    writeFileSync(join('/proc/sys', name), `${least}`);
  }
}

/** Puts the sysctls back when no lab is left. */
export function restoreSysctls(): void {
  if (labIds().length > 0 || !existsSync(saved)) return;
  const names = readdirSync(saved, { recursive: true, encoding: 'utf8' }).filter((name) => name in wanted);
  for (const name of names) writeFileSync(join('/proc/sys', name), readFileSync(join(saved, name)));
  rmSync(saved, { recursive: true });
}
