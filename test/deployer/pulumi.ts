import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { access, constants, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { checkpointPath, type Deployment, stateEncoder, writeCheckpoint } from '../engine/checkpoint';
import { readConfig, readProject } from '../engine/project';
import type { Options, Result } from '../engine/result';
import { type EngineEvent, errorsOf, plannedOutputs, stepsOf } from './events';

export interface PulumiOptions {
  command: string;
  project: string;
  dir: string;
  stack: string;
  backendDir: string;
  passphrase: string;
  configFile: string;
  env: Record<string, string>;
}

/** The path of the `pulumi` command, if there is one. */
export const pulumiOnPath = async (): Promise<string | undefined> => {
  for (const dir of (process.env.PATH ?? '').split(delimiter)) {
    const command = join(dir, 'pulumi');
    const runnable = await access(command, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (runnable) return command;
  }
  return undefined;
};

/** Drives the real CLI on a file backend; what it did is read from its event log. */
export const openPulumi = (options: PulumiOptions) => {
  const { stack, project, backendDir, configFile } = options;
  const checkpointFile = checkpointPath(resolve(backendDir), project, stack);
  initStack(options, checkpointFile);
  const operation =
    (name: string, flags: string[]) =>
    (run: Options = {}): Promise<Result> =>
      runOperation(options, name, [...flags, '--config-file', configFile], run);
  return {
    preview: operation('preview', []),
    up: operation('up', ['--yes', '--skip-preview']),
    refresh: operation('refresh', ['--yes', '--skip-preview']),
    destroy: operation('destroy', ['--yes', '--skip-preview']),
    cancel: async (): Promise<void> => {
      const { code, output } = await runPulumi(options, ['cancel', '--yes', '--stack', stack], {});
      if (code !== 0) throw new Error(`pulumi cancel: exit status ${code}\n${output}`);
    },
    export: async (): Promise<Deployment> => {
      const { code, stdout, output } = await runPulumi(options, ['stack', 'export', '--stack', stack], {});
      if (code !== 0) throw new Error(`pulumi stack export: exit status ${code}\n${output}`);
      return JSON.parse(stdout).deployment;
    },
    checkpointFile,
  };
};

// `pulumi stack init` would write a `Pulumi.STACK.yaml` beside the program, so the stack is made by hand.
const initStack = (
  { passphrase, project, stack, configFile, dir }: PulumiOptions,
  checkpointFile: string,
) => {
  if (existsSync(checkpointFile)) return;
  const { crypter } = readConfig(readProject(dir), configFile, passphrase);
  const empty = { resources: [], pendingOperations: [], metadata: {} };
  writeCheckpoint(checkpointFile, project, stack, stateEncoder(crypter)(empty));
};

const runOperation = async (
  options: PulumiOptions,
  name: string,
  flags: string[],
  run: Options,
): Promise<Result> => {
  const scratch = await mkdtemp(join(tmpdir(), 'pulumi-events-'));
  try {
    const eventLog = join(scratch, 'events.json');
    const args = [
      ...[name, '--stack', options.stack, '--color', 'never', '--non-interactive'],
      ...(run.brief ? [] : ['--diff']),
      ...['--event-log', eventLog, ...flags],
      ...(run.targets ?? []).flatMap((target) => ['--target', target]),
      ...(run.refresh && name !== 'refresh' ? ['--refresh'] : []),
      ...(run.parallel ? ['--parallel', String(run.parallel)] : []),
    ];
    const { code, output } = await runPulumi(options, args, run);
    const events = await readEvents(eventLog);
    const errors = errorsOf(events);
    if (code !== 0 && errors.length === 0) errors.push({ message: output.trim() });
    return {
      ok: code === 0,
      steps: stepsOf(events),
      outputs: name === 'preview' ? plannedOutputs(events) : await readOutputs(options),
      errors,
      log: output,
    };
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
};

const readEvents = async (file: string): Promise<EngineEvent[]> => {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
};

const readOutputs = async (options: PulumiOptions) => {
  const args = ['stack', 'output', '--json', '--show-secrets', '--stack', options.stack];
  const { code, stdout } = await runPulumi(options, args, {});
  return code === 0 ? JSON.parse(stdout) : {};
};

const runPulumi = (
  { command, dir, backendDir, passphrase, env }: PulumiOptions,
  args: string[],
  { env: runEnv, onOutput, signal, killSignal }: Options,
): Promise<{ code: number | null; stdout: string; output: string }> =>
  new Promise((done, reject) => {
    const child = spawn(command, args, {
      cwd: dir,
      env: {
        ...process.env,
        ...env,
        ...runEnv,
        PULUMI_BACKEND_URL: `file://${resolve(backendDir)}`,
        PULUMI_CONFIG_PASSPHRASE: passphrase,
        PULUMI_SKIP_UPDATE_CHECK: '1',
        // `--event-log` is one of the commands for debugging.
        PULUMI_DEBUG_COMMANDS: '1',
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const interrupt = () => void child.kill('SIGINT');
    for (const each of [signal, killSignal]) each?.addEventListener('abort', interrupt);
    const output = collect(child, onOutput);
    child.once('error', reject);
    child.once('close', (code) => {
      for (const each of [signal, killSignal]) each?.removeEventListener('abort', interrupt);
      done({ code, ...output });
    });
  });

const collect = (child: ChildProcess, onOutput: Options['onOutput']) => {
  const collected = { stdout: '', output: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream]?.setEncoding('utf8').on('data', (text: string) => {
      if (stream === 'stdout') collected.stdout += text;
      collected.output += text;
      onOutput?.(text);
    });
  }
  return collected;
};
