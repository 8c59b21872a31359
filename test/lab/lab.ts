import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { switchOn, untilUp } from './boot';
import { destroyLab, diskDirectory, sweepUnowned, withLabLock, withSharedLock } from './destroy';
import { createDisk } from './disk';
import { startGuard } from './guard';
import { openHost } from './host';
import { ensureImage } from './image';
import { address6Of, addressOf, createNetwork, findFreeNumber } from './network';
import { whyNoLab } from './preflight';
import { identify } from './process';
import {
  type HostState,
  hostDirectory,
  isLabId,
  type LabState,
  labDirectory,
  labIds,
  readKeeper,
  readState,
  writeState,
} from './state';
import { raiseSysctls } from './sysctls';
import type { Lab, LabOptions, Release } from './types';

/** Starts a lab, or takes the one of that id which runs with the same hosts. Sweeps first what a dead lab of that id has left. */
export async function startLab({
  id = defaultId(),
  hosts,
  keep = false,
  log = () => {},
}: LabOptions): Promise<Lab> {
  checkNames(id, hosts);
  return await withLabLock(id, async () => {
    await sweepUnowned(id);
    const running = readState(id);
    if (running !== undefined) return await reuse(running, hosts, log);
    const missing = await whyNoLab();
    if (missing.length > 0)
      throw new Error(`No lab can run here:\n${missing.map((line) => `- ${line}`).join('\n')}`);
    return await create(id, hosts, keep, log);
  });
}

/** The lab of that id, from whichever process; undefined when none runs. */
export async function attachLab(id: string): Promise<Lab | undefined> {
  const state = readState(id);
  if (state === undefined || !state.hosts.some((host) => readKeeper(id, host.name))) return undefined;
  return openLab(state, () => withLabLock(id, () => destroyLab(id)));
}

async function reuse(state: LabState, hosts: LabOptions['hosts'], log: (line: string) => void): Promise<Lab> {
  const list = (each: LabOptions['hosts']) =>
    each.map(({ name, release }) => `${name} (${release})`).join(', ');
  if (list(state.hosts) !== list(hosts)) {
    throw new Error(
      `Lab "${state.id}" runs with other hosts, ${list(state.hosts)}: destroy it or take another id.`,
    );
  }
  log(`lab ${state.id} runs already`);
  const lab = openLab(state, async () => {});
  await allDone(lab.hosts.map((host) => host.start()));
  return lab;
}

async function create(
  id: string,
  hosts: LabOptions['hosts'],
  keep: boolean,
  log: (line: string) => void,
): Promise<Lab> {
  const releases = [...new Set(hosts.map(({ release }) => release))];
  const images = new Map<Release, string>();
  await allDone(releases.map(async (release) => images.set(release, await ensureImage(release, log))));

  const endGuard = keep ? () => {} : startGuard(id);
  try {
    const state = await reserve(id, hosts, keep);
    log(`lab ${id}: network ${addressOf(state.number, 0)}/24, ${address6Of(state.number, 0)}/64`);
    await allDone(
      state.hosts.map(async (host) => {
        await createDisk(state, host, images.get(host.release) as string);
        switchOn(state, host);
        await untilUp(state, host);
        log(`${host.name}: ${host.release} is up at ${addressOf(state.number, host.index)}`);
      }),
    );
    return openLab(state, async () => {
      await withLabLock(id, () => destroyLab(id));
      endGuard();
    });
  } catch (error) {
    await destroyLab(id);
    endGuard();
    throw error;
  }
}

// Waits for all of them, so that none goes on while what it works on is destroyed.
async function allDone(work: Promise<unknown>[]): Promise<void> {
  const results = await Promise.allSettled(work);
  const failed = results.find((result) => result.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}

// The state is written before anything else is made, so that everything made can be found.
async function reserve(id: string, hosts: LabOptions['hosts'], keep: boolean): Promise<LabState> {
  const owner = identify(process.pid);
  if (owner === undefined) throw new Error('this process is not in /proc');
  mkdirSync(labDirectory(id), { recursive: true, mode: 0o700 });
  await createKey(join(labDirectory(id), 'id_ed25519'));
  const state = await withSharedLock(async () => {
    raiseSysctls();
    const number = await findFreeNumber(labIds().flatMap((each) => readState(each)?.number ?? []));
    const described = await Promise.all(hosts.map((host, position) => describe(id, host, position + 1)));
    const reserved = { id, number, keep, owner, diskDirectory: diskDirectory(id), hosts: described };
    writeState(reserved);
    await createNetwork(number, id);
    return reserved;
  });
  writeFileSync(join(labDirectory(id), 'known_hosts'), knownHosts(state));
  return state;
}

async function describe(id: string, host: LabOptions['hosts'][number], index: number): Promise<HostState> {
  const directory = hostDirectory(id, host.name);
  mkdirSync(directory, { recursive: true });
  const key = join(directory, 'ssh_host_ed25519_key');
  await createKey(key);
  const hostKey = readFileSync(`${key}.pub`, 'utf8').trim().split(' ').slice(0, 2).join(' ');
  return { name: host.name, release: host.release, index, hostKey };
}

function knownHosts({ number, hosts }: LabState): string {
  const lines = hosts.map(
    ({ name, index, hostKey }) =>
      `${addressOf(number, index)},${address6Of(number, index)},${name} ${hostKey}\n`,
  );
  return lines.join('');
}

function openLab(state: LabState, destroy: () => Promise<void>): Lab {
  const hosts = state.hosts.map((host) => openHost(state, host));
  const host = (name: string) => {
    const found = hosts.find((each) => each.name === name);
    if (found === undefined)
      throw new Error(
        `Lab "${state.id}" has no host "${name}", only ${hosts.map((each) => each.name).join(', ')}.`,
      );
    return found;
  };
  return { id: state.id, hosts, host, destroy };
}

function checkNames(id: string, hosts: LabOptions['hosts']): void {
  if (!isLabId(id))
    throw new Error(`A lab's id is 1 to 30 lower-case letters, digits and dashes, not "${id}".`);
  const names = hosts.map(({ name }) => name);
  const wrong = names.find(
    (name, index) => !/^[a-z][a-z0-9-]{0,30}$/.test(name) || names.indexOf(name) !== index,
  );
  if (wrong !== undefined)
    throw new Error(`A host's name is unique, and lower-case letters, digits and dashes: not "${wrong}".`);
  if (hosts.length === 0 || hosts.length > 99)
    throw new Error(`A lab has 1 to 99 hosts, not ${hosts.length}.`);
}

function defaultId(): string {
  const { PULUMI_NSPAWN_LAB: id } = process.env;
  return id === undefined || id === '' ? `p${process.pid}` : id;
}

async function createKey(path: string): Promise<void> {
  await execa('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'pulumi-nspawn-lab', '-f', path]);
}
