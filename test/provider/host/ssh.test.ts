import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import fc from 'fast-check';
import { type Connection, connectionSchema } from '../../../provider/host/connection';
import { sshCommand } from '../../../provider/host/ssh';
import { runs } from '../../fuzz';

const configOf = (connection: Connection) => {
  const command = sshCommand(connection, 'exec true');
  try {
    const config = readFileSync(command.arguments[1] ?? '', 'utf8');
    return { ...command, config };
  } finally {
    command.close();
  }
};

test('host keys are checked unless the connection says otherwise', () => {
  assert.match(configOf({ host: 'h' }).config, /^StrictHostKeyChecking yes$/m);
  assert.match(
    configOf({ host: 'h', hostKeyPolicy: 'accept-new' }).config,
    /^StrictHostKeyChecking accept-new$/m,
  );
  assert.match(configOf({ host: 'h', hostKeyPolicy: 'insecure' }).config, /^StrictHostKeyChecking no$/m);
});

test('a declared host key is the only one accepted, whatever the policy', () => {
  const { config } = configOf({ host: 'h', hostKey: 'ssh-ed25519 AAAA', hostKeyPolicy: 'insecure' });
  assert.match(config, /^StrictHostKeyChecking yes$/m);
  assert.match(config, /^HostKeyAlgorithms ssh-ed25519$/m);
  assert.match(config, /^GlobalKnownHostsFile \/dev\/null$/m);
});

test('secrets are neither in the arguments nor in the environment nor in the config', () => {
  const {
    arguments: words,
    environment,
    config,
  } = configOf({
    host: 'h',
    password: 'hunter1',
    privateKey: 'hunter2',
    privateKeyPassword: 'hunter3',
    sudo: { password: 'hunter4' },
    proxy: { host: 'j', password: 'hunter5' },
  });
  assert.doesNotMatch(JSON.stringify([words, environment, config]), /hunter/);
});

test("the user's own config counts, after what the connection says and before our default user", () => {
  const { config } = configOf({ host: 'h', port: 2222 });
  assert.ok(config.indexOf('Port 2222') < config.indexOf('Include ~/.ssh/config'));
  assert.ok(config.indexOf('Include ~/.ssh/config') < config.indexOf('User root'));
});

test('a frozen link is noticed within 20 seconds', () => {
  const { config } = configOf({ host: 'h' });
  const interval = Number(/^ServerAliveInterval (\d+)$/m.exec(config)?.[1]);
  const count = Number(/^ServerAliveCountMax (\d+)$/m.exec(config)?.[1]);
  assert.ok(interval * (count + 1) <= 20);
});

const emptyFolder = mkdtempSync(join(tmpdir(), 'ssh-'));
const emptyConfig = join(emptyFolder, 'config');
writeFileSync(emptyConfig, '');
after(() => rmSync(emptyFolder, { recursive: true }));
const known = spawnSync('ssh', ['-V']).status === 0;

test('ssh itself reads every connection as it was given', { skip: known ? false : 'no ssh here' }, () => {
  const word = fc.constantFrom('a', 'b-1', 'x.example', '192.0.2.1', '2001:db8::1', 'fe80::1%eth0');
  const path = fc.oneof(
    fc.constantFrom(
      '/tmp/it is',
      "/tmp/it's",
      '/tmp/a#b',
      '/tmp/#c',
      '/tmp/x y/#z',
      '/tmp/a\\b',
      '/tmp/back\\',
      '/tmp/tab\there',
    ),
  );
  const endpoint = {
    host: word,
    port: fc.integer({ min: 1, max: 65535 }),
    user: fc.constantFrom('root', 'deb', 'svc$', 'a.b_c'),
    agentSocketPath: path,
    hostKey: fc.constantFrom('ssh-ed25519 AAAA note', 'ssh-rsa AAAA'),
    password: fc.string({ unit: 'binary' }),
  };
  const options = { requiredKeys: ['host'] as ['host'] };
  const connection = fc.record(
    {
      ...endpoint,
      proxy: fc.record(endpoint, options),
      identityFile: path,
      knownHostsFile: path,
      hostKeyPolicy: fc.constantFrom('strict', 'accept-new', 'insecure'),
    },
    options,
  );
  fc.assert(
    fc.property(connection, (given) => {
      const parsed = connectionSchema.safeParse({ sshConfigFile: emptyConfig, ...given });
      if (!parsed.success) return;
      const {
        host,
        port = 22,
        user = 'root',
        identityFile,
        knownHostsFile,
        agentSocketPath,
        hostKey,
        proxy,
      } = parsed.data;
      const command = sshCommand(parsed.data, 'exec true');
      try {
        const [, config = ''] = command.arguments;
        const { stdout, stderr, status } = spawnSync('ssh', ['-G', '-F', config, '--', host], {
          encoding: 'utf8',
        });
        assert.equal(status, 0, stderr);
        const says = new Set(stdout.split('\n'));
        assert.ok(
          says.has(`hostname ${host}`) && says.has(`port ${port}`) && says.has(`user ${user}`),
          stdout,
        );
        if (proxy) {
          const jump = spawnSync('ssh', ['-G', '-F', config, '--', 'pulumi-nspawn-jump-host'], {
            encoding: 'utf8',
          });
          assert.ok(jump.stdout.split('\n').includes(`hostname ${proxy.host}`), jump.stderr);
        }
        if (identityFile) assert.ok(says.has(`identityfile ${identityFile}`), `${identityFile}\n${stdout}`);
        if (agentSocketPath)
          assert.ok(says.has(`identityagent ${agentSocketPath}`), `${agentSocketPath}\n${stdout}`);
        if (knownHostsFile && !hostKey && given.hostKeyPolicy !== 'insecure')
          assert.ok(says.has(`userknownhostsfile ${knownHostsFile}`), `${knownHostsFile}\n${stdout}`);
      } finally {
        command.close();
      }
    }),
    runs(40),
  );
});
