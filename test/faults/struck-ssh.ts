/**
 * Stands in front of ssh, and strikes at one operation of a run: strike.ts starts it. What a host session sends and gets is
 * passed on, and read on the way: requests are "NONCE ID LENGTH" and LENGTH bytes, answers lines "NONCE ID KIND …" (loop.sh).
 */
import { spawn } from 'node:child_process';
import { appendFileSync, readFileSync } from 'node:fs';

const { file, at, moment, victim } = JSON.parse(process.env.STRIKE ?? '{}');
const ssh = spawn('/usr/bin/ssh', process.argv.slice(2), { stdio: ['pipe', 'pipe', 'inherit'] });

// The operation that is struck, once it has come by.
let struck: string | undefined;

const strike = () => {
  appendFileSync(`${file}.struck`, '');
  const ours = [process.pid, ssh.pid as number];
  const provider = process.ppid;
  const pids = { ssh: ours, engine: aboveOf(provider), client: [...aboveOf(provider), provider, ...ours] }[
    victim as 'ssh' | 'engine' | 'client'
  ];
  // The own process last.
  for (const pid of pids.sort((one, other) => Number(one === process.pid) - Number(other === process.pid)))
    process.kill(pid, 'SIGKILL');
};

// The engine: all above the provider that belongs to the same run.
const aboveOf = (pid: number): number[] => {
  const [, parent] = /^\d+ \(.*\) \S (\d+)/s.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? [];
  const above = Number(parent);
  const same = readFileSync(`/proc/${above}/environ`, 'utf8').includes(`TEST_RUN=${process.env.TEST_RUN}`);
  return same ? [above, ...aboveOf(above)] : [];
};

// Whether it is to go on to the host.
const request = (id: string): void => {
  if (!/^\d+$/.test(id)) return;
  appendFileSync(file, `${id}\n`);
  if (readFileSync(file, 'utf8').split('\n').length - 1 !== at) return;
  if (moment === 'before') strike();
  struck = id;
};

const answer = (id: string, kind: string): void => {
  if (id !== struck) return;
  if (moment === 'begun' || kind === 'end') {
    struck = undefined;
    strike();
  }
};

let sent = Buffer.alloc(0);
let skip = 0;
process.stdin.on('data', (bytes: Buffer) => {
  sent = Buffer.concat([sent, bytes]);
  for (;;) {
    const head = sent.subarray(0, skip);
    ssh.stdin.write(head);
    sent = sent.subarray(head.length);
    skip -= head.length;
    const end = sent.indexOf('\n');
    if (skip > 0 || end < 0) return;
    const [, id = '', length = id.split('-')[1]] = sent.subarray(0, end).toString().split(' ');
    request(id);
    skip = end + 1 + Number(length);
  }
});
process.stdin.on('end', () => void ssh.stdin.end());
ssh.stdin.on('error', () => {});

let got = '';
ssh.stdout.setEncoding('latin1').on('data', (text: string) => {
  const lines = `${got}${text}`.split('\n');
  got = lines.pop() ?? '';
  for (const line of lines) {
    const [, id = '', kind = ''] = line.split(' ');
    answer(id, kind);
    process.stdout.write(`${line}\n`, 'latin1');
  }
});
ssh.on('close', (code) => void process.exit(code ?? 255));
