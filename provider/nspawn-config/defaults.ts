import { createHash } from 'node:crypto';
import type { NspawnConfigInputs } from './schema';

type Section<K extends 'exec' | 'files' | 'network' | 'service'> = NonNullable<NspawnConfigInputs[K]>;

/** All that a machine is configured with. */
export interface Settings {
  exec: Section<'exec'>;
  files: Section<'files'>;
  network: Section<'network'>;
  service: Section<'service'>;
}

/** What a program gave, and the defaults for what it did not. */
export const settingsOf = (inputs: NspawnConfigInputs): Settings => {
  const { exec = {}, files = {}, network = {}, service = {} } = inputs;
  const defaults = defaultsFor(inputs);
  return {
    exec: { ...defaults.exec, ...exec },
    files: { ...defaults.files, ...files },
    network: { ...defaults.network, ...network },
    service: {
      ...defaults.service,
      ...service,
      // One variable more must not take away the one that a machine cannot do without.
      environment: { ...defaults.service.environment, ...service.environment },
    },
  };
};

/**
 * The article's configuration, and what it takes for that to work on Debian 12 and 13; each deviation says why. Some
 * depend on what was given: a default never contradicts it.
 */
export const defaultsFor = (inputs: NspawnConfigInputs): Settings => {
  const { machineName, owner, init, exec, files, network } = inputs;
  const namespaced = network?.namespacePath !== undefined;
  const privateUsers = exec?.privateUsers ?? (namespaced ? 'no' : 'pick');
  const volatile = files?.volatile ?? (init === 'tini' ? 'overlay' : undefined);
  return {
    exec: {
      ...(init === 'tini' ? tini : { boot: exec?.processTwo !== true }),
      capability: ['CAP_NET_ADMIN', 'CAP_NET_RAW'],
      privateUsers,
      hostname: machineName,
      // The rootfs has an empty /etc/machine-id, for which systemd-nspawn would invent another ID at each start; journald
      // then begins another folder of 8 MB each time. A rootfs with an ID of its own keeps that (systemd-nspawn(1), --uuid=).
      machineID: machineId(owner, machineName),
      // The template says try-guest, whose link in the host's /var/log/journal outlives the machine.
      linkJournal: 'no',
    },
    files: {
      ...(init === 'tini' ? { volatile: 'overlay' as const } : {}),
      bindReadOnly: ['/usr', '/etc/alternatives'].map((path) =>
        // Without idmap, /usr belongs to nobody in a shifted machine, and setuid programs lose their owner. idmap fails
        // with EBUSY when the path has mounts below it; norbind leaves those out (systemd-nspawn(1), --bind=; 252 and 257).
        shiftsUsers(privateUsers) ? `${path}:${path}:norbind,idmap` : path,
      ),
      ...(files?.privateUsersChown === undefined
        ? ownership(privateUsers, files?.readOnly === true || keepsNothing(volatile))
        : {}),
    },
    network:
      namespaced || network?.private === false
        ? { private: network?.private ?? true }
        : { private: true, virtualEthernet: true },
    service: {
      // systemd ignores a [Service] section in a .nspawn file; limits belong to the unit.
      cpuQuota: '50%',
      memoryMax: '256M',
      memorySwapMax: '512M',
      // Below 257 systemd-nspawn looks for the machine's systemd before /usr is mounted, finds none, and sets up cgroup v1,
      // which systemd in there cannot use (systemd PR #33987). Later releases do not look at it.
      environment: { SYSTEMD_NSPAWN_UNIFIED_HIERARCHY: '1' },
    },
  };
};

// systemd-nspawn kills what it does not boot, unless it is told of a signal to stop it with (on_orderly_shutdown() in
// nspawn.c), and takes it for up at once, unless it waits to be told (systemd-nspawn(1), --notify-ready=).
const tini: Settings['exec'] = {
  boot: false,
  parameters: ['/usr/bin/tini', '--', '/init.sh'],
  killSignal: 'SIGTERM',
  notifyReady: true,
};

/** Whether UIDs in the machine are other ones on the host. */
export const shiftsUsers = (privateUsers: Settings['exec']['privateUsers']): boolean =>
  ![undefined, false, 'no', 'identity', 0, '0'].includes(privateUsers) && !/^0:/.test(String(privateUsers));

// With pick, a .nspawn file means chown (settings_load()), which cannot be where nothing may be written. With a range it means
// that the tree has the range's owners already, which no tree of ours has before its first start.
const ownership = (
  privateUsers: Settings['exec']['privateUsers'],
  unwritable: boolean,
): Pick<Settings['files'], 'privateUsersOwnership'> => {
  if (!shiftsUsers(privateUsers)) return {};
  if (unwritable) return { privateUsersOwnership: 'auto' };
  return /^\d/.test(String(privateUsers)) ? { privateUsersOwnership: 'chown' } : {};
};

const keepsNothing = (volatile: Settings['files']['volatile']) =>
  volatile !== undefined && volatile !== false;

// In the form of a random UUID, which some programs want a machine ID to have.
const machineId = (owner: string, machineName: string) => {
  const digest = createHash('sha256').update(`machine-id\0${owner}\0${machineName}`).digest('hex');
  return `${digest.slice(0, 12)}4${digest.slice(13, 16)}8${digest.slice(17, 32)}`;
};
