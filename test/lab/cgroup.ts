import { readFileSync } from 'node:fs';
import { runInOwnMounts } from './mounts';
import { innermostPid } from './process';
import { type HostState, type LabState, readKeeper } from './state';

/** The cgroup of a lab, in the root of the cgroup v2 hierarchy. */
export function labCgroup(id: string): string {
  return `pulumi-nspawn-lab-${id}`;
}

/** The cgroup of a host, likewise. */
export function hostCgroup(lab: LabState, host: HostState): string {
  return `${labCgroup(lab.id)}/${host.name}`;
}

/** Kills everything in a cgroup and below it, and removes it. */
export async function removeCgroup(cgroup: string): Promise<void> {
  await runInOwnMounts('cgroup.sh', cgroup);
}

/** The host's systemd: its PID here, and the folder of its cgroup; undefined while the host is off or just starts. */
export function findLeader(lab: LabState, host: HostState): { pid: number; cgroup: string } | undefined {
  const keeper = readKeeper(lab.id, host.name);
  if (keeper === undefined) return undefined;
  // The keeper has the hierarchy mounted, wherever this machine has it.
  const cgroup = `/proc/${keeper.pid}/root/sys/fs/cgroup/${hostCgroup(lab, host)}/machine/payload/init.scope`;
  const pid = readPids(`${cgroup}/cgroup.procs`).find((each) => innermostPid(each) === 1);
  return pid === undefined ? undefined : { pid, cgroup };
}

function readPids(path: string): number[] {
  try {
    return readFileSync(path, 'utf8').split('\n').filter(Boolean).map(Number);
  } catch {
    return [];
  }
}
