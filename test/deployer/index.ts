import { copyFileSync, existsSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Deployment } from '../engine/checkpoint';
import { openEngine } from '../engine/engine';
import { type ConfigInput, readProject, writeConfig } from '../engine/project';
import type { Options, Result } from '../engine/result';
import { openPulumi, pulumiOnPath } from './pulumi';

export type { Deployment, StoredResource } from '../engine/checkpoint';
export type { Op, Options, Result, Step } from '../engine/result';
export { pulumiOnPath };

/** A stack that can be deployed, by this package's engine for tests or by the real `pulumi`. */
export interface Stack {
  kind: 'engine' | 'pulumi';
  preview(options?: Options): Promise<Result>;
  up(options?: Options): Promise<Result>;
  refresh(options?: Options): Promise<Result>;
  destroy(options?: Options): Promise<Result>;
  /** Takes away the lock of a run that was killed: `pulumi cancel`. The engine for tests does it by itself. */
  cancel(): Promise<void>;
  /** The deployment (DeploymentV3) as it is stored, with secrets encrypted. */
  export(): Promise<Deployment>;
  checkpointFile: string;
}

export interface StackOptions {
  /** The folder of Pulumi.yaml. */
  dir: string;
  stack: string;
  /** The folder for the state and for the config of the stack; nothing is written to `dir`. */
  backendDir: string;
  passphrase: string;
  /** Added to what `Pulumi.STACK.yaml` in `dir` says. */
  config?: ConfigInput;
  env?: Record<string, string>;
  /** @default "auto": `pulumi` when it is on PATH, else the engine */
  engine?: 'engine' | 'pulumi' | 'auto';
}

/** Opens a stack; both kinds use the same files, so one can go on where the other stopped. */
export const openStack = async (options: StackOptions): Promise<Stack> => {
  const { dir, stack, backendDir, passphrase, config = {}, env = {}, engine = 'auto' } = options;
  const project = readProject(dir);
  mkdirSync(backendDir, { recursive: true });
  const configFile = join(resolve(backendDir), `Pulumi.${stack}.yaml`);
  const ownConfig = join(dir, `Pulumi.${stack}.yaml`);
  if (!existsSync(configFile) && existsSync(ownConfig)) copyFileSync(ownConfig, configFile);
  writeConfig(project.name, configFile, passphrase, config);

  const command = engine === 'engine' ? undefined : await pulumiOnPath();
  if (command === undefined && engine === 'pulumi') throw new Error('no `pulumi` on PATH');
  const opened = { dir, stack, backendDir, passphrase, configFile, env };
  if (command === undefined) return { kind: 'engine', ...openEngine(opened), cancel: async () => {} };
  return { kind: 'pulumi', ...openPulumi({ ...opened, command, project: project.name }) };
};
