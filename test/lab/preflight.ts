import { existsSync, mkdirSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { cacheDirectory, imagePath } from './image';
import { releases } from './types';

/** Everything that keeps a lab from running on this machine, at once and in plain words; empty when it can run. */
export async function whyNoLab(): Promise<string[]> {
  if (process.platform !== 'linux') return [`A lab needs Linux, and this is ${process.platform}.`];
  const { stdout } = await execa('sh', [join(__dirname, 'probe.sh')]);
  const missing = stdout.split('\n').filter(Boolean);
  return process.getuid?.() === 0 ? [...missing, ...whyNoRoom()] : missing;
}

// A base image takes 0.5 GB and as much again while it is built; the disk of each host starts with as much.
function whyNoRoom(): string[] {
  mkdirSync(cacheDirectory, { recursive: true });
  const toBuild = releases.filter((release) => !existsSync(imagePath(release))).length;
  const { bavail, bsize } = statfsSync(cacheDirectory);
  const [free, needed] = [(bavail * bsize) / 1e9, 2 + 1.5 * toBuild];
  return free >= needed
    ? []
    : [`${cacheDirectory} has ${free.toFixed(1)} GB free, and a lab needs ${needed} GB.`];
}
