import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Connection } from '../../provider/host/connection';
import { HostError } from '../../provider/host/error';
import { createSession } from '../../provider/host/session';
import { openScripts } from '../e2e/ask';
import { connectionTo, hosts } from '../e2e/hosts';
import type { LabHost } from '../lab';

const scripts = openScripts();
const { folder, script } = scripts;
after(scripts.close);

// Without the patience that there is for hosts which are only starting.
const ask = (connection: Connection, text?: string) =>
  scripts.ask({ dialErrorLimit: 2, perDialTimeout: 5, ...connection }, text);

const refused = (connection: Connection, refusal: RegExp) =>
  assert.rejects(ask(connection), (error: Error) => {
    assert.ok(error instanceof HostError, String(error));
    assert.equal(error.changed, false);
    assert.match(error.message, refusal);
    return true;
  });

// A shell that knows one command with words in single quotes, as any login shell does, and nothing else of sh.
const oddShell = `#!/usr/bin/python3
import os, shlex, sys
words = shlex.split(sys.argv[2])
if words[0] != "exec" or "$(" in sys.argv[2].split("'")[0]: sys.exit("odd: cannot run " + sys.argv[2])
os.execvp(words[1], words[1:])
`;

// What a user's login does before our command runs, and how it is all the same.
const logins: [title: string, setup: string][] = [
  [
    'a login that talks on both streams, in words that look like ours',
    `printf 'echo welcome; echo 0123456789abcdef01 ready 0; echo 1 end 0; echo oops >&2; printf "no end of line"\\n' >/home/faulty/.bashrc
    mkdir -p /home/faulty/.ssh; printf 'echo from sshrc\\n' >/home/faulty/.ssh/rc`,
  ],
  ['a login whose start takes two seconds', "echo 'sleep 2' >/home/faulty/.bashrc"],
  ['a login that prints 30 MB first', `echo "head -c 30000000 /dev/urandom" >/home/faulty/.bashrc`],
  ['a login without a PATH', "echo 'PATH=' >/home/faulty/.bashrc"],
  [
    'a login with options and aliases of its own',
    `printf 'set -u -f -C\\nalias read=false eval=false\\nshopt -s expand_aliases\\nIFS=:\\nCDPATH=/\\numask 777\\n' >/home/faulty/.bashrc`,
  ],
  [
    'a login shell that is not POSIX',
    'cat >/usr/local/bin/odd-shell; chmod 755 /usr/local/bin/odd-shell; usermod -s /usr/local/bin/odd-shell faulty',
  ],
  ['a locale that is not UTF-8', "echo 'export LC_ALL=tr_TR.ISO-8859-9 LANG=tr_TR' >/home/faulty/.bashrc"],
  [
    'a sudo that gives commands a terminal of their own',
    "echo 'Defaults:faulty use_pty' >/etc/sudoers.d/faulty-more",
  ],
];

const refusals: [title: string, setup: string, refusal: RegExp][] = [
  [
    'a login that never gets to the command',
    "echo 'cat /dev/zero' >/home/faulty/.bashrc",
    /could not be reached|printed/,
  ],
  [
    'an account that may not log in',
    'usermod -s /usr/sbin/nologin faulty',
    /not available|could not be reached/,
  ],
  [
    'a user whom sudo does not know',
    'rm /etc/sudoers.d/faulty',
    /sudo did not let the user become root.*connection\.sudo/s,
  ],
  [
    'a sudo that wants a terminal',
    "echo 'Defaults:faulty requiretty' >/etc/sudoers.d/faulty-more",
    /you must have a tty[\s\S]*requiretty/,
  ],
  [
    'a host without sudo',
    'mv /usr/bin/sudo /usr/bin/.sudo.away',
    /sudo[\s\S]*sudo is not installed on the host/,
  ],
];

describe('logins of all kinds', { concurrency: 2 }, () => {
  for (const [index, release] of ['Debian 12', 'Debian 13'].entries()) {
    describe(`on ${release}`, { concurrency: 1, timeout: 120_000 }, () => {
      let host: LabHost;
      let faulty: Connection;
      const fresh = `usermod -s /bin/bash faulty 2>/dev/null || useradd -m -s /bin/bash faulty
        if [ -e /usr/bin/.sudo.away ]; then mv /usr/bin/.sudo.away /usr/bin/sudo; fi
        rm -rf /home/faulty/.bashrc /home/faulty/.ssh /etc/sudoers.d/faulty-more; mkdir -m 700 /home/faulty/.ssh
        cp /root/.ssh/authorized_keys /home/faulty/.ssh/; chown -R faulty: /home/faulty
        echo 'faulty ALL=(ALL) NOPASSWD: ALL' >/etc/sudoers.d/faulty`;
      before(async () => {
        host = (await hosts())[index] as LabHost;
        faulty = { ...connectionTo(host), user: 'faulty', sudo: true };
      });
      after(() =>
        host.sh(
          `${fresh}; userdel -rf faulty 2>/dev/null; rm -f /etc/sudoers.d/faulty /usr/local/bin/odd-shell`,
        ),
      );
      const prepare = async (setup: string) => {
        await host.sh(fresh);
        await host.sh(setup, { input: oddShell });
      };

      for (const [title, setup] of logins) {
        test(`${title} leads to the host`, async () => {
          await prepare(setup);
          assert.equal(await ask(faulty), `0 ${host.name}`);
        });
      }
      for (const [title, setup, refusal] of refusals) {
        test(`${title} is one clear error`, async () => {
          await prepare(setup);
          const before = process.memoryUsage().rss;
          await refused({ ...faulty, perDialTimeout: 2, dialErrorLimit: 1 }, refusal);
          assert.ok(process.memoryUsage().rss - before < 200e6, 'memory is bounded');
        });
      }
      test('one session and one start at a time are enough for many operations, and for several engines', async () => {
        const limits = '/etc/ssh/sshd_config.d/faults.conf';
        await host.sh(`printf 'MaxSessions 1\\nMaxStartups 1\\n' >${limits}; systemctl reload ssh`);
        const sessions = [1, 2, 3].map(() => createSession({ ...connectionTo(host), perDialTimeout: 5 }));
        try {
          const answers = await Promise.all(
            sessions.flatMap((session) =>
              [1, 2, 3].map((number) => {
                return session.run({
                  action: 'ask',
                  script: script(`sleep 0.${number}; put answer ${number}\n`),
                });
              }),
            ),
          );
          assert.deepEqual(
            answers.map(({ values }) => values.answer),
            ['1', '2', '3', '1', '2', '3', '1', '2', '3'],
          );
        } finally {
          await Promise.all(sessions.map((session) => session.close()));
          await host.sh(`rm ${limits}; systemctl reload ssh`);
        }
      });

      test('100 MB of output, binary, take little memory, and the end of it is told', async () => {
        const before = process.memoryUsage().rss;
        const session = createSession(connectionTo(host));
        const loud = script('head -c 100000000 /dev/urandom; echo; echo the end; exit 3\n');
        await assert.rejects(session.run({ action: 'be loud', script: loud }), (error: Error) => {
          assert.match(error.message, /exit status 3[\s\S]*the end/);
          assert.ok(error.message.length < 100_000);
          return true;
        });
        await session.close();
        assert.ok(process.memoryUsage().rss - before < 100e6);
      });
    });
  }
});

describe('what is no host at all', { concurrency: 1 }, () => {
  const serverThat = async (answer: string) => {
    const server = createServer((socket) => void socket.on('error', () => {}).write(answer));
    await new Promise<void>((done) => void server.listen(0, '127.0.0.1', done));
    const { port } = server.address() as { port: number };
    return { connection: { host: '127.0.0.1', port }, close: () => server.close() };
  };
  test('a port that takes connections and says nothing is given up in time', {
    timeout: 30_000,
  }, async () => {
    const { connection, close } = await serverThat('');
    await refused({ ...connection, perDialTimeout: 1 }, /could not be reached in 2 dials/);
    close();
  });
  test('a port that speaks another protocol is told as such', { timeout: 30_000 }, async () => {
    const { connection, close } = await serverThat('HTTP/1.1 400 Bad Request\r\n\r\n'.repeat(500));
    await refused({ ...connection, perDialTimeout: 1 }, /invalid|banner|could not be reached/);
    close();
  });
  test('a jump host that is down is named', { timeout: 30_000 }, async () => {
    const connection = { host: '192.0.2.1', proxy: { host: '127.0.0.1', port: 1 } };
    await refused(connection, /127\.0\.0\.1[\s\S]*proxy/);
  });
  test('a host that is down behind a jump host is told apart from it', { timeout: 60_000 }, async () => {
    const [h1, h2] = (await hosts()) as [LabHost, LabHost];
    const { host, user, privateKey, hostKey } = connectionTo(h1);
    const connection = { ...connectionTo(h2), port: 1, proxy: { host, user, privateKey, hostKey } };
    await refused(connection, /could not be reached through the jump host .* in 2 dials/);
  });
  test('an agent that is not there is one refused login, at once', { timeout: 30_000 }, async () => {
    const [h1] = (await hosts()) as [LabHost];
    const { privateKey: _, ...rest } = connectionTo(h1);
    const before = Number(
      (await h1.sh(`journalctl -u ssh --no-pager -o cat | grep -c '^Connection' || :`)).stdout,
    );
    const connection = { ...rest, agentSocketPath: join(folder, 'no-agent'), dialErrorLimit: 10 };
    await refused(connection, /refused the login of root/);
    const now = Number(
      (await h1.sh(`journalctl -u ssh --no-pager -o cat | grep -c '^Connection' || :`)).stdout,
    );
    assert.ok(now - before <= 1, 'no more than one try, which could lock an account');
  });
  test('without an ssh client the error says what to install, at once', { timeout: 10_000 }, async () => {
    const path = process.env.PATH;
    process.env.PATH = folder;
    try {
      await refused({ host: '127.0.0.1', dialErrorLimit: 10 }, /OpenSSH client/);
    } finally {
      process.env.PATH = path;
    }
  });
  test("a user's own ssh config cannot break it", { timeout: 60_000 }, async () => {
    const [host] = await hosts();
    assert.ok(host);
    const sshConfigFile = join(folder, 'config');
    const config = `RequestTTY force\nRemoteCommand false\nControlMaster auto\nControlPath ${folder}/%C\nControlPersist yes
LogLevel DEBUG3\nForwardAgent yes\nLocalForward 1 127.0.0.1:1\nExitOnForwardFailure yes\nServerAliveInterval 0\nEscapeChar none\n`;
    writeFileSync(sshConfigFile, config);
    assert.equal(await ask({ ...connectionTo(host), sshConfigFile }), '0 h1');
  });
});
