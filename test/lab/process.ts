import { readFileSync } from 'node:fs';

/** A process that is not mistaken for a later one with the same number. */
export interface ProcessIdentity {
  pid: number;
  /** In clock ticks since the kernel started, proc(5) field 22. */
  startTime: string;
}

/** Says which process has this number now; undefined when none has, or only a zombie. */
export function identify(pid: number): ProcessIdentity | undefined {
  const fields = statFields(pid);
  const [state, startTime] = [fields?.[0], fields?.[19]];
  if (startTime === undefined || state === 'Z' || state === 'X') return undefined;
  return { pid, startTime };
}

/** Whether that very process still runs. */
export function isAlive({ pid, startTime }: ProcessIdentity): boolean {
  return identify(pid)?.startTime === startTime;
}

/** The process's number in the innermost PID namespace it lives in. */
export function innermostPid(pid: number): number | undefined {
  const line = read(`/proc/${pid}/status`)?.match(/^NSpid:.*\s(\d+)$/m);
  return line?.[1] === undefined ? undefined : Number(line[1]);
}

// The command name, field 2, may hold spaces and parentheses: what follows the last one is safe to split.
function statFields(pid: number): string[] | undefined {
  const stat = read(`/proc/${pid}/stat`);
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
