import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import type { Result } from '../engine/result';
import type { LabHost } from '../lab';

/** What an act took. Times are in seconds. */
export interface Usage {
  seconds: number;
  /** Of the host that was asked most often. */
  roundTrips: number;
  operations: number;
  megabytesSent: number;
  /** Of all hosts together, their machines with them. */
  hostCpu: number;
  /** Processes and threads that began on all hosts. */
  hostProcesses: number;
  /** Of the engine, the program and the provider. */
  ownCpu: number;
  /** The part of this machine's processors that was kept busy by others. */
  othersShare: number;
}

/** Does it, and tells what it took. */
export const measure = async (
  hosts: LabHost[],
  act: () => Promise<Result>,
): Promise<{ result: Result; usage: Usage }> => {
  const before = await look(hosts);
  const started = performance.now();
  const result = await act();
  const seconds = (performance.now() - started) / 1000;
  const after = await look(hosts);
  const [hostCpu, hostProcesses, ownCpu, allCpu] = after.map((value, index) => value - (before[index] ?? 0));
  const usage = {
    seconds,
    ...tripsOf(result, hosts),
    hostCpu: hostCpu as number,
    hostProcesses: hostProcesses as number,
    ownCpu: ownCpu as number,
    othersShare: Math.max(
      0,
      ((allCpu as number) - (hostCpu as number) - (ownCpu as number)) / seconds / availableParallelism(),
    ),
  };
  return { result, usage };
};

/** Processor time of hosts, processes begun on them, processor time of this process and its children, and of all there is. */
const look = async (hosts: LabHost[]): Promise<number[]> => {
  const seen = await Promise.all(
    hosts.map(async (host) => {
      // The last PID of a host's PID namespace: its machines' processes have one in there, too.
      const { stdout } = await host.sh(
        "awk '/^usage_usec/ { print $2 }' /sys/fs/cgroup/cpu.stat; cat /proc/sys/kernel/ns_last_pid",
      );
      return stdout.trim().split('\n').map(Number);
    }),
  );
  const sum = (index: number) => seen.reduce((total, each) => total + (each[index] ?? 0), 0);
  return [sum(0) / 1e6, sum(1), ownCpu(), allCpu()];
};

// proc_pid_stat(5): utime, stime, cutime, cstime; children count once they have ended.
const ownCpu = () => ticks(readFileSync('/proc/self/stat', 'utf8').replace(/^.*\) /s, ''), [11, 12, 13, 14]);
// proc_stat(5): user, nice, system; then idle and iowait; irq, softirq.
const allCpu = () => ticks(readFileSync('/proc/stat', 'utf8').split('\n', 1)[0] ?? '', [2, 3, 4, 7, 8]);
const ticks = (text: string, fields: number[]) => {
  const words = text.split(' ').map(Number);
  return fields.reduce((sum, field) => sum + (words[field] ?? 0), 0) / 100;
};

const tripsOf = ({ log }: Result, hosts: LabHost[]) => {
  const trips = [...log.matchAll(/\[nspawn\] (\S+): round trip \d+: operations: (\d+), bytes: (\d+)/g)].map(
    ([, label = '', operations, bytes]) => ({
      label,
      operations: Number(operations),
      bytes: Number(bytes),
    }),
  );
  return {
    roundTrips: Math.max(
      0,
      ...hosts.map(({ address }) => trips.filter(({ label }) => label.includes(address)).length),
    ),
    operations: trips.reduce((sum, { operations }) => sum + operations, 0),
    megabytesSent: trips.reduce((sum, { bytes }) => sum + bytes, 0) / 1e6,
  };
};
