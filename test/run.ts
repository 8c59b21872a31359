/**
 * Runs everything: lint, types, unit tests on two versions of Node.js, engine tests, the package as it is installed, and the end-to-end tests on real
 * hosts, and those of what goes wrong there. Ends with "N passed, N failed, N skipped". Where hosts cannot run, their tests are skipped loudly; with
 * CI=true that is a failure.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { startLab, whyNoLab } from './lab';

interface Count {
  passed: number;
  failed: number;
  skipped: number;
}

const help = `Usage: npm test -- [SUITE…]

Suites: lint, unit, node24, engine, package, lab, e2e, faults. Default: all of them, in this order.
`;

const main = async (wanted: string[]) => {
  if (wanted.includes('--help')) {
    process.stdout.write(help);
    return 0;
  }
  const total: Count = { passed: 0, failed: 0, skipped: 0 };
  for (const [name, suite] of Object.entries(suites)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    process.stdout.write(`\n── ${name} ──\n`);
    const started = performance.now();
    const count = await suite();
    total.passed += count.passed;
    total.failed += count.failed;
    total.skipped += count.skipped;
    const seconds = ((performance.now() - started) / 1000).toFixed(0);
    process.stdout.write(`── ${name}: ${sentence(count)} in ${seconds} s\n`);
  }
  process.stdout.write(`\n${sentence(total)}\n`);
  return total.failed > 0 || total.passed === 0 ? 1 : 0;
};

const suites: Record<string, () => Promise<Count>> = {
  lint: async () =>
    add(
      await command('npx', ['biome', 'check', '.']),
      await command('sh', ['test/shellcheck.sh']),
      await command('npx', ['tsc', '--noEmit']),
    ),
  unit: async () => nodeTest(files('test/provider', 'test/sdk')),
  node24: async () =>
    nodeTest(files('test/provider', 'test/sdk'), {
      command: ['npm', 'exec', '--yes', '--package=node@24.21.0', '--', 'node'],
    }),
  engine: async () => nodeTest(files('test/engine', 'test/deployer')),
  package: async () => nodeTest(files('test/package')),
  lab: async () => onHosts(async () => nodeTest(files('test/lab'), { serial: true })),
  e2e: async () => onHosts(async () => withLab(async () => nodeTest(files('test/e2e'), { serial: true }))),
  faults: async () =>
    onHosts(async () => withLab(async () => nodeTest(files('test/faults'), { serial: true }))),
};

const onHosts = async (suite: () => Promise<Count>): Promise<Count> => {
  const missing = await whyNoLab();
  if (missing.length === 0) return suite();
  const required = process.env.CI === 'true';
  process.stdout.write(
    `${required ? 'FAILED' : 'SKIPPED'}: no real hosts can run on this machine:\n${missing.map((line) => `  ${line}\n`).join('')}`,
  );
  return { passed: 0, failed: required ? 1 : 0, skipped: required ? 0 : 1 };
};

const withLab = async (suite: () => Promise<Count>): Promise<Count> => {
  const given = process.env.PULUMI_NSPAWN_LAB_ID;
  if (given !== undefined) return suite();
  const lab = await startLab({
    id: 'e2e',
    hosts: [
      { name: 'h1', release: 'bookworm' },
      { name: 'h2', release: 'trixie' },
    ],
    log: (line) => process.stdout.write(`${line}\n`),
  });
  try {
    return await suite();
  } finally {
    await lab.destroy();
  }
};

const files = (...folders: string[]): string[] =>
  folders
    .flatMap((folder) =>
      readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((file) => join(folder, file)),
    )
    .filter((file) => file.endsWith('.test.ts'))
    .sort();

const nodeTest = async (
  paths: string[],
  options: { command?: string[]; serial?: boolean } = {},
): Promise<Count> => {
  const folder = mkdtempSync(join(tmpdir(), 'pulumi-nspawn-test-'));
  const [file = '', ...words] = options.command ?? [process.execPath];
  try {
    const { exitCode } = await execa(
      file,
      [
        ...words,
        ...[
          '-r',
          '@swc-node/register',
          '--test',
          '--test-reporter=spec',
          '--test-reporter-destination=stdout',
        ],
        ...['--test-reporter=tap', `--test-reporter-destination=${join(folder, 'tap')}`],
        ...(options.serial ? ['--test-concurrency=1'] : []),
        ...paths,
      ],
      { stdio: ['ignore', 'inherit', 'inherit'], reject: false, env: { CI: process.env.CI ?? '' } },
    );
    const tap = readFileSync(join(folder, 'tap'), 'utf8');
    const number = (word: string) => Number(new RegExp(`^# ${word} (\\d+)$`, 'm').exec(tap)?.[1] ?? 0);
    const failed = number('fail') + number('cancelled');
    return {
      passed: number('pass'),
      failed: exitCode === 0 ? failed : Math.max(1, failed),
      skipped: number('skipped') + number('todo'),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
};

const command = async (file: string, words: string[]): Promise<Count> => {
  const { exitCode } = await execa(file, words, { stdio: ['ignore', 'inherit', 'inherit'], reject: false });
  return { passed: exitCode === 0 ? 1 : 0, failed: exitCode === 0 ? 0 : 1, skipped: 0 };
};

const add = (...counts: Count[]): Count =>
  counts.reduce((sum, count) => ({
    passed: sum.passed + count.passed,
    failed: sum.failed + count.failed,
    skipped: sum.skipped + count.skipped,
  }));

const sentence = ({ passed, failed, skipped }: Count) =>
  `${passed} passed, ${failed} failed, ${skipped} skipped`;

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.stack : error}\n`);
    process.exit(1);
  },
);
