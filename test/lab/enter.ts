import { join } from 'node:path';
import { execa } from 'execa';
import { findLeader } from './cgroup';
import type { HostState, LabState } from './state';
import type { RunOptions, RunResult } from './types';

/** Runs a command as root in the namespaces and the cgroup of a host's systemd. */
export async function runOnHost(
  lab: LabState,
  host: HostState,
  argv: string[],
  { input = '', reject = true, timeoutSeconds = 120 }: RunOptions = {},
): Promise<RunResult> {
  // The limit is kept on the host, where it reaches the command's children.
  const limited = ['timeout', '--kill-after=2', `${timeoutSeconds}`, ...argv];
  const result = await execa('sh', enter(lab, host, limited), { input, reject: false });
  const { stdout, stderr, exitCode = 128 } = result;
  if (reject && exitCode !== 0) {
    const timedOut = exitCode === 124 ? ` (the limit of ${timeoutSeconds} s)` : '';
    throw new Error(
      `${host.name}: ${argv.join(' ')}: exit ${exitCode}${timedOut}\n${stdout}\n${stderr}`.trim(),
    );
  }
  return { stdout, stderr, exitCode };
}

/** Gives the terminal to a command on a host, and returns its exit code. */
export async function runInTerminal(lab: LabState, host: HostState, argv: string[]): Promise<number> {
  const { exitCode = 128 } = await execa('sh', enter(lab, host, argv), { stdio: 'inherit', reject: false });
  return exitCode;
}

function enter(lab: LabState, host: HostState, argv: string[]): string[] {
  const leader = findLeader(lab, host);
  if (leader === undefined) throw new Error(`host ${host.name} is off`);
  return [join(__dirname, 'enter.sh'), `${leader.pid}`, leader.cgroup, ...argv];
}
