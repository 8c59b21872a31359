import { rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { labCgroup, removeCgroup } from './cgroup';
import { loopDevices } from './disk';
import { cacheDirectory } from './image';
import { withLock } from './lock';
import { removeNetwork } from './network';
import { isAlive } from './process';
import { readState, removeState, stateRoot } from './state';
import { restoreSysctls } from './sysctls';
import { waitUntil } from './wait';

/** Runs the work while no other process starts, destroys or sweeps the lab of that id. */
export function withLabLock<T>(id: string, work: () => Promise<T>): Promise<T> {
  return withLock(join(stateRoot, `.${id}.lock`), work);
}

/** Runs the work while no other process changes what all labs share. */
export function withSharedLock<T>(work: () => Promise<T>): Promise<T> {
  return withLock(join(stateRoot, '.lock'), work);
}

/** Destroys a lab that nobody wants any more: its owner is dead, and it was not to outlive it. The lab's lock is held. */
export async function sweepUnowned(id: string): Promise<void> {
  const lab = readState(id);
  if (lab !== undefined && (lab.keep || isAlive(lab.owner))) return;
  await destroyLab(id);
}

/** Removes everything that a lab has made, as far as it is there, in whatever state it is. The lab's lock is held. */
export async function destroyLab(id: string): Promise<void> {
  const lab = readState(id);
  const disks = lab?.diskDirectory ?? diskDirectory(id);
  await removeCgroup(labCgroup(id));
  if (lab !== undefined) await removeNetwork(lab.number);
  await freeLoopDevices(disks);
  rmSync(disks, { recursive: true, force: true });
  await withSharedLock(async () => {
    removeState(id);
    restoreSysctls();
  });
}

/** Where the disks of a lab's hosts are. */
export function diskDirectory(id: string): string {
  return join(cacheDirectory, 'disks', id);
}

// The kernel frees them by itself when the last mount namespace goes; a script killed between two steps may have left one.
async function freeLoopDevices(disks: string): Promise<void> {
  const left = () => loopDevices((file) => dirname(file.replace(/ \(deleted\)$/, '')) === disks);
  const freed = waitUntil('loop devices are free', 10, () => left().length === 0);
  await freed.catch(async () => {
    for (const device of left()) await execa('losetup', ['--detach', device]);
  });
}
