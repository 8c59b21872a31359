/**
 * The same small work on a host over our session and over what else is usual: an ssh for each operation, and OpenSSH's
 * own multiplexing (ControlMaster in ssh_config(5)). On a line as long as to another continent, dialling included.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { createSession } from '../../provider/host/session';
import { table } from '../demo/table';
import { connectionTo } from '../e2e/hosts';
import { slowLine } from '../faults/slow-line';
import { type LabHost, startLab } from '../lab';

const rounds = Number(process.env.ROUNDS ?? 5);
const roundTripMilliseconds = 100;
const look = readFileSync(join(__dirname, 'look.sh'), 'utf8');

/** Operations that know nothing of each other, 8 at a time as Pulumi asks for them on two cores; and those of one router. */
const works = [
  { title: '16 operations, 8 at a time', operations: 16, together: 8 },
  { title: '6, one after the other', operations: 6, together: 1 },
];

/** A way to run the work; `end` closes what it opened. */
type Way = (
  host: LabHost,
  port: number,
  folder: string,
) => { run: () => Promise<unknown>; end: () => Promise<unknown> };

const ours: Way = (host, port) => {
  const session = createSession({ ...connectionTo(host), host: '127.0.0.1', port });
  return { run: () => session.run({ action: 'look', script: '../test/bench/look.sh' }), end: session.close };
};

const ssh =
  (more: (folder: string) => string[]): Way =>
  (host, port, folder) => {
    const knownHosts = join(folder, 'known_hosts');
    writeFileSync(knownHosts, `[127.0.0.1]:${port} ${host.hostKey}\n`);
    const options = [
      ...[`UserKnownHostsFile=${knownHosts}`, `IdentityFile=${host.identityFile}`, `Port=${port}`],
      ...['BatchMode=yes', 'IdentitiesOnly=yes', ...more(folder)],
    ].flatMap((option) => ['-o', option]);
    return {
      run: () =>
        execa('ssh', [...options, 'root@127.0.0.1', 'sh'], {
          input: `put() { printf '%s %s\\n' "$1" "$2"; }\n${look}`,
        }),
      end: () => execa('ssh', [...options, '-O', 'exit', 'root@127.0.0.1'], { reject: false }),
    };
  };

const ways: Record<string, Way> = {
  'our session': ours,
  'ssh with ControlMaster': ssh((folder) => [
    'ControlMaster=auto',
    `ControlPath=${join(folder, 'master')}`,
    'ControlPersist=60',
  ]),
  'an ssh for each': ssh(() => ['ControlPath=none']),
};

/** Measures each way in turn, again and again, and prints medians and ratios. */
export const benchSession = async (say: (line: string) => void): Promise<void> => {
  const lab = await startLab({ id: 'bench-session', hosts: [{ name: 'h1', release: 'trixie' }], log: say });
  try {
    const host = lab.host('h1');
    for (const { title, operations, together } of works) {
      const seconds: Record<string, number[]> = {};
      for (let round = 0; round < rounds; round += 1) {
        for (const [name, way] of Object.entries(ways)) {
          const taken = await secondsOf(host, way, operations, together);
          seconds[name] = [...(seconds[name] ?? []), taken];
        }
      }
      const median = (name: string) => seconds[name]?.toSorted((a, b) => a - b)[rounds >> 1] ?? Number.NaN;
      const first = median('our session');
      say(`\n${title}, over a line of ${roundTripMilliseconds} ms there and back, median of ${rounds}:\n`);
      say(
        table(
          ['', 'seconds', 'ratio'],
          Object.keys(ways).map((name) => [
            name,
            median(name).toFixed(2),
            `${(median(name) / first).toFixed(1)} ×`,
          ]),
        ),
      );
    }
  } finally {
    await lab.destroy();
  }
};

const secondsOf = async (host: LabHost, way: Way, operations: number, together: number): Promise<number> => {
  const line = await slowLine(host.address, roundTripMilliseconds / 2);
  const folder = mkdtempSync(join(tmpdir(), 'pulumi-nspawn-session-'));
  const { run, end } = way(host, line.port, folder);
  try {
    const started = performance.now();
    let left = operations;
    const worker = async () => {
      while (left > 0) {
        left -= 1;
        await run();
      }
    };
    await Promise.all(Array.from({ length: together }, worker));
    return (performance.now() - started) / 1000;
  } finally {
    await end();
    line.close();
    rmSync(folder, { recursive: true });
  }
};
