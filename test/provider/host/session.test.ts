import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { after, test } from 'node:test';
import fc from 'fast-check';
import { HostError } from '../../../provider/host/error';
import { encodeRequest, encodeScript, type Frame, parseFrame } from '../../../provider/host/frame';
import { eachLine } from '../../../provider/host/lines';
import { newOutbox } from '../../../provider/host/outbox';
import { scriptPath } from '../../../provider/host/script';
import { createSession } from '../../../provider/host/session';
import { runs } from '../../fuzz';
import { waitUntil } from '../../lab/wait';

const skip = process.getuid?.() === 0 ? false : 'a session here needs root';
const folder = mkdtempSync(join(tmpdir(), 'session-'));
const session = createSession(undefined);
after(async () => {
  await session.close();
  rmSync(folder, { recursive: true });
});

const scriptOf = (name: string, text: string) => {
  writeFileSync(join(folder, name), text);
  return relative(scriptPath('.'), join(folder, name));
};
const echo = scriptOf('echo.sh', 'put got "$given"\n');

const echoAll = scriptOf('echo-all.sh', 'for each in $names; do eval "put $each \\"\\$$each\\""; done\n');

test('a connection on which nothing runs is closed, and made anew by the next operation', {
  skip,
}, async () => {
  const short = createSession(undefined, 0.05);
  const whoami = scriptOf('whoami.sh', 'read -r _ _ _ parent _ </proc/self/stat\nput shell "$parent"\n');
  const shell = async () => (await short.run({ action: 'ask', script: whoami })).values.shell;
  const first = await shell();
  await waitUntil('its shell has ended', 10, () => !existsSync(`/proc/${first}`));
  const second = await shell();
  assert.notEqual(second, first);
  await short.close();
  assert.ok(!existsSync(`/proc/${second}`));
});

test('any texts come back as they were given, under any names, and none of it is run', { skip }, async () => {
  const text = fc
    .oneof(
      fc.string({ unit: 'binary', maxLength: 600 }),
      fc.string({ unit: 'grapheme', maxLength: 2000 }),
      fc.constantFrom(
        '',
        "'; touch /tmp/x; '",
        '$(id)`id`',
        '\n\n',
        ' lead',
        'trail ',
        'a\\',
        '. \n. \n',
        'x'.repeat(513),
      ),
    )
    // A half of a surrogate pair by itself is nothing in UTF-8.
    .map((given) => Buffer.from(given.replaceAll('\0', '')).toString());
  const names = fc.constantFrom('constructor', 'v1', 'v_2', 'value', 'part');
  await fc.assert(
    fc.asyncProperty(fc.dictionary(names, text, { noNullPrototype: true }), async (given) => {
      const values = { ...given, names: Object.keys(given).join(' ') };
      assert.deepEqual((await session.run({ action: 'echo', script: echoAll, values })).values, given);
    }),
    runs(60),
  );
});

test('what is no request is passed over by the far end, and what is no frame by this one', {
  skip,
}, async () => {
  const noise = fc
    .string({ unit: 'binary', maxLength: 80 })
    .map((each) => Buffer.from(`${each.replaceAll('\0', '')}\n`));
  await fc.assert(
    fc.asyncProperty(
      fc.array(noise, { maxLength: 4 }),
      fc.array(noise, { maxLength: 4 }),
      async (before, between) => {
        const loop = spawn('/bin/sh', ['-c', `nonce=n; . ${scriptPath('host/loop.sh')}`], {
          stdio: ['pipe', 'pipe', 'ignore'],
        });
        const frames: Frame[] = [];
        eachLine(loop.stdout, (line) => frames.push(...[parseFrame(line, 'n') ?? []].flat()));
        const ended = once(loop, 'close');
        const script = encodeScript(
          'n',
          '0',
          'printf "%s\\n" noise "n 7 strange x"; frame value "got $given"\n',
        );
        const request = (id: string) =>
          encodeRequest({ nonce: 'n', id, values: { given: id }, scripts: ['0'] });
        loop.stdin.end(Buffer.concat([...before, script, request('1'), ...between, request('2')]));
        await ended;
        for (const id of ['1', '2']) {
          const own = frames.filter((frame) => frame.kind !== 'ready' && frame.id === id);
          assert.deepEqual(
            own.filter(({ kind }) => kind === 'value'),
            [{ kind: 'value', id, name: 'got', text: id }],
          );
          assert.deepEqual(own.at(-1), { kind: 'end', id, status: 0 });
        }
      },
    ),
    runs(15),
  );
});

test('operations run side by side and their results do not mix', { skip }, async () => {
  const texts = Array.from({ length: 40 }, (_, index) => `${index} `.repeat(500));
  const outcomes = await Promise.all(
    texts.map((given) => session.run({ action: 'echo', script: echo, values: { given } })),
  );
  assert.deepEqual(
    outcomes.map(({ values }) => values.got),
    texts,
  );
});

test('what is in the environment of Pulumi is in none of an operation here, proxies aside', {
  skip,
}, async () => {
  const given = {
    PULUMI_CONFIG_PASSPHRASE: 'hush',
    AWS_SECRET_ACCESS_KEY: 'hush',
    https_proxy: 'http://192.0.2.1',
  };
  Object.assign(process.env, given);
  const other = createSession(undefined);
  try {
    const environment = scriptOf('environment.sh', 'put got "$(env)"\n');
    const { values } = await other.run({ action: 'ask', script: environment });
    assert.doesNotMatch(values.got ?? '', /hush/);
    assert.match(values.got ?? '', /^https_proxy=http:\/\/192\.0\.2\.1$/m);
    assert.match(values.got ?? '', /^HOME=/m);
  } finally {
    await other.close();
    for (const name of Object.keys(given)) delete process.env[name];
  }
});

test('operations that begin together are one round trip, and a script is sent once', { skip }, async () => {
  const departures: number[] = [];
  const requests: string[] = [];
  const { send } = newOutbox(
    'n',
    (bytes) => void requests.push(bytes.toString()),
    ({ operations }) => void departures.push(operations),
  );
  const ask = (id: string) => send({ id, values: { given: id }, scripts: ['put got "$given"\n'] });
  ask('1');
  ask('2');
  await waitUntil('the first departure', 5, () => departures.length === 1);
  ask('3');
  await waitUntil('the second departure', 5, () => departures.length === 2);
  assert.deepEqual(departures, [2, 1]);
  assert.equal(requests.join('').split('put got').length, 2);

  const other = createSession(undefined);
  const all = [1, 2, 3].map((given) =>
    other.run({ action: 'echo', script: echo, values: { given: `${given}` } }),
  );
  assert.deepEqual(
    (await Promise.all(all)).map(({ values }) => values.got),
    ['1', '2', '3'],
  );
  assert.equal(other.roundTrips(), 1);
  await other.close();
});

test('operations that are first at the same time share one connection', { skip }, async () => {
  const other = createSession(undefined);
  const script = scriptOf('pids.sh', 'put pid "$$"\n');
  const outcomes = await Promise.all([1, 2, 3].map(() => other.run({ action: 'ask', script })));
  await other.close();
  assert.equal(new Set(outcomes.map(({ values }) => values.pid)).size, 1);
});

test('a failure names host, machine, action, step and status, and holds the last lines', {
  skip,
}, async () => {
  const script = scriptOf('fail.sh', 'step "second step"\nseq 1 100\nsh -c "exit 7"\n');
  const failed = session.run({ action: 'build it', machine: 'r1', script });
  await assert.rejects(failed, (error: HostError) => {
    assert.match(error.message, /^r1 on this host: build it: second step failed \(exit status 7\)\n/);
    assert.match(error.message, /^ {2}100$/m);
    assert.doesNotMatch(error.message, /^ {2}50$/m);
    assert.equal(error.changed, true);
    return true;
  });
});

test('a script that refuses has changed nothing', { skip }, async () => {
  const script = scriptOf('refuse.sh', 'refuse "not on my watch"\n');
  await assert.rejects(session.run({ action: 'build it', script }), (error: HostError) => {
    assert.ok(error instanceof HostError);
    assert.match(error.message, /not on my watch/);
    assert.equal(error.changed, false);
    return true;
  });
});

test('an operation that takes too long is given up with its limit in the error', { skip }, async () => {
  const script = scriptOf('slow.sh', 'sleep 3\n');
  await assert.rejects(session.run({ action: 'wait', script, timeoutSeconds: 0.2 }), /It had 0\.2 s/);
});

test('a huge output is cut to its end', { skip }, async () => {
  const script = scriptOf('huge.sh', 'yes 0123456789 | head -c 3000000\nprintf "the end"\n');
  const { log } = await session.run({ action: 'print', script });
  assert.ok(log.length <= 65536);
  assert.match(log, /the end$/);
});

test('binary output does no harm', { skip }, async () => {
  const script = scriptOf('binary.sh', 'head -c 20000 /dev/urandom\nput got fine\n');
  const { values } = await session.run({ action: 'print', script });
  assert.equal(values.got, 'fine');
});

test('when the far end dies, what was waiting is told, and the next operation connects anew', {
  skip,
}, async () => {
  const other = createSession(undefined);
  const pidScript = scriptOf('pid.sh', 'put pid "$$"\n');
  const { values } = await other.run({ action: 'ask', script: pidScript });
  const waiting = other.run({ action: 'wait', script: scriptOf('wait.sh', 'sleep 2\n') });
  process.kill(Number(values.pid), 'SIGKILL');
  await assert.rejects(waiting, /The connection was lost/);
  const again = await other.run({ action: 'ask', script: pidScript });
  assert.notEqual(again.values.pid, values.pid);
  await other.close();
});

test('the text of what runs is in no process list', { skip }, async () => {
  const script = scriptOf('list.sh', 'put list "$(cat /proc/[0-9]*/cmdline 2>/dev/null | tr "\\0" " ")"\n');
  const { values } = await session.run({ action: 'look', script, values: { given: 'sesame-open' } });
  assert.doesNotMatch(values.list ?? '', /sesame-open|trap '' PIPE/);
  assert.ok(readFileSync('/proc/self/cmdline').length > 0);
});

test('a host that is given up is dialled once, whatever was on it', async (t) => {
  process.env.PULUMI_NSPAWN_DELETE_UNREACHABLE = 'true';
  t.after(() => delete process.env.PULUMI_NSPAWN_DELETE_UNREACHABLE);
  const gone = createSession({ host: '127.0.0.1', port: 1, dialErrorLimit: 1, hostKeyPolicy: 'insecure' });
  const failed = async () => gone.run({ action: 'ask', script: echo }).catch((error: HostError) => error);
  const [first, second] = [await failed(), await failed()];
  assert.ok(first instanceof HostError && first.unreachable);
  assert.equal(second, first);
});

test('an sshConfigFile that is not there is told, and nothing is dialled', async () => {
  const connection = { host: '192.0.2.1', sshConfigFile: '~/no/such config' };
  await assert.rejects(createSession(connection).run({ action: 'look', script: [] }), {
    message: /connection\.sshConfigFile: there is no file \/.*\/no\/such config\n(?:.|\n)*by other settings/,
  });
});
