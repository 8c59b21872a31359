import { createRequire } from 'node:module';
import { join } from 'node:path';
import { type Child, startNode } from './child';
import type { Project } from './project';

/** Runs `@pulumi/pulumi/cmd/run`, as found from the program, on the program. */
export const startProgram = ({
  project,
  stack,
  address,
  config,
  secretKeys,
  dryRun,
  parallel,
  env,
  onLine,
}: {
  project: Project;
  stack: string;
  address: string;
  config: Record<string, string>;
  secretKeys: string[];
  dryRun: boolean;
  parallel: number;
  env: NodeJS.ProcessEnv;
  onLine: (line: string, stream: 'stdout' | 'stderr') => void;
}): Child =>
  startNode({
    script: createRequire(join(project.programDir, 'index.js')).resolve('@pulumi/pulumi/cmd/run'),
    args: [
      ...['--monitor', address, '--engine', address, '--organization', 'organization'],
      ...['--project', project.name, '--stack', stack, '--root-directory', project.dir],
      ...['--pwd', project.programDir, '--parallel', String(parallel)],
      ...(dryRun ? ['--dry-run'] : []),
      '.',
    ],
    cwd: project.programDir,
    env: {
      ...env,
      PULUMI_CONFIG: JSON.stringify(config),
      PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(secretKeys),
      PULUMI_NODEJS_TYPESCRIPT: String(project.typescript),
    },
    onLine,
  });

/** The exit status of a program which has told its error already. (sdk/nodejs/cmd/run) */
export const errorLogged = 32;
