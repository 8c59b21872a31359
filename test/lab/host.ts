import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { kill, switchOn, untilOff, untilUp } from './boot';
import { findLeader } from './cgroup';
import { loseWrites } from './disk';
import { runOnHost } from './enter';
import { address6Of, addressOf, cutLink, restoreLink, takeLinkDown } from './network';
import { type HostState, type LabState, labDirectory, readKeeper } from './state';
import type { LabHost, RunOptions } from './types';
import { waitUntil } from './wait';

/** Password of the user `secretive`; image-customize.sh sets it. */
const password = 'correct horse battery';
const fill = readFileSync(join(__dirname, 'fill.sh'), 'utf8');
const unfill = readFileSync(join(__dirname, 'unfill.sh'), 'utf8');

/** A host as tests use it, in whichever process. */
export function openHost(lab: LabState, host: HostState): LabHost {
  const directory = labDirectory(lab.id);
  const run = (argv: string[], options?: RunOptions) => runOnHost(lab, host, argv, options);
  const start = async () => {
    if (readKeeper(lab.id, host.name) === undefined) switchOn(lab, host);
    await untilUp(lab, host);
  };
  return {
    name: host.name,
    release: host.release,
    address: addressOf(lab.number, host.index),
    address6: address6Of(lab.number, host.index),
    user: 'root',
    port: 22,
    privateKey: readFileSync(join(directory, 'id_ed25519'), 'utf8'),
    identityFile: join(directory, 'id_ed25519'),
    password,
    hostKey: host.hostKey,
    knownHostsFile: join(directory, 'known_hosts'),
    run,
    sh: (script, options) => run(['sh', '-c', script], options),
    start,
    stop: async () => {
      if (readKeeper(lab.id, host.name) !== undefined) await run(['systemctl', '--no-block', 'poweroff']);
      await untilOff(lab, host, 20);
    },
    reboot: async () => {
      await reboot(lab, host, run);
      await start();
    },
    powerCut: async () => {
      await cutPower(lab, host);
      await start();
    },
    cut: () => cutLink(lab.number, host.index),
    restore: () => restoreLink(lab.number, host.index),
    fill: async (path = '/var/lib/machines') => {
      await run(['sh', '-c', fill, 'sh', path]);
    },
    unfill: async (path = '/var/lib/machines') => {
      await run(['sh', '-c', unfill, 'sh', path]);
    },
  };
}

// The keeper boots the host again by itself. Where something on the host does not stop, the host is killed and started.
async function reboot(lab: LabState, host: HostState, run: LabHost['run']): Promise<void> {
  const before = findLeader(lab, host)?.pid;
  await run(['systemctl', '--no-block', 'reboot']);
  try {
    await waitUntil(`${host.name} goes down`, 30, () => findLeader(lab, host)?.pid !== before);
  } catch {
    await kill(lab, host);
  }
}

// Packets end first, writes next: nobody hears of the dying processes, and nothing that they still do is kept.
async function cutPower(lab: LabState, host: HostState): Promise<void> {
  await takeLinkDown(lab.number, host.index);
  await loseWrites(lab, host);
  await kill(lab, host);
}
