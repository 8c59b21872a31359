/**
 * A fabric of routers on four hosts: how long it takes from nothing to all sessions Established, with no change, with one
 * router more, to refresh and to destroy; in how many round trips; what a router takes of memory; and how each grows.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { table } from '../demo/table';
import { openStack, type Stack } from '../deployer';
import { connectionTo } from '../e2e/hosts';
import type { Result } from '../engine/result';
import { type Lab, type LabHost, startLab } from '../lab';

/** Measures fabrics of these sizes, and prints a table. */
export const benchFleet = async (sizes: number[], say: (line: string) => void): Promise<void> => {
  const lab = await startLab({
    id: 'fleet',
    hosts: [
      { name: 'h1', release: 'bookworm' },
      { name: 'h2', release: 'trixie' },
      { name: 'h3', release: 'bookworm' },
      { name: 'h4', release: 'trixie' },
    ],
    log: say,
  });
  try {
    const columns: Record<string, string>[] = [];
    for (const size of sizes) {
      const column = await measureFabric(lab, size, say);
      columns.push(column);
    }
    const rows = Object.keys(columns[0] ?? {}).map((row) => [
      row,
      ...columns.map((column) => column[row] ?? ''),
    ]);
    say(`\n${table(['', ...sizes.map((size) => `${size} routers`)], rows)}`);
  } finally {
    await lab.destroy();
  }
};

const measureFabric = async (
  lab: Lab,
  size: number,
  say: (line: string) => void,
): Promise<Record<string, string>> => {
  const backendDir = mkdtempSync(join(tmpdir(), 'pulumi-nspawn-fleet-'));
  const stack = (count: number) =>
    openStack({
      dir: join(__dirname, 'programs/fabric'),
      stack: 'bench',
      backendDir,
      passphrase: 'bench',
      env: { PULUMI_NSPAWN_DEBUG: '1' },
      config: {
        'fabric:count': String(count),
        'fabric:hosts': { secret: JSON.stringify(lab.hosts.map(placeOf)) },
      },
    });
  const column: Record<string, string> = {};
  const measured = async (what: string, count: number, act: (stack: Stack) => Promise<Result>) => {
    const started = performance.now();
    const result = await act(await stack(count));
    const seconds = (performance.now() - started) / 1000;
    if (!result.ok) throw new Error(`${what}: ${JSON.stringify(result.errors, null, 2)}`);
    column[what] = `${seconds.toFixed(1)} s, ${tripsOf(result, lab)}`;
    say(`${size} routers: ${what}: ${column[what]}`);
    return result;
  };
  try {
    const made = await measured('from nothing to all Established', size, (it) => it.up());
    column.resources = String(made.steps.length);
    Object.assign(column, await memoryOf(lab));
    await measured('up, no change', size, (it) => it.up());
    await measured('refresh', size, (it) => it.refresh());
    await measured('one router more', size + 1, (it) => it.up());
    await measured('destroy', size + 1, (it) => it.destroy());
    return column;
  } finally {
    await (await stack(size)).destroy();
    rmSync(backendDir, { recursive: true });
  }
};

const placeOf = (host: LabHost) => ({
  name: host.name,
  connection: connectionTo(host),
  underlay: host.address,
});

/** The most round trips that were made to one host, and the operations in all of them. */
const tripsOf = ({ log }: Result, { hosts }: Lab): string => {
  const lines = [...log.matchAll(/\[nspawn\] (\S+): round trip (\d+): operations: (\d+)/g)];
  const operations = lines.reduce((sum, [, , , count]) => sum + Number(count), 0);
  const trips = Math.max(
    0,
    ...hosts.map(({ address }) => lines.filter(([, label]) => label?.includes(address)).length),
  );
  return `${trips} round trips a host, ${operations} operations`;
};

const memoryOf = async ({ hosts }: Lab): Promise<Record<string, string>> => {
  const seen = await Promise.all(
    hosts.map(async (host) => {
      const { stdout } = await host.sh(
        `machinectl list --no-legend | awk '{ print $1 }' | while read -r name; do
           group=/sys/fs/cgroup$(systemctl show -P ControlGroup "systemd-nspawn@$name.service")
           for pid in $(find "$group" -name cgroup.procs -exec cat {} +); do cat "/proc/$pid/smaps_rollup" 2>/dev/null; done |
             awk '/^Pss:/ { sum += $2 } END { print sum }'
         done`,
        { timeoutSeconds: 300 },
      );
      return stdout.trim().split('\n').filter(Boolean).map(Number);
    }),
  );
  const mebibytes = (kibibytes: number) => `${(kibibytes / 1024).toFixed(0)} MiB`;
  const all = seen.flat().sort((a, b) => a - b);
  return {
    'memory of a router (PSS), median': mebibytes(all[Math.floor(all.length / 2)] ?? 0),
    'routers and their memory on each host': seen
      .map((each) => `${each.length}: ${mebibytes(each.reduce((sum, one) => sum + one, 0))}`)
      .join(', '),
  };
};
