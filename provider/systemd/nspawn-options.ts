/**
 * Every option of systemd.nspawn(5) up to systemd 259, by section. This table is what the inputs `exec`, `files` and
 * `network` are checked by, rendered by and read back by. A machine reads them when it starts.
 *
 * Versions are those in which an option first appears in src/nspawn/nspawn-gperf.gperf.
 */
import { z } from 'zod';
import {
  argumentsKind,
  booleanKind,
  booleanOrEnumKind,
  booleanOrTextKind,
  enumKind,
  environmentKind,
  integerKind,
  type Kind,
  linesKind,
  numberOrTextKind,
  objectOf,
  option,
  pathKind,
  privileged,
  textKind,
  wordsKind,
} from './option';
import { timePattern } from './quantity';
import { quoteNspawnWord, splitNspawnWords } from './words';

// capabilities(7), Linux 6.12.
const capabilityNames =
  'CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL SETGID SETUID SETPCAP LINUX_IMMUTABLE NET_BIND_SERVICE ' +
  'NET_BROADCAST NET_ADMIN NET_RAW IPC_LOCK IPC_OWNER SYS_MODULE SYS_RAWIO SYS_CHROOT SYS_PTRACE SYS_PACCT SYS_ADMIN ' +
  'SYS_BOOT SYS_NICE SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG MKNOD LEASE AUDIT_WRITE AUDIT_CONTROL SETFCAP MAC_OVERRIDE ' +
  'MAC_ADMIN SYSLOG WAKE_ALARM BLOCK_SUSPEND AUDIT_READ PERFMON BPF CHECKPOINT_RESTORE';
const capability = `CAP_(${capabilityNames.replaceAll(' ', '|')})`;
const capabilities = () =>
  wordsKind(
    new RegExp(`^(${capability}|all)$`),
    'a capability such as "CAP_NET_ADMIN", or "all" (capabilities(7))',
  );
const signalNames =
  'HUP|INT|QUIT|ILL|TRAP|ABRT|BUS|FPE|KILL|USR1|SEGV|USR2|PIPE|ALRM|TERM|STKFLT|CHLD|CONT|STOP|TSTP|TTIN|TTOU|URG|XCPU|' +
  'XFSZ|VTALRM|PROF|WINCH|IO|PWR|SYS|RTMIN(\\+([12]?\\d|30))?|RTMAX(-([12]?\\d|30))?';
const limitOf: Record<string, string> = {
  bytes: '\\d+(\\.\\d+)?[KMGTPE]?|infinity',
  seconds: timePattern.source.slice(1, -1),
  microseconds: timePattern.source.slice(1, -1),
  nice: '[+-]?\\d{1,2}',
};
const rlimit = (unit: string, example: string) => {
  const one = limitOf[unit] ?? '\\d+|infinity';
  return numberOrTextKind(
    new RegExp(`^(${one})(:(${one}))?$`),
    `a limit in ${unit}, or "SOFT:HARD"${unit === 'nice' ? '' : ', or "infinity"'}, such as ${example}`,
  );
};
const interfaces = wordsKind(
  /^[^\s/:]{1,15}(:[^\s/:]{1,15})?$/,
  'an interface name of at most 15 characters, or "HOST:MACHINE"',
);
// Paths with ":" or "\" in them have a backslash before each, as systemd-nspawn(1) says of --bind=.
const mounts = linesKind(
  /^(\+?\/|:\/|[^:/+]).*/,
  '"SOURCE", "SOURCE:DESTINATION" or "SOURCE:DESTINATION:OPTIONS", such as "/srv/data:/data:idmap"',
);
const overlays = linesKind(/^.+:\/?.+/, '"LOWER:UPPER", "LOWER:…:UPPER:DESTINATION", such as "+/etc::/etc"');

/** `[Exec]`. */
export const execOptions = {
  /** Start the machine's init system. @default true, unless `processTwo` is */
  boot: option('Boot', 226, booleanKind()),
  /** Run on a snapshot of the rootfs that is removed at the end: nothing is kept. Not with `linkJournal` host or guest. */
  ephemeral: option('Ephemeral', 240, booleanKind()),
  /** Run the program as PID 2 under a stub init. Not with `boot`. */
  processTwo: option('ProcessTwo', 229, booleanKind()),
  /** The program and its arguments, or with `boot` the arguments of init. Nothing in them is expanded. */
  parameters: option('Parameters', 226, argumentsKind()),
  /** Environment of the machine's first process. Values are taken as they are, and stand in a file that only root reads. */
  environment: option('Environment', 226, environmentKind(quoteNspawnWord, splitNspawnWords, /^[^\0\r\n]*$/)),
  /** User inside the machine that runs the program. */
  user: option('User', 226, textKind(/^[A-Za-z0-9_][A-Za-z0-9_.-]*$/, 'a user name')),
  /** Working directory of the program: an absolute path in the machine. */
  workingDirectory: option('WorkingDirectory', 229, pathKind()),
  /** A directory of the rootfs that becomes `/`, or `NEW:OLD` (253), both absolute. */
  pivotRoot: option('PivotRoot', 233, textKind(/^\/[^:]*(:\/[^:]*)?$/, '"/new" or "/new:/old"')),
  /** Capabilities beside the default set, or `all`. @default CAP_NET_ADMIN and CAP_NET_RAW, which FRR needs */
  capability: privileged('Capability', 226, capabilities()),
  /** Capabilities to take out of the default set, or `all`. FRR needs CAP_SYS_ADMIN. */
  dropCapability: option('DropCapability', 226, capabilities()),
  /** Capabilities that a program without root gets. Not with `boot`. */
  ambientCapability: privileged(
    'AmbientCapability',
    248,
    wordsKind(new RegExp(`^${capability}$`), 'a capability such as "CAP_NET_ADMIN" (capabilities(7))'),
  ),
  /** Set no_new_privs: setuid programs in the machine lose their power. */
  noNewPrivileges: option('NoNewPrivileges', 239, booleanKind()),
  /** Signal that tells the machine to power off; with `processTwo` SIGINT or SIGRTMIN+3. @default SIGRTMIN+3 with `boot` */
  killSignal: option(
    'KillSignal',
    230,
    textKind(
      new RegExp(`^(SIG(${signalNames})|[1-9]|[1-5]\\d|6[0-4])$`),
      'a signal such as "SIGRTMIN+3" (signal(7))',
    ),
  ),
  /** Kernel personality: what `uname -m` says in there. */
  personality: option(
    'Personality',
    226,
    enumKind([
      'x86',
      'x86-64',
      'arm',
      'arm64',
      'ppc',
      'ppc-le',
      'ppc64',
      'ppc64-le',
      's390',
      's390x',
      'loongarch64',
    ]),
  ),
  /**
   * Machine ID for a rootfs whose `/etc/machine-id` is empty: 32 hexadecimal digits.
   * @default worked out from the resource's name, so that it is the same at each start; without it each start has another,
   * and with it another journal folder
   */
  machineID: privileged(
    'MachineID',
    226,
    textKind(
      /^([0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$/i,
      '32 hexadecimal digits, or a UUID',
    ),
  ),
  /**
   * User namespace: `"pick"` an unused range of 65536 UIDs, `true` the range that owns the rootfs, `"identity"` (249) the
   * host's own first 65536, `"managed"` (258), `false`/`"no"`, or a UID, or `"UID:RANGE"`. @default "pick"
   */
  privateUsers: privileged('PrivateUsers', 230, privateUsersKind()),
  /**
   * Report the machine as started only when its own init says that it is up. Off by default: links are put in once the
   * machine counts as started, and FRR wants them while it boots. `Machine.waitFor` waits in its own way.
   */
  notifyReady: option('NotifyReady', 231, booleanKind()),
  /** System calls to allow beside the default, or with a leading `~` to refuse; `@group` names a group. */
  systemCallFilter: option(
    'SystemCallFilter',
    235,
    wordsKind(/^~?@?[a-z0-9_-]+$/, 'a system call or "@group", the first with "~" to refuse them all'),
  ),
  /** CPU time. systemd.exec(5), as all limits here. */
  limitCPU: option('LimitCPU', 239, rlimit('seconds', '"1h"')),
  /** Size of files it makes. */
  limitFSIZE: option('LimitFSIZE', 239, rlimit('bytes', '"1G"')),
  /** Data segment. */
  limitDATA: option('LimitDATA', 239, rlimit('bytes', '"256M"')),
  /** Stack. */
  limitSTACK: option('LimitSTACK', 239, rlimit('bytes', '"8M"')),
  /** Core dumps. */
  limitCORE: option('LimitCORE', 239, rlimit('bytes', '0')),
  /** Resident set; no effect on Linux. */
  limitRSS: option('LimitRSS', 239, rlimit('bytes', '"256M"')),
  /** Open files. */
  limitNOFILE: option('LimitNOFILE', 239, rlimit('files', '"1024:524288"')),
  /** Address space. */
  limitAS: option('LimitAS', 239, rlimit('bytes', '"1G"')),
  /** Processes of the machine's root user. */
  limitNPROC: option('LimitNPROC', 239, rlimit('processes', '4096')),
  /** Locked memory. */
  limitMEMLOCK: option('LimitMEMLOCK', 239, rlimit('bytes', '"8M"')),
  /** File locks; no effect on Linux. */
  limitLOCKS: option('LimitLOCKS', 239, rlimit('locks', '1024')),
  /** Queued signals. */
  limitSIGPENDING: option('LimitSIGPENDING', 239, rlimit('signals', '4096')),
  /** Message queues. */
  limitMSGQUEUE: option('LimitMSGQUEUE', 239, rlimit('bytes', '"800K"')),
  /**
   * How far a process may raise its priority: a nice level with sign (`"-5"`), or 0 to 40. Without effect where
   * `privateUsers` shifts users (seen with systemd 252 and 257); frr.service's Nice=-5 needs it on neither.
   */
  limitNICE: option('LimitNICE', 239, rlimit('nice', '"-5"')),
  /** Real-time priority. */
  limitRTPRIO: option('LimitRTPRIO', 239, rlimit('levels', '0')),
  /** CPU time of a real-time process that does not sleep. */
  limitRTTIME: option('LimitRTTIME', 239, rlimit('microseconds', '"200ms"')),
  /** Out-of-memory score: -1000 (killed last) to 1000. Not with `privateUsers`: use `service.oomScoreAdjust`, which the machine inherits. */
  oomScoreAdjust: option('OOMScoreAdjust', 239, integerKind(-1000, 1000)),
  /** CPUs it may run on, such as `["0-1", "3"]`. `service.allowedCPUs` can be changed without a restart. */
  cpuAffinity: option(
    'CPUAffinity',
    239,
    wordsKind(/^\d{1,4}(-\d{1,4})?(,\d{1,4}(-\d{1,4})?)*$/, 'a CPU or a range, such as "0-1"'),
  ),
  /** Kernel host name. @default the machine's name */
  hostname: option(
    'Hostname',
    239,
    textKind(
      /^(?=.{1,64}$)[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*$/,
      'a host name',
    ),
  ),
  /** What becomes of the machine's `/etc/resolv.conf`. */
  resolvConf: option(
    'ResolvConf',
    239,
    enumKind([
      'off',
      'copy-host',
      'copy-static',
      'copy-uplink',
      'copy-stub',
      'replace-host',
      'replace-static',
      'replace-uplink',
      'replace-stub',
      'bind-host',
      'bind-static',
      'bind-uplink',
      'bind-stub',
      'delete',
      'auto',
    ]),
  ),
  /** What becomes of the machine's `/etc/localtime`. */
  timezone: option('Timezone', 239, enumKind(['off', 'copy', 'bind', 'symlink', 'delete', 'auto'])),
  /**
   * Link the machine's journal with the host's. @default "no": the template's try-guest leaves a link in the host's
   * /var/log/journal that nobody removes. `journalctl -M NAME` needs no link. The folder of `"host"` belongs to the host's
   * root: with `privateUsers`, and on systemd 257 always, the machine keeps its journal in memory instead.
   */
  linkJournal: option('LinkJournal', 239, enumKind(['no', 'host', 'try-host', 'guest', 'try-guest', 'auto'])),
  /** Make sync() do nothing in there: fast, and unsafe when the host loses power. */
  suppressSync: option('SuppressSync', 250, booleanKind()),
};

/** `[Files]`. */
export const filesOptions = {
  /** Mount the rootfs read-only. Not with `privateUsersOwnership: "chown"`. */
  readOnly: option('ReadOnly', 226, booleanKind()),
  /**
   * Keep nothing and begin with `/usr` alone (`true`), with the rootfs read-only and an empty `/var` (`"state"`), or with
   * the rootfs under what is written (`"overlay"`). `true` with the host's `/usr` needs the host's `/bin`, `/lib` and
   * `/lib64` in `bindReadOnly` too. Where `exec.privateUsers` shifts users, the first two need systemd 253, or
   * `privateUsersOwnership: "off"`.
   */
  volatile: option('Volatile', 226, booleanOrEnumKind(['state', 'overlay'])),
  /**
   * Paths of the host in the machine, writable: `SOURCE[:DESTINATION[:OPTIONS]]`. Options: rbind, norbind, noidmap, idmap
   * (250), rootidmap (252), owneridmap (256). `+/path` is in the rootfs; an empty source a temporary directory.
   */
  bind: privileged('Bind', 226, mounts),
  /**
   * The same, read-only. @default /usr and /etc/alternatives, with `norbind,idmap` when `exec.privateUsers` shifts users,
   * so that they belong to root in there and not to nobody
   */
  bindReadOnly: privileged('BindReadOnly', 226, mounts),
  /** Users of the host to make known in the machine, home directories with them. Needs `exec.privateUsers`. */
  bindUser: privileged('BindUser', 249, linesKind(/^[A-Za-z0-9_][A-Za-z0-9_.-]*$/, 'a user name')),
  /** Their shell: `true` theirs, `false` the default, or a path. */
  bindUserShell: privileged(
    'BindUserShell',
    258,
    booleanOrTextKind(/^\//, 'true, false, or an absolute path'),
  ),
  /** Memory file systems: `PATH[:OPTIONS]`. */
  temporaryFileSystem: privileged(
    'TemporaryFileSystem',
    226,
    linesKind(/^\/.*/, '"PATH" or "PATH:OPTIONS", such as "/var/cache:size=16M,mode=755"'),
  ),
  /** Paths in the machine that nothing may open. */
  inaccessible: privileged('Inaccessible', 242, linesKind(/^\/.*/, 'an absolute path')),
  /** Overlay mounts: `LOWER[:LOWER…]:UPPER[:DESTINATION]`. Users are not shifted in them (systemd #25886). */
  overlay: privileged('Overlay', 233, overlays),
  /** The same, read-only. */
  overlayReadOnly: privileged('OverlayReadOnly', 233, overlays),
  /**
   * How files come to belong to the machine's users: `"map"` (a mapped mount, files stay as they are), `"chown"` (all files
   * are changed; a start that is cut off leaves half of it, systemd #6292), `"auto"` map or else chown, `"off"`,
   * `"foreign"` (258). @default "auto" when `exec.privateUsers` shifts users; a .nspawn file without it means chown
   */
  privateUsersOwnership: privileged(
    'PrivateUsersOwnership',
    249,
    enumKind(['off', 'chown', 'map', 'auto', 'foreign']),
  ),
  /** The old form of `privateUsersOwnership`: chown or off. */
  privateUsersChown: privileged('PrivateUsersChown', 230, booleanKind()),
};

/** `[Network]`. Links of a topology are not here: VethPeering puts them in while the machine runs. */
export const networkOptions = {
  /** A network namespace of its own. @default true */
  private: option('Private', 226, booleanKind()),
  /** A veth pair to the host: `host0` in the machine, `ve-NAME` on the host. @default true */
  virtualEthernet: privileged('VirtualEthernet', 226, booleanKind()),
  /** More of them, `HOST[:MACHINE]`. Their MACs follow their order. */
  virtualEthernetExtra: privileged(
    'VirtualEthernetExtra',
    228,
    linesKind(
      /^[^\s/:]{1,15}(:[^\s/:]{1,15})?$/,
      'an interface name of at most 15 characters, or "HOST:MACHINE"',
    ),
  ),
  /** Interfaces of the host that move into the machine, `HOST` or `HOST:MACHINE` (254). They must be there at its start. */
  interface: privileged('Interface', 226, interfaces),
  /** MACVLAN interfaces on interfaces of the host. */
  macvlan: privileged('MACVLAN', 226, interfaces),
  /** IPVLAN interfaces on interfaces of the host. */
  ipvlan: privileged('IPVLAN', 226, interfaces),
  /** Bridge that the host's end of `virtualEthernet` joins. Not with `zone`. */
  bridge: privileged(
    'Bridge',
    226,
    textKind(/^[^\s/:]{1,15}$/, 'an interface name of at most 15 characters'),
  ),
  /** A bridge `vz-ZONE` which systemd makes for all machines of a zone. Not with `bridge`. */
  zone: privileged('Zone', 230, textKind(/^[^\s/:]{1,12}$/, 'a zone name of at most 12 characters')),
  /** Ports of the host that lead to the machine: `[tcp:|udp:]HOST[:MACHINE]`. Not reachable from the host's loopback. */
  port: privileged(
    'Port',
    226,
    linesKind(/^((tcp|udp):)?\d{1,5}(:\d{1,5})?$/, '"[tcp:|udp:]HOST[:MACHINE]", such as "udp:4789"'),
  ),
  /** Path of a network namespace to run in, with `private` and nothing else of this section. Not with shifted users. */
  namespacePath: privileged('NamespacePath', 259, pathKind()),
};

/** The schemas of the three sections. */
export const execSchema = objectOf(execOptions);
export const filesSchema = objectOf(filesOptions);
export const networkSchema = objectOf(networkOptions);

// A function that is declared last can still be used by the tables.
function privateUsersKind() {
  const error = 'accepted is "pick", "no", "yes", "identity", "managed", true, false, a UID, or "UID:RANGE"';
  return {
    schema: z.union(
      [
        z.boolean(),
        z.number().int().min(0).max(4294901759),
        z.string().regex(/^(yes|no|pick|identity|managed|\d{1,10}(:\d{1,10})?)$/, { error }),
      ],
      { error },
    ),
    write: (value: boolean | number | string) => [
      typeof value === 'boolean' ? (value ? 'yes' : 'no') : String(value),
    ],
    read: (texts) => texts.at(-1),
  } satisfies Kind;
}
