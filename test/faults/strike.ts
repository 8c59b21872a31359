import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { transformFileSync } from '@swc/core';

/**
 * When an operation of a run is struck: before its request has left, when its first answer comes, or its last; and who is
 * killed: the provider's ssh, the engine, whose provider goes on, or all on this side.
 */
export const blows = [
  { moment: 'done', victim: 'engine' },
  { moment: 'begun', victim: 'ssh' },
  { moment: 'before', victim: 'client' },
  { moment: 'begun', victim: 'engine' },
  { moment: 'done', victim: 'ssh' },
] as const;

export interface Strike {
  /** Which of a run's operations on its host, from 1; 0: none. */
  at: number;
  moment: 'before' | 'begun' | 'done';
  victim: 'ssh' | 'engine' | 'client';
}

/** An `ssh` that kills at an operation of a run, by the environment of that run. */
export const openStrikes = () => {
  const folder = mkdtempSync(join(tmpdir(), 'pulumi-nspawn-strike-'));
  const { code } = transformFileSync(join(__dirname, 'struck-ssh.ts'), {
    jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
    module: { type: 'commonjs' },
  });
  writeFileSync(join(folder, 'ssh'), `#!${process.execPath}\n${code}`);
  chmodSync(join(folder, 'ssh'), 0o755);
  const file = join(folder, 'operations');
  return {
    environment: (strike: Strike): Record<string, string> => {
      for (const each of [file, `${file}.struck`]) rmSync(each, { force: true });
      return { PATH: `${folder}:${process.env.PATH}`, STRIKE: JSON.stringify({ file, ...strike }) };
    },
    /** How many operations came by since then. */
    operations: () => (existsSync(file) ? readFileSync(file, 'utf8').split('\n').length - 1 : 0),
    hasStruck: () => existsSync(`${file}.struck`),
    close: () => rmSync(folder, { recursive: true }),
  };
};
