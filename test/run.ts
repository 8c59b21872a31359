/**
 * Runs everything: lint, types, unit tests on two versions of Node.js, engine tests, the package as it is installed, and the end-to-end tests on real
 * hosts, and those of what goes wrong there. Ends with "N passed, N failed, N skipped". Where hosts cannot run, their tests are skipped loudly; with
 * CI=true that is a failure.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { startLab, whyNoLab } from './lab';
import { ensureImage } from './lab/image';
import { releases } from './lab/types';

interface Count {
  passed: number;
  failed: number;
  skipped: number;
}

const help = `Usage: npm test -- [SUITE…] [FILE…]

Suites: lint, unit, node24, engine, package, lab, e2e, faults. Default: all of them, in this order.
With files (such as test/e2e/session.test.ts), only these of the suites run.
`;

const main = async (wanted: string[]) => {
  if (wanted.includes('--help')) {
    process.stdout.write(help);
    return 0;
  }
  const total: Count = { passed: 0, failed: 0, skipped: 0 };
  only = wanted.filter((word) => word.endsWith('.test.ts'));
  const named = wanted.filter((word) => !only.includes(word));
  const isWanted = (name: string) =>
    named.length > 0 ? named.includes(name) : only.length === 0 || name !== 'lint';
  const onLabsToo = Object.keys(labSuites).filter(isWanted);
  const all = {
    ...Object.fromEntries(Object.entries(suites).filter(([name]) => isWanted(name))),
    ...(onLabsToo.length > 0 ? { [onLabsToo.join(' and ')]: () => onLabs(onLabsToo) } : {}),
  };
  if (onLabsToo.length > 0) await beginImages();
  for (const [name, suite] of Object.entries(all)) {
    process.stdout.write(`\n── ${name} ──\n`);
    const started = performance.now();
    const count = await suite();
    total.passed += count.passed;
    total.failed += count.failed;
    total.skipped += count.skipped;
    const seconds = ((performance.now() - started) / 1000).toFixed(0);
    process.stdout.write(`── ${name}: ${sentence(count)} in ${seconds} s\n`);
  }
  for (const [what, text] of failures) process.stdout.write(`\n── failed in ${what} ──\n${text}\n`);
  process.stdout.write(`\n${sentence(total)}\n`);
  return total.failed > 0 || total.passed === 0 ? 1 : 0;
};

const suites: Record<string, () => Promise<Count>> = {
  lint: async () =>
    add(
      ...(await Promise.all([
        command('npx', ['biome', 'check', '.']),
        command('sh', ['test/shellcheck.sh']),
        command('npx', ['tsc', '--noEmit']),
      ])),
    ),
  unit: async () => nodeTestTogether(files('test/provider', 'test/sdk', 'test/reference')),
  node24: async () =>
    nodeTestTogether(files('test/provider', 'test/sdk'), {
      command: ['npm', 'exec', '--yes', '--package=node@24.21.0', '--', 'node'],
      // What is random was tried with the other one.
      environment: { PULUMI_NSPAWN_RUNS: process.env.PULUMI_NSPAWN_RUNS ?? '0.1' },
    }),
  engine: async () => nodeTest(files('test/engine', 'test/deployer', 'test/upgrade')),
  package: async () => nodeTest(files('test/package')),
};

/** Their files run side by side, each on a lab of its own; those of `lab` boot hosts themselves. */
const labSuites: Record<string, string> = { lab: 'test/lab', e2e: 'test/e2e', faults: 'test/faults' };

/** Those that take long begin, so that none of them runs alone in the end; the order is that of a run. */
const longest = [
  'test/e2e/examples.test.ts',
  'test/faults/connection.test.ts',
  'test/e2e/frr-rollback.test.ts',
  'test/faults/secrets.test.ts',
  'test/e2e/life.test.ts',
  'test/e2e/frr-change.test.ts',
  'test/e2e/link-faults.test.ts',
  'test/faults/kill.test.ts',
];

/** What failed, again at the end, by the files that ran. */
const failures = new Map<string, string>();

const onHosts = async (suite: () => Promise<Count>): Promise<Count> => {
  const missing = await whyNoLab();
  if (missing.length === 0) return suite();
  const required = process.env.CI === 'true';
  process.stdout.write(
    `${required ? 'FAILED' : 'SKIPPED'}: no real hosts can run on this machine:\n${missing.map((line) => `  ${line}\n`).join('')}`,
  );
  return { passed: 0, failed: required ? 1 : 0, skipped: required ? 0 : 1 };
};

/** Their downloads go on beside the suites that need no host. What fails is told where a host is to boot. */
const beginImages = async () => {
  if ((await whyNoLab()).length > 0) return;
  for (const release of releases) {
    void ensureImage(release, (line) => process.stdout.write(`${line}\n`)).catch(() => {});
  }
};

const onLabs = (names: string[]): Promise<Count> =>
  onHosts(async () => {
    const paths = names.flatMap((name) => files(labSuites[name] ?? ''));
    return eachOnALab([
      ...longest.filter((path) => paths.includes(path)),
      ...paths.filter((path) => !longest.includes(path)),
    ]);
  });

/** Runs each file on whichever of the labs is free; what it prints comes out whole. */
const eachOnALab = async (paths: string[]): Promise<Count> => {
  if (paths.length === 0) return add();
  const given = process.env.PULUMI_NSPAWN_LAB_ID;
  const ids = given === undefined ? Array.from({ length: labs }, (_, index) => `e2e-${index + 1}`) : [given];
  const waiting = [...paths];
  const counts: Count[] = [];
  const work = async (id: string) => {
    for (let path = waiting.shift(); path !== undefined; path = waiting.shift()) {
      const started = performance.now();
      const { count, output } = await nodeTestOf([path], {
        environment: { PULUMI_NSPAWN_LAB_ID: id },
        quiet: true,
      });
      counts.push(count);
      const seconds = ((performance.now() - started) / 1000).toFixed(0);
      process.stdout.write(`\n${output}── ${path} on lab ${id}: ${sentence(count)} in ${seconds} s\n`);
    }
  };
  await Promise.all(ids.map((id) => (given === undefined ? withLab(id, () => work(id)) : work(id))));
  return add(...counts);
};

// Tests on hosts mostly wait: for machines to boot, for sessions to come up.
const labs = 3;

const withLab = async <T>(id: string, act: () => Promise<T>): Promise<T> => {
  const lab = await startLab({
    id,
    hosts: [
      { name: 'h1', release: 'bookworm' },
      { name: 'h2', release: 'trixie' },
    ],
    log: (line) => process.stdout.write(`${line}\n`),
  });
  try {
    return await act();
  } finally {
    await lab.destroy();
  }
};

/** The files that were asked for; none: all of them. */
let only: string[] = [];

const files = (...folders: string[]): string[] =>
  folders
    .flatMap((folder) =>
      readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((file) => join(folder, file)),
    )
    .filter((file) => file.endsWith('.test.ts') && (only.length === 0 || only.includes(file)))
    .sort();

const nodeTest = async (paths: string[], options: TestOptions = {}): Promise<Count> =>
  paths.length === 0 ? add() : (await nodeTestOf(paths, options)).count;

/** Those of the provider share a process for each processor; those of programs change Pulumi's runtime, which is one a process. */
const nodeTestTogether = async (paths: string[], options: TestOptions = {}): Promise<Count> => {
  const isOfPrograms = (path: string) => path.startsWith('test/sdk/');
  const alone = paths.filter(isOfPrograms);
  const shared = paths.filter((path) => !isOfPrograms(path));
  const shares = Array.from({ length: availableParallelism() }, (_, share) =>
    shared.filter((_, index) => index % availableParallelism() === share),
  ).filter((share) => share.length > 0);
  const counts = await Promise.all(
    shares.map(async (share) => {
      const ran = await nodeTestOf(['test/together.ts', ...share], {
        ...options,
        together: true,
        quiet: true,
      });
      process.stdout.write(ran.output);
      return ran;
    }),
  );
  return add(...counts.map(({ count }) => count), await nodeTest(alone, options));
};

interface TestOptions {
  command?: string[];
  environment?: Record<string, string>;
  /** Returns what the tests print, and prints nothing. */
  quiet?: boolean;
  /** The first file runs the others, in its process. */
  together?: boolean;
}

const nodeTestOf = async (
  paths: string[],
  options: TestOptions,
): Promise<{ count: Count; output: string }> => {
  const folder = mkdtempSync(join(tmpdir(), 'pulumi-nspawn-test-'));
  const [file = '', ...words] = options.command ?? [process.execPath];
  try {
    // A file that cannot be loaded writes none.
    writeFileSync(join(folder, 'tap'), '');
    const { exitCode, all } = await execa(
      file,
      [
        ...words,
        ...['-r', '@swc-node/register', '--test-reporter=spec', '--test-reporter-destination=stdout'],
        ...['--test-reporter=tap', `--test-reporter-destination=${join(folder, 'tap')}`],
        // A file by itself needs no process beside it. Node's own concurrency leaves one of two processors idle.
        ...(paths.length === 1 || options.together
          ? []
          : ['--test', `--test-concurrency=${availableParallelism()}`]),
        ...paths,
      ],
      {
        stdin: 'ignore',
        stdout: options.quiet ? 'pipe' : ['inherit', 'pipe'],
        stderr: options.quiet ? 'pipe' : ['inherit', 'pipe'],
        all: true,
        reject: false,
        env: { CI: process.env.CI ?? '', ...options.environment },
      },
    );
    const tap = readFileSync(join(folder, 'tap'), 'utf8');
    const number = (word: string) => Number(new RegExp(`^# ${word} (\\d+)$`, 'm').exec(tap)?.[1] ?? 0);
    const failed = number('fail') + number('cancelled');
    const count = {
      passed: number('pass'),
      failed: exitCode === 0 ? failed : Math.max(1, failed),
      // Node counts tests alone, and a whole suite may be skipped.
      skipped: Math.max(number('skipped') + number('todo'), tap.match(/^ok .* # SKIP/gm)?.length ?? 0),
    };
    const [, text] = all.split(/^✖ failing tests:$/m);
    if (text !== undefined) failures.set(paths.join(' '), text.trim());
    return { count, output: `${all}\n` };
  } finally {
    rmSync(folder, { recursive: true });
  }
};

const command = async (file: string, words: string[]): Promise<Count> => {
  const { exitCode } = await execa(file, words, { stdio: ['ignore', 'inherit', 'inherit'], reject: false });
  return { passed: exitCode === 0 ? 1 : 0, failed: exitCode === 0 ? 0 : 1, skipped: 0 };
};

const add = (...counts: Count[]): Count =>
  counts.reduce(
    (sum, count) => ({
      passed: sum.passed + count.passed,
      failed: sum.failed + count.failed,
      skipped: sum.skipped + count.skipped,
    }),
    { passed: 0, failed: 0, skipped: 0 },
  );

const sentence = ({ passed, failed, skipped }: Count) =>
  `${passed} passed, ${failed} failed, ${skipped} skipped`;

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.stack : error}\n`);
    process.exit(1);
  },
);
