import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** A secret in a process list. */
export interface Seen {
  where: 'cmdline' | 'environ' | 'key';
  /** The secret's name. */
  secret: string;
  /** The environment variable that holds it, the key that it looks like, or "-". */
  variable: string;
  /** The cgroup of the process: whose it is. */
  cgroup: string;
  command: string;
}

/** Watches every process that begins, here and on the hosts of a lab, for texts by their names. */
export const watchProcesses = async (lab: string, secrets: Record<string, string>) => {
  const child = spawn('chrt', ['--fifo', '10', 'perl', join(__dirname, 'watch-processes.pl')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const seen: Seen[] = [];
  let execs = 0;
  let isReady = () => {};
  const ready = new Promise<void>((resolve) => {
    isReady = resolve;
  });
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (line === 'ready') return isReady();
    if (line.startsWith('execs ')) execs = Number(line.slice(6));
    else {
      const [where = '', secret = '', variable = '', cgroup = '', command = ''] = line.split('\t');
      // Of other labs on this machine nothing is of interest.
      if (!/\/pulumi-nspawn-lab-/.test(cgroup) || cgroup.includes(`/pulumi-nspawn-lab-${lab}/`))
        seen.push({ where: where as Seen['where'], secret, variable, cgroup, command });
    }
  });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const failed = ended.then((code) => Promise.reject(new Error(`the watcher ended with status ${code}`)));
  failed.catch(() => {});
  child.stdin.write(
    `${Object.entries(secrets)
      .map(([name, text]) => `${name}\t${text}\n`)
      .join('')}\n`,
  );
  await Promise.race([ready, failed]);
  return {
    seen,
    /** Ends it. How many programs it has looked at. */
    stop: async (): Promise<number> => {
      child.stdin.end();
      const code = await ended;
      if (code !== 0) throw new Error(`the watcher ended with status ${code}`);
      return execs;
    },
  };
};
