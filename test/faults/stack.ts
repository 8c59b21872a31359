import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Connection } from '../../provider/host/connection';
import { openStack, type Stack } from '../deployer';
import { waitUntil } from '../lab/wait';
import { processesWith } from './processes';

/** The secrets of the program in programs/router. */
export const secrets = {
  bgpPassword: 'Pa55-of-bgp-neighbour',
  fileSecret: 'the content of a secret file 7531',
  variableSecret: 'value-of-a-secret-variable-8642',
};

export type Operation = 'up' | 'refresh' | 'destroy' | 'preview';

/** An operation in a process of its own, as when somebody types it. */
export interface Running {
  child: ChildProcess;
  /** What it has printed so far. */
  output: () => string;
  /** All of its processes, also those that outlive it. */
  family: () => number[];
  ended: Promise<{ ok: boolean; output: string }>;
}

/** A stack of that program with its connection: deployed here, or by a process of its own, which can be killed. */
export const routerStack = async (name: string, connection: Connection) => {
  const backendDir = mkdtempSync(join(tmpdir(), 'pulumi-nspawn-router-'));
  const options = {
    dir: join(__dirname, 'programs/router'),
    stack: 'test',
    backendDir,
    passphrase: 'test passphrase',
  };
  const open = (change: string): Promise<Stack> =>
    openStack({
      ...options,
      config: {
        'router:name': name,
        'router:change': change,
        'router:connection': { secret: JSON.stringify(connection) },
        ...Object.fromEntries(Object.entries(secrets).map(([key, secret]) => [`router:${key}`, { secret }])),
      },
    });
  return {
    with: open,
    start: async (
      operation: Operation,
      change: string,
      env: Record<string, string> = {},
    ): Promise<Running> => {
      await open(change);
      const run = randomUUID();
      const child = spawn(process.execPath, ['-r', '@swc-node/register', join(__dirname, 'deploy.ts')], {
        cwd: join(__dirname, '../..'),
        env: { ...process.env, ...env, TEST_RUN: run, DEPLOY: JSON.stringify({ ...options, operation }) },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      let output = '';
      for (const stream of [child.stdout, child.stderr]) {
        stream.setEncoding('utf8').on('data', (text: string) => {
          output += text;
        });
      }
      const ended = new Promise<{ ok: boolean; output: string }>((resolve) => {
        child.once('exit', (code) => resolve({ ok: code === 0, output }));
      });
      return { child, output: () => output, family: () => processesWith(run), ended };
    },
    close: () => rmSync(backendDir, { recursive: true, force: true }),
  };
};

/** Until the operations of so many resources have begun, or the run has ended. */
export const begun = ({ child, output }: Running, resources: number) =>
  waitUntil(`the operations of ${resources} resources have begun`, 120, () => {
    const steps = output().match(/dynamic\/nspawn:\w+: \((create|update|delete)\)/g) ?? [];
    return steps.length >= resources || child.exitCode !== null || child.signalCode !== null;
  });
