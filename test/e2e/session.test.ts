import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { execa } from 'execa';
import type { Connection } from '../../provider/host/connection';
import { HostError } from '../../provider/host/error';
import { createSession } from '../../provider/host/session';
import type { LabHost } from '../lab';
import { waitUntil } from '../lab/wait';
import { openScripts } from './ask';
import { connectionTo, hosts } from './hosts';

const { folder, script, ask, close } = openScripts();
let h1: LabHost;
let h2: LabHost;
before(async () => {
  [h1, h2] = (await hosts()) as [LabHost, LabHost];
});
after(close);

const refusal = async (connection: Connection): Promise<HostError> => {
  try {
    await ask({ dialErrorLimit: 2, perDialTimeout: 3, ...connection });
  } catch (error) {
    assert.ok(error instanceof HostError, String(error));
    assert.equal(error.changed, false);
    return error;
  }
  throw new Error('it connected');
};

test('a key and a declared host key open a session on both releases', async () => {
  for (const host of [h1, h2]) assert.equal(await ask(connectionTo(host)), `0 ${host.name}`);
});

test('a key file and a known_hosts file do, too', async () => {
  const { address, identityFile, knownHostsFile } = h1;
  assert.equal(await ask({ host: address, identityFile, knownHostsFile }), '0 h1');
});

test('an agent does, too', async () => {
  const socket = join(folder, 'agent');
  const { stdout } = await execa('ssh-agent', ['-a', socket]);
  const pid = Number(/SSH_AGENT_PID=(\d+)/.exec(stdout)?.[1]);
  try {
    await execa('ssh-add', ['-q', h1.identityFile], { env: { SSH_AUTH_SOCK: socket } });
    assert.equal(await ask({ host: h1.address, hostKey: h1.hostKey, agentSocketPath: socket }), '0 h1');
  } finally {
    process.kill(pid);
    rmSync(socket, { force: true });
  }
});

test('a key with a passphrase is opened by privateKeyPassword, and a wrong one is a clear error', async () => {
  const file = join(folder, 'locked');
  writeFileSync(file, h1.privateKey, { mode: 0o600 });
  await execa('ssh-keygen', ['-q', '-p', '-f', file, '-N', 'open sesame']);
  const connection = { host: h1.address, hostKey: h1.hostKey, privateKey: readFileSync(file, 'utf8') };
  rmSync(file);
  assert.equal(await ask({ ...connection, privateKeyPassword: 'open sesame' }), '0 h1');
  const { message } = await refusal({ ...connection, privateKeyPassword: 'wrong' });
  assert.match(message, /^10\..*: ask: connect failed/);
  assert.match(message, /refused the login|could not be read/);
});

test('sudo without a password makes a user root; without sudo the error says what to do', async () => {
  const connection = { ...connectionTo(h1), user: 'operator' };
  assert.equal(await ask({ ...connection, sudo: true }), '0 h1');
  assert.match((await refusal(connection)).message, /Root is needed.*connection\.sudo/);
});

test('a password logs in and answers sudo; the wrong ones are clear errors, at once', async () => {
  const { address, hostKey, password } = h2;
  const connection = { host: address, hostKey, user: 'secretive', password };
  assert.equal(await ask({ ...connection, sudo: { password } }), '0 h2');
  assert.match(
    (await refusal({ ...connection, password: 'no', sudo: true })).message,
    /refused the login of secretive/,
  );
  assert.match(
    (await refusal({ ...connection, sudo: true })).message,
    /sudo did not let the user become root/,
  );
  const wrong = await refusal({ ...connection, sudo: { password: 'no' } });
  assert.match(wrong.message, /sudo did not let the user become root/);
});

test('a password that sudo does not ask for is not run', async () => {
  const connection = { ...connectionTo(h1), user: 'operator', sudo: { password: 'touch /tmp/ran' } };
  assert.equal(await ask(connection), '0 h1');
  await h1.run(['test', '!', '-e', '/tmp/ran']);
});

test('a jump host with a key of its own leads to the host', async () => {
  const proxy = connectionTo(h1);
  assert.equal(await ask({ ...connectionTo(h2), proxy }), '0 h2');
  const viaPassword = { host: h1.address, hostKey: h1.hostKey, user: 'secretive', password: h1.password };
  assert.equal(await ask({ ...connectionTo(h2), proxy: viaPassword }), '0 h2');
});

test('a wrong host key is refused, and nothing is sent', async () => {
  const { message } = await refusal({ ...connectionTo(h1), hostKey: h2.hostKey });
  assert.match(message, /shows another key than connection\.hostKey/);
});

test('an unknown host key is refused, unless the policy is to accept new ones', async () => {
  const { host, privateKey } = connectionTo(h1);
  const knownHostsFile = join(folder, 'known');
  assert.match((await refusal({ host, privateKey, knownHostsFile })).message, /unknown or has changed/);
  assert.equal(await ask({ host, privateKey, knownHostsFile, hostKeyPolicy: 'accept-new' }), '0 h1');
  assert.ok(readFileSync(knownHostsFile, 'utf8').includes(h1.hostKey.split(' ')[1] ?? 'no key'));
});

test('an unreachable host is one clear error within the dial limits', async () => {
  const closed = await refusal({ ...connectionTo(h1), port: 1 });
  assert.match(closed.message, /could not be reached in 2 dials/);
  assert.match(closed.message, /Connection refused/);
});

test('a link that freezes in the middle of an operation is noticed, and a new session works when it is back', async () => {
  const session = createSession(connectionTo(h1));
  await session.run({ action: 'begin', script: script('put answer yes\n') });
  const waiting = session.run({ action: 'wait', script: script('step "sleeping"\nsleep 60\n') });
  await h1.cut();
  try {
    await assert.rejects(waiting, /h1|wait: sleeping failed|The connection was lost/);
  } finally {
    await h1.restore();
  }
  const { values } = await session.run({ action: 'ask', script: script('put answer again\n') });
  assert.equal(values.answer, 'again');
  await session.close();
  await h1.sh('pkill -x sleep || :');
});

test('a closed session leaves no process on either side', async () => {
  const session = createSession(connectionTo(h2));
  const { values } = await session.run({ action: 'ask', script: script('put pid "$$"\n') });
  await session.close();
  await waitUntil('the far end has ended', 10, async () => {
    return (await h2.run(['test', '-e', `/proc/${values.pid}`], { reject: false })).exitCode !== 0;
  });
  const { stdout } = await execa('ps', ['-o', 'args=', '--ppid', String(process.pid)]);
  assert.doesNotMatch(stdout, /^ssh /m);
});

test('a provider that is killed leaves no ssh, no far end and no file behind', async () => {
  const program = `
    const { createSession } = require('${join(__dirname, '../../provider/host/session')}');
    const session = createSession(JSON.parse(process.env.CONNECTION));
    session.run({ action: 'begin', script: '${script('put pid "$$"\n')}' }).then(({ values }) => {
      console.log(values.pid);
      setInterval(() => {}, 1000);
    });`;
  const child = execa(process.execPath, ['-r', '@swc-node/register', '-e', program], {
    env: { CONNECTION: JSON.stringify(connectionTo(h2)) },
    reject: false,
  });
  const farEnd = await new Promise<string>((resolve) => {
    child.stdout.once('data', (data) => resolve(String(data).trim()));
  });
  const { stdout: ssh } = await execa('pgrep', ['-P', String(child.pid), '-x', 'ssh']);
  child.kill('SIGKILL');
  await child;
  await waitUntil('ssh has ended', 10, async () => !existsSync(`/proc/${ssh.trim()}`));
  await waitUntil('the far end has ended', 10, async () => {
    return (await h2.run(['test', '-e', `/proc/${farEnd}`], { reject: false })).exitCode !== 0;
  });
  assert.deepEqual(
    readdirSync('/dev/shm').filter((name) => name.startsWith('.pulumi-nspawn')),
    [],
  );
});

test('no secret is in a process list or a file while a session is open', async () => {
  const session = createSession({
    host: h2.address,
    hostKey: h2.hostKey,
    user: 'secretive',
    password: h2.password,
    sudo: { password: h2.password },
  });
  await session.run({ action: 'begin', script: script('put answer yes\n') });
  const look = "cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' ' '";
  const here = await execa('sh', ['-c', look]);
  const there = await h2.sh(look);
  await session.close();
  for (const { stdout } of [here, there]) assert.ok(!stdout.includes(h2.password));
  assert.deepEqual(
    readdirSync('/dev/shm').filter((name) => name.startsWith('.pulumi-nspawn')),
    [],
  );
});
