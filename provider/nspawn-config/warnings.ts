import type { Settings } from './defaults';

/** What a user should know about a configuration that works all the same. */
export const warningsOf = (settings: Settings, host: { unifiedCgroups: boolean }): string[] => [
  ...rights(settings),
  ...caveats(settings),
  ...(host.unifiedCgroups ? [] : onlyUnified(settings)),
];

const rights = ({ exec, files, network }: Settings): string[] => [
  ...when(
    exec.privateUsers === false || exec.privateUsers === 'no' || exec.privateUsers === 'identity',
    'exec.privateUsers: root in the machine is root on the host',
  ),
  ...(exec.capability ?? [])
    .filter((capability) => powerful.has(capability))
    .map((capability) => `exec.capability: ${capability} lets the machine change the host`),
  ...when(
    (exec.systemCallFilter ?? []).some((call) => !call.startsWith('~')) &&
      !exec.systemCallFilter?.[0]?.startsWith('~'),
    'exec.systemCallFilter: the machine may make system calls that are refused by default',
  ),
  ...(files.bind ?? [])
    .filter((mount) =>
      /^\/(usr|etc|boot|var|root|home|dev|proc|sys|run|bin|sbin|lib|lib64)?\/?(:|$)/.test(mount),
    )
    .map((mount) => `files.bind: ${mount.split(':')[0]} of the host is writable in the machine`),
  ...when(network.private === false, "network.private: the machine is in the host's network"),
];

const powerful = new Set([
  'all',
  'CAP_SYS_MODULE',
  'CAP_SYS_RAWIO',
  'CAP_SYS_TIME',
  'CAP_BPF',
  'CAP_PERFMON',
  'CAP_SYSLOG',
]);

const caveats = ({ exec, network, service }: Settings): string[] => [
  ...when(
    exec.notifyReady === true && exec.boot === true,
    'exec.notifyReady: links come in only after the machine has booted',
  ),
  // 252 mounts the folder as it is; 257 maps its owner, but not its group, which files in it are to get.
  ...when(
    /host$/.test(exec.linkJournal ?? ''),
    `exec.linkJournal ${JSON.stringify(exec.linkJournal)}: with exec.privateUsers, and on systemd 257 always, the machine may not write to the host's folder and keeps its journal in memory; use "guest"`,
  ),
  // The stub init takes no other (seen on 252 and 257): the machine is killed at the end of service.timeoutStopSec.
  ...when(
    exec.processTwo === true && !/^(|SIGINT|2|SIGRTMIN\+[3-6])$/.test(exec.killSignal ?? ''),
    `exec.killSignal ${exec.killSignal}: does not stop a machine with exec.processTwo, whose stub init takes SIGINT and SIGRTMIN+3`,
  ),
  ...when((network.port?.length ?? 0) > 0, "network.port: not reachable from the host's own loopback"),
  ...when(
    (network.interface?.length ?? 0) > 0,
    'network.interface: the machine does not start while the interface is missing; VethPeering has no such need',
  ),
  ...Object.keys(service.extra ?? {})
    .filter((key) => /^Limit[A-Z]/.test(key))
    .map(
      (key) =>
        `service.extra.${key}: limits of the unit do not reach the machine (systemd #17263); use exec.limit…`,
    ),
  ...when(
    (service.ipAddressAllow ?? service.ipAddressDeny) !== undefined && network.private !== false,
    "service.ipAddressAllow, ipAddressDeny: count only for a machine in the host's network",
  ),
];

// Limits that only the unified hierarchy has (systemd.resource-control(5)).
const onlyUnified = ({ service }: Settings): string[] =>
  (
    [
      'memoryMin',
      'memoryLow',
      'memoryHigh',
      'memorySwapMax',
      'memoryZSwapMax',
      'allowedCPUs',
      'allowedMemoryNodes',
    ] as const
  )
    .filter((property) => service[property] !== undefined && service[property] !== false)
    .map((property) => `service.${property}: has no effect on this host, which does not use cgroup v2 alone`);

const when = (holds: boolean, text: string): string[] => (holds ? [text] : []);
