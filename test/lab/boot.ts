import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { findLeader, hostCgroup, removeCgroup } from './cgroup';
import { diskPath, loopDevices } from './disk';
import { runOnHost } from './enter';
import { bridgeName, machineName } from './network';
import { identify } from './process';
import { type HostState, hostDirectory, type LabState, readKeeper, writeKeeper } from './state';
import { waitUntil } from './wait';

/** Switches a host on, and does not wait. The host does not depend on this process. */
export function switchOn(lab: LabState, host: HostState): void {
  const machine = machineName(lab.number, host.index);
  const places = [diskPath(lab, host), consolePath(lab, host), hostCgroup(lab, host)];
  const parameters = [...places, machine, bridgeName(lab.number), host.name];
  const keeper = execa('unshare', ['--mount', 'sh', join(__dirname, 'boot.sh'), ...parameters], {
    stdio: 'ignore',
    detached: true,
    cleanup: false,
    reject: false,
  });
  keeper.unref();
  const identity = keeper.pid === undefined ? undefined : identify(keeper.pid);
  if (identity !== undefined) writeKeeper(lab.id, host.name, identity);
}

/** Resolves when the host's systemd has done its start jobs and sshd answers; else throws with the end of the console. */
export async function untilUp(lab: LabState, host: HostState, limitSeconds = 60): Promise<void> {
  try {
    await waitUntil('its systemd has started everything', limitSeconds, async () => {
      if (readKeeper(lab.id, host.name) === undefined) throw new Error('it went off');
      if (findLeader(lab, host) === undefined) return false;
      const wait = ['systemctl', 'is-system-running', '--wait'];
      const { stdout } = await runOnHost(lab, host, wait, { reject: false, timeoutSeconds: limitSeconds });
      return stdout === 'running' || stdout === 'degraded';
    });
    // A cut host is up as well, and only itself can tell.
    await waitUntil('its sshd listens', limitSeconds, async () => {
      const listeners = await runOnHost(lab, host, ['ss', '-Hltn', 'sport = :22'], { reject: false });
      return listeners.stdout !== '';
    });
  } catch (error) {
    const end = readFileSync(consolePath(lab, host), 'utf8').slice(-2000);
    const why = (error as Error).message;
    throw new Error(
      `Host ${host.name} of lab ${lab.id} does not start: ${why}. The end of its console:\n${end}`,
      { cause: error },
    );
  }
}

/** Resolves when the host is off; what still runs after the limit is killed. */
export async function untilOff(lab: LabState, host: HostState, limitSeconds: number): Promise<void> {
  const isOff = () => readKeeper(lab.id, host.name) === undefined;
  await waitUntil(`${host.name} is off`, limitSeconds, isOff).catch(() => undefined);
  await kill(lab, host);
}

/** Kills everything on the host at once. Resolves when nothing holds its disk. */
export async function kill(lab: LabState, host: HostState): Promise<void> {
  await removeCgroup(hostCgroup(lab, host));
  const disk = diskPath(lab, host);
  await waitUntil(`nothing holds ${disk}`, 20, () => loopDevices((file) => file === disk).length === 0);
}

function consolePath(lab: LabState, host: HostState): string {
  return join(hostDirectory(lab.id, host.name), 'console.log');
}
