/**
 * Settings of the machine's unit, `systemd-nspawn@NAME.service`, which go to its drop-in. Those of
 * systemd.resource-control(5) take effect on a running machine; see provider/nspawn-config/apply.sh for how. The others
 * are for its next start.
 */
import { z } from 'zod';
import {
  booleanKind,
  booleanOrEnumKind,
  enumKind,
  environmentKind,
  integerKind,
  type Kind,
  limitKind,
  linesKind,
  live,
  objectOf,
  option,
  reloaded,
  textKind,
  wordsKind,
} from './option';
import {
  amountPattern,
  quotaPattern,
  quotaWords,
  setPattern,
  setWords,
  sizeAboveZeroPattern,
  sizePattern,
  sizeWords,
  timePattern,
  timeWords,
} from './quantity';
import { isKey, valueFault } from './unit-file';
import { quoteUnitWord, splitUnitWords } from './words';

const size = () => limitKind(sizePattern, sizeWords);
const sizeAboveZero = () => limitKind(sizeAboveZeroPattern, `${sizeWords}, above zero`);
const time = () => limitKind(timePattern, timeWords);
const weight = () => limitKind(/^([1-9]\d{0,3}|10000)$/, 'a weight from 1 to 10000');
const weightOrIdle = () =>
  limitKind(/^(idle|[1-9]\d{0,3}|10000)$/, 'a weight from 1 to 10000, or "idle" (252)');
const set = () => limitKind(setPattern, setWords);
const perDevice = (value: RegExp, unit: string, example: string) =>
  linesKind(
    new RegExp(`^/\\S+ ${value.source.replace(/^\^|\$$/g, '')}$`),
    `a device or a file on it, and ${unit}, such as "${example}"`,
  );
// One a line: of several, `systemctl set-property` takes no words.
const addresses = () =>
  linesKind(
    /^(any|localhost|link-local|multicast|[0-9a-fA-F]*[.:][0-9a-fA-F.:]*(\/\d{1,3})?)$/,
    'an address with or without its prefix length, or any, localhost, link-local, multicast',
  );
const sockets = () =>
  linesKind(
    /^(any|(ipv4:|ipv6:)?(tcp|udp)(:\d{1,5}(-\d{1,5})?)?|(ipv4:|ipv6:)?\d{1,5}(-\d{1,5})?|ipv4|ipv6)$/,
    'any, or [ipv4:|ipv6:][tcp:|udp:]PORT[-PORT], such as "tcp:179"',
  );
const command = () => linesKind(/^\S.*$/, 'a command line in the syntax of systemd.service(5)');

/** Settings that take effect on a running machine: systemd.resource-control(5). */
export const liveSettings = {
  /** Count CPU time. */
  cpuAccounting: live('CPUAccounting', 247, booleanKind()),
  /** Share of CPU time when CPUs are short, 1 to 10000. @default 100 */
  cpuWeight: live('CPUWeight', 247, weightOrIdle()),
  /** The same while the host boots. */
  startupCpuWeight: live('StartupCPUWeight', 247, weightOrIdle()),
  /** CPU time a machine may use at most, as a share of one CPU. `false`: no limit. @default "50%" */
  cpuQuota: live('CPUQuota', 247, limitKind(quotaPattern, quotaWords)),
  /** Over which time `cpuQuota` is kept. @default 100 ms */
  cpuQuotaPeriodSec: live('CPUQuotaPeriodSec', 247, time()),
  /** CPUs it may run on, such as "0-1". Needs cgroup v2. */
  allowedCPUs: live('AllowedCPUs', 247, set()),
  /** The same while the host boots. */
  startupAllowedCPUs: live('StartupAllowedCPUs', 252, set()),
  /** Memory nodes it may use. Needs cgroup v2. */
  allowedMemoryNodes: live('AllowedMemoryNodes', 247, set()),
  /** The same while the host boots. */
  startupAllowedMemoryNodes: live('StartupAllowedMemoryNodes', 252, set()),
  /** Count memory. */
  memoryAccounting: live('MemoryAccounting', 247, booleanKind()),
  /** Memory that is never taken away: bytes, "64M", "10%". Needs cgroup v2. */
  memoryMin: live('MemoryMin', 247, size()),
  /** Memory that is taken away only when no other is left. Needs cgroup v2. */
  memoryLow: live('MemoryLow', 247, size()),
  /** Memory above which it is slowed down and made to give back. Needs cgroup v2. */
  memoryHigh: live('MemoryHigh', 247, sizeAboveZero()),
  /** Memory at most; above it processes are killed. `false` or "infinity": no limit. @default "256M" */
  memoryMax: live('MemoryMax', 247, sizeAboveZero()),
  /** Swap at most. Needs cgroup v2. `false` or "infinity": no limit. @default "512M" */
  memorySwapMax: live('MemorySwapMax', 247, size()),
  /** Compressed memory at most. Needs cgroup v2. */
  memoryZSwapMax: live('MemoryZSwapMax', 253, size()),
  /** Whether compressed memory may be written to swap. Needs cgroup v2. */
  memoryZSwapWriteback: live('MemoryZSwapWriteback', 256, booleanKind()),
  /** Memory limits while the host boots. */
  startupMemoryLow: reloaded('StartupMemoryLow', 254, size()),
  /** Memory limits while the host boots. */
  startupMemoryHigh: reloaded('StartupMemoryHigh', 254, sizeAboveZero()),
  /** Memory limits while the host boots. */
  startupMemoryMax: reloaded('StartupMemoryMax', 254, sizeAboveZero()),
  /** Memory limits while the host boots. */
  startupMemorySwapMax: reloaded('StartupMemorySwapMax', 254, size()),
  /** The same of compressed memory. */
  startupMemoryZSwapMax: reloaded('StartupMemoryZSwapMax', 254, size()),
  /** `memoryMin` of units below it; of no use for a machine, which has none that its host knows. */
  defaultMemoryMin: live('DefaultMemoryMin', 247, size()),
  /** `memoryLow` of units below it, likewise. */
  defaultMemoryLow: live('DefaultMemoryLow', 247, size()),
  /** The same while the host boots. */
  defaultStartupMemoryLow: reloaded('DefaultStartupMemoryLow', 254, size()),
  /** Count tasks. */
  tasksAccounting: live('TasksAccounting', 247, booleanKind()),
  /** Processes and threads at most, or a share of what the host can have. @default 16384, from the template */
  tasksMax: live(
    'TasksMax',
    247,
    limitKind(/^(?!0+%?$)(\d+|100%|\d{1,2}%|infinity)$/, 'a number, a share such as "10%", or "infinity"'),
  ),
  /** Count disk traffic. */
  ioAccounting: live('IOAccounting', 247, booleanKind()),
  /** Share of disk time, 1 to 10000. Needs cgroup v2. @default 100 */
  ioWeight: live('IOWeight', 247, weight()),
  /** The same while the host boots. */
  startupIoWeight: live('StartupIOWeight', 247, weight()),
  /** The same for a device: `"/dev/vda 200"`. */
  ioDeviceWeight: live(
    'IODeviceWeight',
    247,
    perDevice(/^([1-9]\d{0,3}|10000)$/, 'a weight', '/dev/vda 200'),
  ),
  /** Bytes a second read at most: `"/dev/vda 10M"`. */
  ioReadBandwidthMax: live(
    'IOReadBandwidthMax',
    247,
    perDevice(amountPattern, 'bytes a second', '/dev/vda 10M'),
  ),
  /** Bytes a second written at most. */
  ioWriteBandwidthMax: live(
    'IOWriteBandwidthMax',
    247,
    perDevice(amountPattern, 'bytes a second', '/dev/vda 10M'),
  ),
  /** Reads a second at most. */
  ioReadIOPSMax: live('IOReadIOPSMax', 247, perDevice(amountPattern, 'operations a second', '/dev/vda 1K')),
  /** Writes a second at most. */
  ioWriteIOPSMax: live('IOWriteIOPSMax', 247, perDevice(amountPattern, 'operations a second', '/dev/vda 1K')),
  /** Latency to aim at: `"/dev/vda 25ms"`. */
  ioDeviceLatencyTargetSec: live(
    'IODeviceLatencyTargetSec',
    247,
    perDevice(timePattern, 'a time', '/dev/vda 25ms'),
  ),
  /** Count IP traffic. */
  ipAccounting: live('IPAccounting', 247, booleanKind()),
  /** Addresses that it may talk to. Only of use without a network namespace of its own (`network.private: false`). */
  ipAddressAllow: live('IPAddressAllow', 247, addresses()),
  /** Addresses that it may not talk to; likewise. systemd takes a filter away altogether only at the next start. */
  ipAddressDeny: live('IPAddressDeny', 247, addresses()),
  /** What systemd-oomd does when swap is short. */
  managedOOMSwap: live('ManagedOOMSwap', 247, enumKind(['auto', 'kill'])),
  /** What systemd-oomd does under memory pressure. */
  managedOOMMemoryPressure: live('ManagedOOMMemoryPressure', 247, enumKind(['auto', 'kill'])),
  /** At which pressure. */
  managedOOMMemoryPressureLimit: live(
    'ManagedOOMMemoryPressureLimit',
    247,
    limitKind(/^(100|\d{1,2}(\.\d{1,2})?)%$/, 'a share such as "60%"'),
  ),
  /** For how long. @default what oomd.conf(5) says */
  managedOOMMemoryPressureDurationSec: live('ManagedOOMMemoryPressureDurationSec', 257, time()),
  /** Whether systemd-oomd spares it. */
  managedOOMPreference: live('ManagedOOMPreference', 248, enumKind(['none', 'avoid', 'omit'])),
  /** Which devices may be opened. @default "closed", from the template, which allows /dev/net/tun and few others */
  devicePolicy: live('DevicePolicy', 247, enumKind(['auto', 'closed', 'strict'])),
  /** More devices: `"/dev/fuse rwm"`. For its node in the machine's /dev, which is there from the start, `files.bind`. */
  deviceAllow: live(
    'DeviceAllow',
    247,
    linesKind(
      /^(\/dev\/|char-|block-)\S+( [rwm]{1,3})?$/,
      'a device and its rights, such as "/dev/fuse rwm"',
    ),
  ),
  /** Controllers that nothing in it may use: `["io"]`. */
  disableControllers: live(
    'DisableControllers',
    247,
    wordsKind(
      /^(cpu|cpuacct|cpuset|io|blkio|memory|devices|pids|bpf-firewall|bpf-devices|bpf-foreign|bpf-socket-bind|bpf-restrict-network-interfaces)$/,
      'a controller such as "io"',
    ),
  ),
  /** Ports that it may bind, where `socketBindDeny` forbids: `"tcp:179"`. */
  socketBindAllow: live('SocketBindAllow', 249, sockets()),
  /** Ports that it may not bind: `"any"`, `"udp:1-1023"`. */
  socketBindDeny: live('SocketBindDeny', 249, sockets()),
  /** Interfaces of the host that it may use; with a leading `~`, those that it may not. Of use with `network.private: false`. */
  restrictNetworkInterfaces: live(
    'RestrictNetworkInterfaces',
    250,
    wordsKind(/^~?[^\s/:~]{1,15}$/, 'an interface name, the first with "~" to forbid them all'),
  ),
  /** Sets of nftables that hold its cgroup: `"cgroup:inet:filter:routers"`. */
  nftSet: live(
    'NFTSet',
    255,
    linesKind(/^(cgroup|user|group):(arp|bridge|inet|ip|ip6|netdev):\w+:\w+$/, '"cgroup:FAMILY:TABLE:SET"'),
  ),
};

/** Settings for the next start of the machine: systemd.service(5), systemd.exec(5), systemd.kill(5). */
export const startSettings = {
  /** When systemd starts it again by itself; the template never does. */
  restart: option(
    'Restart',
    247,
    enumKind(['no', 'always', 'on-success', 'on-failure', 'on-abnormal', 'on-abort', 'on-watchdog']),
  ),
  /** How long to wait before that. */
  restartSec: option('RestartSec', 247, time()),
  /** How long a start may take. The first start of a large rootfs whose files are chowned needs more. */
  timeoutStartSec: option('TimeoutStartSec', 247, time()),
  /** How long a stop may take before the machine is killed. */
  timeoutStopSec: option('TimeoutStopSec', 247, time()),
  /** Without a sign of life for so long, systemd-nspawn is killed. @default 3min, from the template */
  watchdogSec: option('WatchdogSec', 247, time()),
  /**
   * Environment of systemd-nspawn itself. Variables are added to the default ones; `false` takes one out.
   * @default SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1: below systemd 257 nspawn looks for the machine's systemd before /usr is
   * mounted, finds none, and gives it cgroup v1 (systemd PR #33987)
   */
  environment: option('Environment', 247, environmentKind(quoteUnitWord, splitUnitWords, /^[^\0\r\n]*$/)),
  /** Files with more of it; with `-` in front they may be missing. */
  environmentFile: option(
    'EnvironmentFile',
    247,
    linesKind(/^-?\/.*/, 'an absolute path, "-" before it if it may be missing'),
  ),
  /** Commands before the start. */
  execStartPre: option('ExecStartPre', 247, command()),
  /** Commands after the start. */
  execStartPost: option('ExecStartPost', 247, command()),
  /** Commands after the end. */
  execStopPost: option('ExecStopPost', 247, command()),
  /** Priority of systemd-nspawn: -20 to 19. */
  nice: option('Nice', 247, integerKind(-20, 19)),
  /** Out-of-memory score of systemd-nspawn, -1000 (killed last) to 1000; the machine inherits it. */
  oomScoreAdjust: option('OOMScoreAdjust', 247, integerKind(-1000, 1000)),
  /** What happens when one of its processes is killed for want of memory. */
  oomPolicy: option('OOMPolicy', 247, enumKind(['continue', 'stop', 'kill'])),
  /** The slice that it counts against. @default machine.slice, from the template */
  slice: option(
    'Slice',
    247,
    textKind(/^[A-Za-z0-9:_.\\-]+\.slice$/, 'a slice unit, such as "machine-routers.slice"'),
  ),
  /** Path in the BPF file system of a program that sees what it receives. */
  ipIngressFilterPath: option('IPIngressFilterPath', 247, linesKind(/^\//, 'an absolute path')),
  /** Path in the BPF file system of a program that sees what it sends. */
  ipEgressFilterPath: option('IPEgressFilterPath', 247, linesKind(/^\//, 'an absolute path')),
  /** BPF programs by their kind: `"egress:/sys/fs/bpf/x"`. */
  bpfProgram: option('BPFProgram', 249, linesKind(/^[a-z0-9_]+:\/.*/, '"KIND:PATH"')),
  /** Whether systemd-nspawn is told of memory pressure. */
  memoryPressureWatch: option('MemoryPressureWatch', 254, booleanOrEnumKind(['auto', 'skip'])),
  /** From how much of it on. */
  memoryPressureThresholdSec: option('MemoryPressureThresholdSec', 254, time()),
};

/** `[Service]`, but for `extra`. */
export const serviceOptions = { ...liveSettings, ...startSettings };

/** Any other setting of `[Service]`, by systemd's own key, in its own syntax. */
export const extraKind = {
  schema: z.record(
    z
      .string()
      .refine((key) => isKey(key), { error: 'accepted is a key of [Service], such as "LogLevelMax"' })
      .refine((key) => !ownKeys.has(key), {
        error: 'accepted is a key that service has no property for: use that one',
      }),
    z.union([extraText(), z.array(extraText())], {
      error: 'accepted is a text of one line, or a list of such',
    }),
  ),
  write: (value: string | string[]) => [value].flat(),
  read: (texts) => (texts.length === 1 ? texts[0] : [...texts]),
} satisfies Kind;

function extraText() {
  return z.string().refine((text) => valueFault(text) === undefined, {
    error: 'accepted is one line without blanks at its ends or a backslash at its end',
  });
}

const ownKeys = new Set(Object.values(serviceOptions).map(({ key }) => key));

/** The schema of `service`. */
export const serviceSchema = objectOf(serviceOptions).extend({
  /**
   * Any other setting of `[Service]`: systemd's key → its text, or a list for one line each; `""` resets what the
   * template has. It is checked by systemd on the host before anything is changed, and needs a restart.
   */
  extra: extraKind.schema.optional(),
});
