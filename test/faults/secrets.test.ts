import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { execa } from 'execa';
import type { Result } from '../deployer';
import { openStack, pulumiOnPath, type Stack } from '../deployer';
import { hosts, labId } from '../e2e/hosts';
import { leaderOf } from '../e2e/life';
import type { LabHost } from '../lab';
import { authorizedKey, formsOf, secretsOf, stackPassphrase } from './secret-texts';
import { type Seen, watchProcesses } from './watch-processes';

const findTexts = readFileSync(join(__dirname, 'find-texts.sh'), 'utf8');
const journals = readFileSync(join(__dirname, 'search-journals.sh'), 'utf8');
/** Where on a host something could be left. */
const places = ['/etc', '/home', '/opt', '/root', '/run', '/srv', '/tmp', '/usr/local', '/var', '/dev/shm'];
const ofLab = 'password for login and sudo';
const byHand = secretsOf('byhand');

// One stack through its whole life, with a secret in each place that takes one. Each test stands on the one before.
describe('secrets of a program', { concurrency: 1 }, () => {
  let h1: LabHost;
  let h2: LabHost;
  let key: Awaited<ReturnType<typeof authorizedKey>>;
  let watcher: Awaited<ReturnType<typeof watchProcesses>>;
  let texts: Record<string, string>;
  let printed = '';
  let publicKeys: string[];
  const backendDir = mkdtempSync(join(tmpdir(), 'pulumi-nspawn-secrets-'));
  const mark = join(backendDir, 'mark');

  before(async () => {
    [h1, h2] = (await hosts()) as [LabHost, LabHost];
    writeFileSync(mark, '');
    key = await authorizedKey(h2);
    const plain = {
      ...prefixed('first', secretsOf('first')),
      ...prefixed('second', secretsOf('second')),
      ...prefixed('by hand', byHand),
      [ofLab]: h1.password,
      'passphrase of a key': key.passphrase,
      // Of a text of many lines one is enough.
      'private key': key.privateKey.split('\n')[3] ?? '',
    };
    texts = Object.assign({}, ...Object.entries(plain).map(([name, text]) => formsOf(name, text)));
    watcher = await watchProcesses(labId, {
      ...texts,
      'passphrase of the stack': stackPassphrase,
      planted: 'planted-3571',
    });
  });
  after(async () => {
    await (await open('second')).destroy().catch(() => {});
    await watcher?.stop().catch(() => {});
    await key?.takeBack();
    rmSync(backendDir, { recursive: true, force: true });
  });

  const open = (which: string, change = ''): Promise<Stack> => {
    const login = { user: 'secretive', password: h1.password };
    const one = {
      host: h1.address,
      hostKey: h1.hostKey,
      ...login,
      sudo: { password: h1.password },
      proxy: { host: h2.address, hostKey: h2.hostKey, ...login },
    };
    const other = { host: h2.address, hostKey: h2.hostKey, user: 'operator', sudo: true };
    return openStack({
      dir: join(__dirname, 'programs/secrets'),
      stack: 'test',
      backendDir,
      passphrase: stackPassphrase,
      env: { PULUMI_NSPAWN_DEBUG: '1' },
      config: {
        'secrets:change': change,
        'secrets:secrets': { secret: JSON.stringify(secretsOf(which)) },
        'secrets:one': { secret: JSON.stringify(one) },
        'secrets:other': JSON.stringify(other),
        'secrets:privateKey': { secret: key.privateKey },
        'secrets:passphrase': { secret: key.passphrase },
        'secrets:underlayOfOne': h1.address,
        'secrets:underlayOfOther': h2.address,
      },
    });
  };
  /** Keeps all that an operation tells, for the end. */
  const told = async (operation: Promise<Result>): Promise<Result> => {
    const result = await operation;
    printed += `${result.log}\n${JSON.stringify(result)}\n`;
    return result;
  };
  const succeeds = async (operation: Promise<Result>) => {
    const result = await told(operation);
    assert.ok(result.ok, result.log);
    return result;
  };
  const fails = async (operation: Promise<Result>, expected: RegExp) => {
    const result = await told(operation);
    assert.equal(result.ok, false);
    assert.match(result.errors.map(({ message }) => message).join('\n'), expected);
  };
  const namesIn = (text: string): string[] =>
    Object.entries(texts)
      .filter(([, secret]) => text.includes(secret))
      .map(([name]) => name);
  const patterns = () => Object.values(texts).join('\n');
  const found = (stdout: string): string[] =>
    stdout
      .split('\n')
      .filter(Boolean)
      .map((line) => line.replace(/(\/wireguard\/)[0-9a-f]+$/, '$1ID'));
  const filesWith = async (host: LabHost, folders: string[], machine?: string): Promise<string[]> => {
    const inside = machine ? ['nsenter', '-a', '-t', await leaderOf(host, machine)] : [];
    const command = [...inside, 'sh', '-c', findTexts, 'sh', ...folders];
    return found((await host.run(command, { input: patterns() })).stdout);
  };
  /** Files of folders here that were written since the beginning and hold one; the lab's password is in files of its own. */
  const filesHere = async (folders: string[]): Promise<string[]> => {
    const options = ['-type', 'f', '-newer', mark, '-size', '-20M', '-print'];
    const { stdout } = await execa('find', [...folders, ...options], { reject: false });
    const holds = (file: string) =>
      existsSync(file) && namesIn(readFileSync(file, 'latin1')).some((name) => !name.startsWith(ofLab));
    return stdout.split('\n').filter(holds);
  };

  test('the watcher sees one in a process that ends at once, on a host and here', async () => {
    for (let count = 0; count < 20; count += 1) {
      await execa('true', ['planted-3571']);
      await execa('true', [], { env: { PLANTED: 'planted-3571' } });
    }
    await h1.sh(
      'for each in 1 2 3 4 5 6 7 8 9 10; do /bin/true planted-3571; PLANTED=planted-3571 /bin/true; done',
    );
    const planted = watcher.seen.splice(0).filter(({ secret }) => secret === 'planted');
    const count = (where: string, variable: string) =>
      planted.filter((each) => each.where === where && each.variable === variable).length;
    // The shell of the host has ten of them in its own command line.
    assert.ok(count('cmdline', '-') >= 30, String(count('cmdline', '-')));
    assert.equal(count('environ', 'PLANTED'), 30);
  });

  test('preview, up, a change of each, a change by hand, refresh and repair', async () => {
    await succeeds((await open('first')).preview());
    const { outputs } = await succeeds((await open('first')).up());
    publicKeys = Object.values((outputs.shown as { keys: Record<string, string> }).keys);
    assert.match(JSON.stringify(outputs), /neighbor 10\.93\.0\.1 password \*{8}/);
    await succeeds((await open('second')).up());
    await h1.sh('cat >/var/lib/machines/sec-1/etc/secret', { input: byHand.file });
    const vtysh = `configure terminal\nrouter bgp 65002\nneighbor 10.93.0.0 password ${byHand.neighbour}\n`;
    await h2.sh(
      'export VTYSH_HISTFILE=/dev/null; nsenter -t "$(machinectl show -p Leader --value sec-2)" -a vtysh',
      { input: vtysh },
    );
    const refreshed = await succeeds((await open('second')).refresh());
    assert.match(refreshed.log, /a password or key differs/);
    assert.match(refreshed.log, /content: \[secret\] => \[secret\]/);
    await succeeds((await open('second')).up());
  });

  test('changes that fail: by a character, by a file, by what FRR does not take, by a session that does not come', async () => {
    await fails((await open('second', 'no-such-character')).preview(), /config: .* control character/);
    await fails((await open('second', 'no-such-folder')).up(), /\/etc\/passwd is no directory/);
    await fails((await open('second', 'no-such-command')).up(), /neighbor 10\.93\.0\.0 password \*{8}/);
    await fails((await open('second', 'one-sided')).up(), /10\.93\.0\.0[\s\S]*old configuration is in force/);
  });

  test('on the hosts they are in the files that need them, which nobody else can read', async () => {
    const [one, two] = [await wireguardKey(h1), await wireguardKey(h2)];
    texts = {
      ...texts,
      ...formsOf('WireGuard key of h1', one),
      ...formsOf('WireGuard key of h2', two),
    };
    assert.deepEqual(await filesWith(h1, places), [
      '600 /etc/systemd/nspawn/sec-1.nspawn',
      '600 /etc/systemd/system/systemd-nspawn@sec-1.service.d/50-pulumi-nspawn.conf',
      '600 /run/pulumi-nspawn/sec-1.started/50-pulumi-nspawn.conf',
      '600 /run/pulumi-nspawn/sec-1.started/sec-1.nspawn',
      '600 /var/lib/machines/sec-1/etc/secret',
      '600 /var/lib/pulumi-nspawn/frr-config.kept/sec-1/running',
      '600 /var/lib/pulumi-nspawn/wireguard/ID',
      '640 /var/lib/machines/sec-1/etc/frr/frr.conf',
    ]);
    assert.deepEqual(await filesWith(h2, places), [
      '600 /var/lib/pulumi-nspawn/frr-config.kept/sec-2/running',
      '600 /var/lib/pulumi-nspawn/wireguard/ID',
      '640 /var/lib/machines/sec-2/etc/frr/frr.conf',
    ]);
    // It has copies of files that were there before, too, and digests of those that are.
    for (const host of [h1, h2])
      assert.equal((await host.sh('stat -c %a /var/lib/pulumi-nspawn')).stdout.trim(), '700');
    // What a machine sees that its host does not: its own /run and /tmp.
    assert.deepEqual(await filesWith(h1, ['/run', '/tmp', '/dev/shm'], 'sec-1'), []);
    assert.deepEqual(await filesWith(h2, ['/run', '/tmp', '/dev/shm'], 'sec-2'), []);
  });

  test('no journal has one, of a host or of a machine', async () => {
    for (const [host, machine] of [
      [h1, 'sec-1'],
      [h2, 'sec-2'],
    ] as const) {
      const { stdout } = await host.run(['sh', '-c', journals, 'sh', machine], { input: patterns() });
      const [found, lines] = [stdout.trimEnd().split('\n').slice(0, -1), stdout.trimEnd().split('\n').at(-1)];
      assert.deepEqual(found, []);
      assert.ok(Number(lines) > 100, `of ${lines} lines`);
    }
  });

  test('neither the state nor its history nor its backup has one in plain text', async () => {
    assert.deepEqual(await filesHere([backendDir]), []);
    const state = readFileSync((await open('second')).checkpointFile, 'utf8');
    assert.match(state, /"ciphertext"/);
  });

  test('destroyed, nothing of them is left on the hosts, nor in temporary files here', async () => {
    await succeeds((await open('second')).destroy());
    assert.deepEqual(await filesWith(h1, places), []);
    assert.deepEqual(await filesWith(h2, places), []);
    const here = [
      '/tmp',
      '/var/tmp',
      '/dev/shm',
      '/run',
      process.env.PULUMI_HOME ?? join(homedir(), '.pulumi'),
    ];
    assert.deepEqual(await filesHere(here), []);
  });

  test('nothing that was printed holds one', () => {
    assert.match(printed, /round trip/);
    assert.deepEqual(namesIn(printed), []);
  });

  test('no process had one in its command line, and in its environment only Pulumi’s own and those that were to', async () => {
    const execs = await watcher.stop();
    assert.ok(execs > 1000, String(execs));
    const seen = (where: string) => [
      ...new Set(watcher.seen.filter((each) => each.where === where).map(describeSeen)),
    ];
    assert.deepEqual(seen('cmdline'), []);
    // Of what looks like a WireGuard key, and was there before we could know it, only public ones.
    const keys = watcher.seen.filter(({ where }) => where === 'key').map(({ variable }) => variable);
    assert.deepEqual(
      // Of zeros is what wg(8) has for none.
      [...new Set(keys)].filter((each) => !publicKeys.includes(each) && !/^A+=$/.test(each)),
      [],
    );
    assert.deepEqual(seen('environ').sort(), [
      'PULUMI_CONFIG here',
      ...((await pulumiOnPath()) ? ['PULUMI_CONFIG_PASSPHRASE here'] : []),
      'SERVICE_VARIABLE of the unit of sec-1',
      'VARIABLE in the machine sec-1',
    ]);
  });
});

const wireguardKey = async (host: LabHost): Promise<string> => {
  const { stdout } = await host.sh('cat /var/lib/pulumi-nspawn/wireguard/*');
  const key = /^key (\S{44})$/m.exec(stdout)?.[1];
  assert.ok(key);
  return key;
};

const describeSeen = ({ where, secret, variable, cgroup, command }: Seen): string => {
  const unit = /\/systemd-nspawn@([^/]*)\.service(\/payload)?/.exec(cgroup);
  if (where === 'cmdline') return `${secret} | ${cgroup} | ${command}`;
  if (unit?.[2]) return `${variable} in the machine ${unit[1]}`;
  if (unit) return `${variable} of the unit of ${unit[1]}`;
  return /pulumi-nspawn-lab/.test(cgroup)
    ? `${secret} | ${variable} | ${cgroup} | ${command}`
    : `${variable} here`;
};

const prefixed = (prefix: string, given: Record<string, string>) =>
  Object.fromEntries(Object.entries(given).map(([name, text]) => [`${prefix} ${name}`, text]));
