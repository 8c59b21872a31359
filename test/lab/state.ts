import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive, type ProcessIdentity } from './process';
import type { Release } from './types';

/** Where labs are known to all processes of this machine; gone after its reboot, as labs are. */
export const stateRoot = '/run/pulumi-nspawn-lab';

/** What `lab.json` holds: all that another process needs to use a lab or to sweep it. */
export interface LabState {
  id: string;
  /** Which of the 254 networks is the lab's, see network.ts. */
  number: number;
  /** Whether the lab outlives its owner. */
  keep: boolean;
  owner: ProcessIdentity;
  /** Where the disks of its hosts are. */
  diskDirectory: string;
  hosts: HostState[];
}

/** A host as it was declared. */
export interface HostState {
  name: string;
  release: Release;
  /** From 1, in the order of declaration. */
  index: number;
  hostKey: string;
}

/** Whether this can be a lab's id: it becomes part of file, cgroup and path names. */
export function isLabId(text: string): boolean {
  return /^[a-z][a-z0-9-]{0,29}$/.test(text);
}

/** The lab's own folder under /run. */
export function labDirectory(id: string): string {
  return join(stateRoot, id);
}

/** A host's own folder under /run. */
export function hostDirectory(id: string, name: string): string {
  return join(labDirectory(id), 'hosts', name);
}

/** Reads a lab's state; undefined when there is none. */
export function readState(id: string): LabState | undefined {
  return readJson<LabState>(join(labDirectory(id), 'lab.json'));
}

/** Writes a lab's state. */
export function writeState(state: LabState): void {
  writeJson(join(labDirectory(state.id), 'lab.json'), state);
}

/** The process that boots a host, and boots it again when it reboots; undefined when the host is off. */
export function readKeeper(id: string, name: string): ProcessIdentity | undefined {
  const keeper = readJson<ProcessIdentity>(join(hostDirectory(id, name), 'keeper.json'));
  return keeper !== undefined && isAlive(keeper) ? keeper : undefined;
}

/** Remembers the process that boots a host. */
export function writeKeeper(id: string, name: string, keeper: ProcessIdentity): void {
  writeJson(join(hostDirectory(id, name), 'keeper.json'), keeper);
}

/** The labs of this machine, left-overs included. */
export function labIds(): string[] {
  if (!existsSync(stateRoot)) return [];
  const entries = readdirSync(stateRoot, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory() && isLabId(entry.name)).map((entry) => entry.name);
}

/** Forgets a lab. */
export function removeState(id: string): void {
  rmSync(labDirectory(id), { recursive: true, force: true });
}

function readJson<T>(path: string): T | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as T;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function writeJson(path: string, value: unknown): void {
  writeFileSync(`${path}.new`, `${JSON.stringify(value, undefined, 2)}\n`);
  renameSync(`${path}.new`, path);
}
