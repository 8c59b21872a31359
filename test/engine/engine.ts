import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import {
  checkpointPath,
  type Deployment,
  decodeState,
  readCheckpoint,
  stateEncoder,
  writeCheckpoint,
} from './checkpoint';
import { deleteRest } from './deletes';
import { type Display, newDisplay } from './display';
import { isReported, newExecutor } from './executor';
import { lockStack } from './lock';
import { serveMonitor } from './monitor';
import type { Plan } from './planner';
import { errorLogged, startProgram } from './program';
import { type Project, providerConfig, readConfig, readProject } from './project';
import { errorMessage } from './provider';
import { openProviders } from './providers';
import { record } from './record';
import { refreshResources } from './refresh';
import { registrar } from './registrar';
import { type Options, type Result, redactProperties } from './result';
import { openPassphrase } from './secrets';
import { openSnapshot } from './snapshot';
import type { Resource, State } from './state';
import { parseTargets } from './targets';
import { makeUrn, stackType } from './urn';
import { type Properties, withoutSecrets } from './values';

export interface EngineOptions {
  /** The folder of Pulumi.yaml. */
  dir: string;
  stack: string;
  /** The folder that holds `.pulumi`, as `file://` backends do. */
  backendDir: string;
  passphrase: string;
  /** Default: `Pulumi.STACK.yaml` beside Pulumi.yaml. */
  configFile?: string;
  env?: Record<string, string>;
}

export type Operation = 'up' | 'preview' | 'refresh' | 'destroy';

/** A small deployment engine for tests: it runs Pulumi programs with dynamic resources, and nothing else. */
export const openEngine = (options: EngineOptions) => {
  const project = readProject(options.dir);
  const checkpointFile = checkpointPath(resolve(options.backendDir), project.name, options.stack);
  const start =
    (operation: Operation) =>
    (runOptions: Options = {}) =>
      run(operation, { ...options, project, checkpointFile }, runOptions);
  return {
    up: start('up'),
    preview: start('preview'),
    refresh: start('refresh'),
    destroy: start('destroy'),
    export: async (): Promise<Deployment> => {
      const deployment = readCheckpoint(checkpointFile);
      if (deployment === undefined)
        throw new Error(`stack ${options.stack} has no checkpoint ${checkpointFile}`);
      return deployment;
    },
    checkpointFile,
  };
};

type Opened = EngineOptions & { project: Project; checkpointFile: string };

const headings: Record<Operation, string> = {
  up: 'Updating',
  preview: 'Previewing update',
  refresh: 'Refreshing',
  destroy: 'Destroying',
};

const run = async (operation: Operation, opened: Opened, options: Options): Promise<Result> => {
  const { project, stack, backendDir } = opened;
  const display = newDisplay(options);
  const unlock =
    operation === 'preview' ? () => undefined : lockStack(resolve(backendDir), project.name, stack);
  try {
    display.heading(`${headings[operation]} (${stack}):`);
    return await runLocked(operation, opened, options, display);
  } finally {
    unlock();
  }
};

const runLocked = async (
  operation: Operation,
  { project, stack, passphrase, configFile, checkpointFile, env: engineEnv }: Opened,
  options: Options,
  display: Display,
): Promise<Result> => {
  const dryRun = operation === 'preview';
  const env = { ...process.env, ...engineEnv, ...options.env };
  // Pulumi's own default. (defaultParallel of pkg/cmd/pulumi/operations/up.go)
  const parallel = options.parallel ?? 4 * availableParallelism();
  const deployment = readCheckpoint(checkpointFile);
  const salt = deployment?.secrets_providers?.state?.salt;
  const config = readConfig(
    project,
    configFile ?? resolve(project.dir, `Pulumi.${stack}.yaml`),
    passphrase,
    salt,
  );
  const crypter = salt ? openPassphrase(passphrase, salt) : config.crypter;
  const base = decodeState(deployment, crypter);
  const encodeState = stateEncoder(crypter);
  const snapshot = openSnapshot(base, (state: State) => {
    if (!dryRun) writeCheckpoint(checkpointFile, project.name, stack, encodeState(state));
  });

  let resources = base.resources;
  const observer = record(display);
  const targets = parseTargets(options.targets);
  const deleting = new Set<string>();
  const say = (line: string) => {
    if (line.trim() !== '') display.diagnostic('info', line, '');
  };
  const monitor = await serveMonitor({
    register: (goal) => registrations.register(goal),
    registerOutputs: (urn, outputs) => registrations.registerOutputs(urn, outputs),
    read: (goal) => registrations.read(goal),
    failed: (error) => registrations.failed(error),
    log: (severity, message, urn) => observer.diagnostic(severity, message, urn),
  });
  const providers = openProviders(
    {
      programDir: project.programDir,
      engineAddress: monitor.address,
      project: project.name,
      env,
      onLine: say,
    },
    (urn) => resources.find((resource) => resource.urn === urn),
  );
  const executor = newExecutor({ dryRun, parallel, providers, snapshot, observer, deleting });
  const plan: Plan = {
    dryRun,
    stack,
    project: project.name,
    targets,
    providers,
    base: () => resources,
    report: {
      error: (message, urn) => observer.diagnostic('error', message, urn),
      info: (message, urn) => observer.diagnostic('info', message, urn),
    },
    seen: new Set(),
    aliased: new Map(),
    aliases: new Map(),
    kept: new Set(),
    created: new Set(),
    replaced: new Set(),
    deleting,
    skippedCreates: new Set(),
    condemned: new Set(),
    dependentKeys: new Map(),
    goals: new Map(),
  };
  const registrations = registrar({ plan, executor, snapshot, observer, config: providerConfig(config) });
  let children: { stop(): Promise<void>; kill(): void } = {
    stop: async () => undefined,
    kill: () => undefined,
  };
  const interrupt = () => {
    executor.stop();
    void providers.cancel();
    void children.stop();
  };
  const kill = () => {
    executor.stop();
    children.kill();
    providers.kill();
  };
  options.signal?.addEventListener('abort', interrupt);
  options.killSignal?.addEventListener('abort', kill);
  if (options.signal?.aborted) executor.stop();

  const runProgram = async () => {
    const program = startProgram({
      project,
      stack,
      address: monitor.address,
      config: config.values,
      secretKeys: config.secretKeys,
      dryRun,
      parallel,
      env,
      onLine: say,
    });
    children = program;
    // A program whose resource failed has nothing left to do.
    registrations.onFailure(() => void program.stop());
    const { code, signal } = await program.exited;
    await executor.idle();
    if (executor.stopped || registrations.hasFailed) return false;
    if (code === 0) return true;
    const logged = code === errorLogged && observer.errors.length > 0;
    if (!logged) observer.diagnostic('error', programFailure(code, signal), '');
    return false;
  };
  const refresh = async () => {
    const refreshed = await refreshResources({ resources, targets, providers, executor, observer, snapshot });
    resources = refreshed.resources;
    return refreshed.ok;
  };
  const deploy = async () => {
    warnPending(base, dryRun, plan);
    if (operation === 'refresh' || options.refresh) {
      if (!(await refresh())) return false;
      if (operation === 'refresh') return true;
    }
    if (operation !== 'destroy' && !(await runProgram())) return false;
    checkTargets(plan);
    await deleteRest(plan, executor);
    return executor.failed.length === 0 && observer.errors.length === 0;
  };

  let ok = false;
  try {
    ok = (await deploy()) && !executor.stopped && observer.errors.length === 0;
  } catch (error) {
    if (!isReported(error)) observer.diagnostic('error', errorMessage(error), '');
  } finally {
    await executor.idle();
    registrations.finishStackOutputs(ok);
    if (!dryRun) snapshot.save();
    await children.stop();
    await providers.stop();
    monitor.close();
    options.signal?.removeEventListener('abort', interrupt);
    options.killSignal?.removeEventListener('abort', kill);
  }
  if (options.signal?.aborted) observer.diagnostic('error', `${dryRun ? 'preview' : 'update'} canceled`, '');

  const outputs = stackOutputs(
    registrations.stack() ?? stackOf(snapshot.current().resources, stack, project.name),
  );
  if (Object.keys(outputs).length > 0 && operation !== 'destroy') display.outputs('Outputs:', outputs);
  display.summary(observer.counts, dryRun);
  return {
    ok,
    steps: observer.steps(),
    outputs: dryRun ? redactProperties(outputs) : (withoutSecrets(outputs) as Record<string, unknown>),
    errors: observer.errors,
    log: display.text(),
  };
};

const stackOf = (resources: Resource[], stack: string, project: string) =>
  resources.find(({ urn }) => urn === makeUrn(stack, project, '', stackType, `${project}-${stack}`));

const stackOutputs = (resource: Resource | undefined): Properties => resource?.outputs ?? {};

const programFailure = (code: number | null, signal: NodeJS.Signals | null) =>
  signal === null
    ? `an unhandled error occurred: Program exited with non-zero exit code: ${code}`
    : `an unhandled error occurred: Program was ended by ${signal}`;

const warnPending = ({ pendingOperations }: State, dryRun: boolean, plan: Plan) => {
  if (dryRun || pendingOperations.length === 0) return;
  const list = pendingOperations.map(
    ({ resource, type }) => `  * ${resource.urn}, interrupted while ${type}`,
  );
  plan.report.info(
    `warning: Attempting to deploy or update resources with ${list.length} pending operations from previous deployment.\n${list.join('\n')}`,
    '',
  );
};

const checkTargets = (plan: Plan) => {
  const known = new Set([...plan.base().map(({ urn }) => urn), ...plan.seen]);
  for (const target of plan.targets.literals)
    if (!known.has(target)) plan.report.error(`Target '${target}' could not be found in the stack.`, '');
};
