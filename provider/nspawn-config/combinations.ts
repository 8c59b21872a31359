import type { CheckFailure } from '../resource';
import { holdsUnknown, isRecord, isUnknown } from '../unknown';
import { settingsOf, shiftsUsers } from './defaults';
import type { NspawnConfigInputs } from './schema';

/**
 * Options that systemd-nspawn refuses together (verify_arguments() in src/nspawn/nspawn.c), or silently drops. It says so
 * only when the machine starts; here it shows in the preview.
 */
export const refusedCombinations = (inputs: NspawnConfigInputs): CheckFailure[] => {
  const { exec, files, network } = settingsOf(known(inputs));
  const failures: CheckFailure[] = [];
  // What hangs on an option that is not known yet is not refused: with a default in its place, it would be.
  const refuse = (when: boolean, property: string, reason: string, hangsOn: readonly string[] = []) => {
    if (when && !hangsOn.some((option) => isOpen(inputs, option))) failures.push({ property, reason });
  };
  const shifted = shiftsUsers(exec.privateUsers);
  const usersOff = exec.privateUsers === false || exec.privateUsers === 'no';
  const chown = files.privateUsersChown ?? exec.privateUsers === 'pick';
  const ownership = files.privateUsersOwnership ?? (chown ? 'chown' : undefined);
  const mounts = [...(files.bind ?? []), ...(files.bindReadOnly ?? []), ...(files.overlay ?? [])];
  const others = Object.entries(network).filter(
    ([option, value]) =>
      !['private', 'namespacePath'].includes(option) &&
      value !== false &&
      !(Array.isArray(value) && value.length === 0),
  );

  refuse(
    inputs.init === 'tini' && exec.boot === true,
    'exec.boot',
    'true cannot be combined with init "tini", which starts in the place of systemd: leave one out',
  );
  refuse(
    exec.boot === true && exec.processTwo === true,
    'exec.processTwo',
    'cannot be combined with exec.boot: init has to be PID 1',
  );
  refuse(
    exec.boot === true && (exec.ambientCapability?.length ?? 0) > 0,
    'exec.ambientCapability',
    'cannot be combined with exec.boot: init gives its services their capabilities',
    whatBoots,
  );
  refuse(
    exec.boot === true && exec.user !== undefined && exec.user !== 'root',
    'exec.user',
    'cannot be combined with exec.boot: init runs as root',
    whatBoots,
  );
  refuse(
    exec.boot === true && exec.workingDirectory !== undefined,
    'exec.workingDirectory',
    'cannot be combined with exec.boot: init runs in /',
    whatBoots,
  );
  refuse(
    !usersOff && exec.oomScoreAdjust !== undefined,
    'exec.oomScoreAdjust',
    // "Failed to adjust OOM score: Permission denied", seen on 252 and 257.
    'cannot be combined with exec.privateUsers, under which systemd-nspawn may not set it: use service.oomScoreAdjust, which the machine inherits',
    whoseUsers,
  );
  refuse(
    exec.ephemeral === true && exec.linkJournal !== undefined && /host|guest/.test(exec.linkJournal),
    'exec.linkJournal',
    `${JSON.stringify(exec.linkJournal)} cannot be combined with exec.ephemeral: nothing of the machine is kept`,
  );
  refuse(
    usersOff && (files.bindUser?.length ?? 0) > 0,
    'files.bindUser',
    'needs exec.privateUsers: users are mapped one by one',
    whoseUsers,
  );
  refuse(
    !shifted && ['chown', 'map'].includes(files.privateUsersOwnership ?? ''),
    'files.privateUsersOwnership',
    `${JSON.stringify(files.privateUsersOwnership)} needs exec.privateUsers, such as "pick"`,
    whoseUsers,
  );
  refuse(
    files.privateUsersOwnership !== undefined && files.privateUsersChown !== undefined,
    'files.privateUsersChown',
    'is the old form of files.privateUsersOwnership: give one of them',
  );
  for (const option of ['readOnly', 'volatile'] as const) {
    const value = files[option];
    refuse(
      shifted && ownership === 'chown' && value !== undefined && value !== false,
      `files.${option}`,
      'cannot be combined with files.privateUsersOwnership "chown", which has to write to the rootfs: use "auto" or "map"',
      [...whoseUsers, 'files.privateUsersOwnership', 'files.privateUsersChown', 'files.volatile', 'init'],
    );
  }
  refuse(
    shifted && files.volatile === 'overlay' && ownership === 'map',
    'files.privateUsersOwnership',
    // "ID mapped mounts are apparently not available", seen on 252 and 257 with Linux 6.18.
    '"map" cannot be combined with files.volatile "overlay", which cannot be mapped: leave it out',
    [...whoseUsers, 'files.volatile', 'init'],
  );
  refuse(
    files.volatile === true && mounts.some(isAt('/usr')) && !mounts.some(isAt('/bin')),
    'files.volatile',
    // base_filesystem_create() makes those links for what it finds in the rootfs's own /usr, before mounts are made.
    'true starts nothing with /usr from the host, to which it leaves out the links /bin, /lib and /lib64: use "overlay" or "state", or mount these from the host too',
    ['files.bind', 'files.bindReadOnly', 'files.overlay'],
  );
  refuse(
    exec.privateUsers === 'pick' && mounts.some(isAt('/')),
    'exec.privateUsers',
    '"pick" cannot be combined with a mount over /: the range is chosen by the rootfs. Give a UID',
    whoseUsers,
  );
  for (const option of ['bind', 'bindReadOnly'] as const) {
    refuse(
      !shifted &&
        exec.privateUsers !== 'identity' &&
        (files[option] ?? []).some((mount) => /[:,](owner|root)?idmap\b/.test(mount)),
      `files.${option}`,
      'idmap needs exec.privateUsers, such as "pick": without it there is nothing to map',
      whoseUsers,
    );
  }
  refuse(
    network.bridge !== undefined && network.zone !== undefined,
    'network.zone',
    'cannot be combined with network.bridge: the host has one end of the veth pair, and that can be in one bridge',
  );
  refuse(
    network.private === false && others.some(([option]) => option !== 'port'),
    'network.private',
    `false cannot be combined with ${others.map(([option]) => `network.${option}`).join(', ')}: a machine in the host's network has no links of its own`,
  );
  refuse(
    network.private === false && (network.port?.length ?? 0) > 0,
    'network.port',
    "needs network.private: in the host's network the machine listens on its ports itself",
  );
  if (network.namespacePath !== undefined) {
    refuse(
      others.length > 0,
      'network.namespacePath',
      `cannot be combined with ${others.map(([option]) => `network.${option}`).join(', ')}: the namespace has its interfaces already`,
    );
    refuse(
      !usersOff,
      'network.namespacePath',
      'cannot be combined with exec.privateUsers: the machine may not enter a namespace that belongs to other users (systemd #36363). Set exec.privateUsers to "no"',
      whoseUsers,
    );
  }
  return failures;
};

// What decides whether the machine boots, and whether its users are shifted: these, and what their defaults hang on.
const whatBoots = ['exec.boot', 'exec.processTwo', 'init'];
const whoseUsers = ['exec.privateUsers', 'network.namespacePath'];

const isOpen = (inputs: NspawnConfigInputs, option: string): boolean => {
  const [section = '', name] = option.split('.');
  const value = (inputs as Record<string, unknown>)[section];
  return isUnknown(value) || (name !== undefined && isRecord(value) && holdsUnknown(value[name]));
};

// An option that holds an unknown may turn out as anything: it is left out here, and checked when it is known.
const known = (inputs: NspawnConfigInputs): NspawnConfigInputs =>
  Object.fromEntries(
    Object.entries(inputs).map(([name, value]) => [name, isRecord(value) ? knownOf(value) : value]),
  ) as NspawnConfigInputs;
const knownOf = (section: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(section).filter(([, value]) => !holdsUnknown(value)));

// Of "SOURCE:DESTINATION[:OPTIONS]", where "\:" is no separator.
const isAt = (path: string) => (mount: string) => mount.split(/(?<!\\):/)[1] === path || mount === path;
