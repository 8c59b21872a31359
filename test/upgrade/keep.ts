/**
 * Keeps the state that this release writes: deploys program/ on two test hosts, by the engine for tests and, where a
 * `pulumi` is on PATH, by the real CLI, and puts program, config and checkpoints into a folder named by the release.
 * `npm run keep-state`; see README.md.
 */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStack, pulumiOnPath } from '../deployer';
import { hosts, placeOf } from '../e2e/hosts';
import type { LabHost } from '../lab';
import { engines, folderOf, passphrase } from './kept';

const keep = async () => {
  const { version } = JSON.parse(readFileSync(join(__dirname, '../../package.json'), 'utf8'));
  const folder = folderOf(version);
  const all = await hosts();
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  cpSync(join(__dirname, 'program'), join(folder, 'program'), { recursive: true });
  for (const engine of engines) {
    if (engine === 'pulumi' && (await pulumiOnPath()) === undefined) {
      console.log('no pulumi on PATH: only the state of the engine for tests is kept');
      continue;
    }
    console.log(`${engine}: deploying`);
    await keepStateOf(engine, join(folder, engine), join(folder, 'program'), all);
  }
};

const keepStateOf = async (engine: 'engine' | 'pulumi', to: string, dir: string, all: LabHost[]) => {
  const backendDir = mkdtempSync(join(tmpdir(), 'pulumi-nspawn-keep-'));
  const stack = await openStack({
    dir,
    stack: 'kept',
    backendDir,
    passphrase,
    engine,
    config: {
      'kept:hosts': JSON.stringify(Object.fromEntries(all.map((host) => [host.name, placeOf(host)]))),
      'kept:privateKey': { secret: all[0]?.privateKey ?? '' },
      'kept:password': { secret: 'a-kept-password' },
    },
  });
  try {
    const result = await stack.up();
    if (!result.ok) throw new Error(result.log);
    mkdirSync(to, { recursive: true });
    cpSync(join(backendDir, 'Pulumi.kept.yaml'), join(to, 'Pulumi.kept.yaml'));
    const checkpoint = JSON.parse(readFileSync(stack.checkpointFile, 'utf8'));
    writeFileSync(join(to, 'checkpoint.json'), `${JSON.stringify(checkpoint, null, 1)}\n`);
  } finally {
    const { ok, log } = await stack.destroy();
    if (!ok) console.error(log);
    rmSync(backendDir, { recursive: true, force: true });
  }
};

keep().then(
  () => process.exit(0),
  (error: Error) => {
    console.error(error.stack);
    process.exit(1);
  },
);
