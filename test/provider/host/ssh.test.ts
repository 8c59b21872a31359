import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { Connection } from '../../../provider/host/connection';
import { sshCommand } from '../../../provider/host/ssh';

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
