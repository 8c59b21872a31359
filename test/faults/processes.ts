import { readdirSync, readFileSync } from 'node:fs';

/** The processes that have a text in their environment: all that a run has started, also those whose parents have died. */
export const processesWith = (mark: string): number[] =>
  readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number)
    .filter((pid) => read(pid, 'environ').includes(mark));

/** A process's words, each ended by a NUL; empty where it has ended. */
export const commandOf = (pid: number): string => read(pid, 'cmdline');

/** Ends them as the kernel does when it is out of memory. */
export const kill = (pids: number[]): void => {
  for (const pid of pids) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has just ended.
    }
  }
};

const read = (pid: number, file: string): string => {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
};
