import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { execa } from 'execa';
import { openStack } from '../deployer';

// The package as users get it: packed, and installed where node_modules is strict or a link.
const root = join(__dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'pulumi-nspawn-package-'));
let tarball = '';
before(async () => {
  const { stdout } = await execa(
    'npm',
    ['pack', '--ignore-scripts', '--json', '--pack-destination', folder],
    {
      cwd: root,
    },
  );
  tarball = join(folder, (JSON.parse(stdout) as { filename: string }[])[0]?.filename ?? '');
});
after(() => rmSync(folder, { recursive: true, force: true }));

// A bad name is refused by the provider's own check, so the refusal shows that the process has loaded our code.
const program = `
const { Machine } = require('pulumi-nspawn');
new Machine('not a name', { machineName: 'not a name' });
`;

const projectIn = (name: string, dependency: string) => {
  const dir = join(folder, name);
  mkdirSync(dir);
  writeFileSync(join(dir, 'Pulumi.yaml'), `name: ${name}\nruntime: nodejs\n`);
  writeFileSync(join(dir, 'index.js'), program);
  const { devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const dependencies = { '@pulumi/pulumi': devDependencies['@pulumi/pulumi'], 'pulumi-nspawn': dependency };
  writeFileSync(
    join(dir, 'package.json'),
    JSON.stringify({ name, private: true, main: 'index.js', dependencies }),
  );
  return dir;
};

const refusal = async (dir: string) => {
  const stack = await openStack({ dir, stack: 'test', backendDir: join(dir, 'state'), passphrase: 'x' });
  const { ok, log } = await stack.preview();
  assert.equal(ok, false);
  return log;
};

test('the tarball holds what runs, and nothing else', async () => {
  const { stdout } = await execa('tar', ['-tzf', tarball]);
  const files = stdout.split('\n').map((file) => file.replace('package/', ''));
  for (const file of [
    'dist/sdk/index.js',
    'dist/sdk/index.d.ts',
    'dist/provider/dynamic.js',
    'provider/host/loop.sh',
    'provider/link/wireguard.pl',
  ]) {
    assert.ok(files.includes(file), `${file} is missing`);
  }
  assert.deepEqual(
    files.filter(
      (file) =>
        !/^(dist\/(sdk|provider)\/|provider\/.*\.sh$|provider\/link\/wireguard\.pl$|package\.json$|README\.md$|LICENSE$|CHANGELOG\.md$)/.test(
          file,
        ),
    ),
    [],
  );
});

test('askpass.sh can be executed as it is installed', async () => {
  const { stdout } = await execa('tar', ['-tvzf', tarball, 'package/provider/host/askpass.sh']);
  assert.match(stdout, /^-rwx/);
});

test("a program finds the provider in pnpm's strict layout", async () => {
  const dir = projectIn('strict', `file:${tarball}`);
  await execa(
    'npm',
    ['exec', '--yes', '--package=pnpm@10.12.1', '--', 'pnpm', 'install', '--ignore-scripts', '--silent'],
    {
      cwd: dir,
    },
  );
  assert.match(await refusal(dir), /machineName.*accepted is a machine name/s);
});

test('a program finds the provider through a link, as npm link makes it', async () => {
  const dir = projectIn('linked', '*');
  mkdirSync(join(dir, 'node_modules/@pulumi'), { recursive: true });
  symlinkSync(root, join(dir, 'node_modules/pulumi-nspawn'));
  symlinkSync(join(root, 'node_modules/@pulumi/pulumi'), join(dir, 'node_modules/@pulumi/pulumi'));
  assert.match(await refusal(dir), /machineName.*accepted is a machine name/s);
});
