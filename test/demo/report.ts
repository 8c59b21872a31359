import { setTimeout as delay } from 'node:timers/promises';
import type { LabHost } from '../lab';

/** A router and the host that it is on. */
export interface OnHost {
  name: string;
  host: LabHost;
}

interface Peer {
  state: string;
  remoteAs: number;
  pfxRcd?: number;
}

/** Waits until every BGP session of the routers is Established; false when the time is up. */
export const untilEstablished = async (machines: OnHost[], seconds: number): Promise<boolean> => {
  const deadline = performance.now() + seconds * 1000;
  for (;;) {
    const all = await Promise.all(machines.map(peersOf));
    const peers = all.flatMap((each) => Object.values(each));
    const up =
      all.every((each) => Object.keys(each).length > 0) &&
      peers.every(({ state }) => state === 'Established');
    if (up) return true;
    if (performance.now() > deadline) return false;
    await delay(250);
  }
};

/** Waits until packets go from one router's address to another's and back; false when the time is up. */
export const untilReached = async (
  machine: OnHost,
  from: string,
  to: string,
  seconds: number,
): Promise<boolean> => {
  const { exitCode } = await machine.host.sh(
    `${inside(machine.name)} ping -q -c 1 -i 0.2 -w ${seconds} -I ${from} ${to}`,
    { reject: false },
  );
  return exitCode === 0;
};

/** A row for each session: router, host, neighbour, its AS, state, prefixes received. */
export const sessions = async (machines: OnHost[]): Promise<string[][]> => {
  const rows = await Promise.all(
    machines.map(async (machine) =>
      Object.entries(await peersOf(machine)).map(([address, { state, remoteAs, pfxRcd }]) => [
        machine.name,
        machine.host.name,
        address,
        String(remoteAs),
        state,
        String(pfxRcd ?? ''),
      ]),
    ),
  );
  return rows.flat();
};

/** The hops from one router's address to another. */
export const trace = async ({ name, host }: OnHost, from: string, to: string): Promise<string> => {
  const { stdout } = await host.sh(`${inside(name)} traceroute -n -w 2 -q 1 -s ${from} ${to}`, {
    reject: false,
  });
  return stdout.trimEnd();
};

/** A row for each router: what it takes on disk and in memory. */
export const costs = async (machines: OnHost[]): Promise<string[][]> =>
  Promise.all(
    machines.map(async ({ name, host }) => {
      const { stdout } = await host.sh(
        `du -sx --apparent-size -B1 /var/lib/machines/${name} | cut -f1
         group=/sys/fs/cgroup$(systemctl show -P ControlGroup systemd-nspawn@${name}.service)
         pids=$(find "$group" -name cgroup.procs -exec cat {} +)
         for pid in $pids; do cat /proc/$pid/smaps_rollup 2>/dev/null; done | awk '/^Pss:/ { sum += $2 } END { print sum }'
         echo "$pids" | wc -l`,
      );
      const [bytes = 0, kibibytes = 0, processes = 0] = stdout.trim().split('\n').map(Number);
      return [
        name,
        `${(bytes / 1e6).toFixed(2)} MB`,
        `${(kibibytes / 1024).toFixed(0)} MiB`,
        String(processes),
      ];
    }),
  );

const peersOf = async ({ name, host }: OnHost): Promise<Record<string, Peer>> => {
  const { stdout, exitCode } = await host.sh(`${inside(name)} vtysh -c 'show bgp summary json'`, {
    reject: false,
  });
  if (exitCode !== 0) return {};
  try {
    return (
      (JSON.parse(stdout) as { ipv4Unicast?: { peers?: Record<string, Peer> } }).ipv4Unicast?.peers ?? {}
    );
  } catch {
    return {}; // bgpd is not ready to answer
  }
};

const inside = (machine: string) => `nsenter -t "$(machinectl show -p Leader --value ${machine})" -a --`;
