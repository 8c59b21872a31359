import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { execa } from 'execa';
import { labCgroup } from './cgroup';
import { diskDirectory } from './destroy';
import { bridgeName, machineName } from './network';
import { identify } from './process';
import { labDirectory } from './state';

/** What there is of a lab on this machine, a line each: processes, mounts, loop devices, links, tables, files. For tests of the lab. */
export async function findTraces(id: string, number: number): Promise<string[]> {
  const [bridge, machine] = [bridgeName(number), machineName(number, 0).slice(0, -1)];
  const marks = [labCgroup(id), labDirectory(id), diskDirectory(id), machine, `sweep.ts ${id}`];
  const isMarked = (line: string) =>
    marks.some((mark) => line.includes(mark)) || line.split(/\W+$|[\s:@]+/).includes(bridge);
  const of = async (kind: string, [command = '', ...argv]: string[]) => {
    const { stdout } = await execa(command, argv);
    return stdout
      .split('\n')
      .filter(isMarked)
      .map((line) => `${kind} ${line}`);
  };
  const files = [labDirectory(id), diskDirectory(id)].filter((path) => existsSync(path));
  return [
    ...processes().filter(isMarked),
    ...(await of('mount', ['cat', '/proc/self/mounts'])),
    ...(await of('loop', ['losetup', '--list', '--noheadings', '--output', 'NAME,BACK-FILE'])),
    ...(await of('link', ['ip', '-o', 'link', 'show'])),
    ...(await of('table', ['nft', 'list', 'tables'])),
    ...files.map((path) => `file ${path}`),
  ];
}

// A process inside a host is known by its cgroup; one of the lab's own by its arguments.
function processes(): string[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid);
  return pids.flatMap((pid) => {
    // A zombie waits for its parent, which is none of ours, to take notice.
    if (identify(Number(pid)) === undefined) return [];
    try {
      const [command, cgroup] = ['cmdline', 'cgroup'].map((name) =>
        readFileSync(`/proc/${pid}/${name}`, 'utf8'),
      );
      return [`process ${pid} ${command?.replaceAll('\0', ' ')} ${cgroup?.match(/^0::.*$/m)?.[0]}`];
    } catch {
      return [];
    }
  });
}
