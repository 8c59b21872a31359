import type { LabHost } from '../lab';

const places = [
  ...[
    '/var/lib/pulumi-nspawn',
    '/srv',
    '/etc/systemd',
    '/etc/sysctl.d',
    '/etc/modules-load.d',
    '/etc/NetworkManager',
  ],
  ...['/run/systemd/system', '/run/systemd/system.control', '/run/systemd/nspawn', '/run/pulumi-nspawn'],
];

/**
 * All that machines and their links can leave on a host: trees, files with their modes, units, interfaces, mounts. Locks
 * are there as long as the host runs.
 */
export const tracesOf = async (host: LabHost): Promise<string[]> => {
  const { stdout } = await host.sh(
    `find ${places.join(' ')} -xdev ! -path /run/pulumi-nspawn ! -path /run/systemd/system.control ! -path /run/systemd/nspawn ! -path '/run/systemd/system/systemd-nspawn@.service.d' ! -path '/run/systemd/nspawn/*' ! -name '*.lock' -printf '%M %U %G %p -> %l\\n' 2>/dev/null
    find /var/lib/machines -maxdepth 1 -printf '%M %p -> %l\\n'
    ls /var/log/journal /dev/shm 2>/dev/null
    systemctl list-unit-files --no-legend --plain 'systemd-nspawn@*' 'pulumi*' machines.target
    systemctl list-units --all --no-legend --plain 'systemd-nspawn@*' 'pulumi*' | awk '{ print $1, $2, $3, $4 }'
    ip -o link | cut -d' ' -f2 | cut -d@ -f1
    machinectl list --no-legend --no-pager | cut -d' ' -f1
    grep -o ' /var/lib/machines[^ ]*' /proc/mounts || :`,
  );
  return stdout.split('\n').sort();
};

/** What is not as it was: lines that have come, with a "+", and lines that have gone, with a "-". */
export const changesSince = async (host: LabHost, before: string[]): Promise<string[]> => {
  const now = await tracesOf(host);
  return [
    ...now.filter((line) => !before.includes(line)).map((line) => `+ ${line}`),
    ...before.filter((line) => !now.includes(line)).map((line) => `- ${line}`),
  ];
};

/**
 * All files of ours that last, with their content; but what is written beside its place, and in machines only what no machine
 * writes by itself.
 */
export const filesOf = async (host: LabHost): Promise<string[]> => {
  const { stdout } = await host.sh(
    `find /var/lib/pulumi-nspawn /etc/systemd /etc/sysctl.d /etc/modules-load.d /var/lib/machines/*/etc -xdev -type f ! -name '.*' \
      ! -name '*.new' ! -path '*/original.new/*' ! -path '*/frr-config.kept/*/running' ! -name machine-id ! -name '*-' \
      -exec sha256sum {} + 2>/dev/null || :`,
  );
  return stdout.split('\n').sort();
};

/** What changes when any file of a machine's is written again, or the machine starts again. */
export const inodesOf = async (host: LabHost, machine: string): Promise<string[]> => {
  const { stdout } = await host.sh(
    `find /var/lib/pulumi-nspawn /etc/systemd -path '*${machine}*' ! -type d ! -path '*/rootfs.manifest/*' -printf '%i %C@ %p\\n'
    find /var/lib/machines/${machine}/etc ! -type d ! -path '*/etc/machine-id' -printf '%i %C@ %p\\n' 2>/dev/null
    machinectl show -p Leader --value ${machine} 2>/dev/null || :`,
  );
  return stdout.split('\n').sort();
};
