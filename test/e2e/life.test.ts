import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import type { LabHost } from '../lab';
import { waitUntil } from '../lab/wait';
import { hosts } from './hosts';
import { changesOf, established, inMachine, leaderOf, openLife, traceOn } from './life';

// One stack over both releases, through its whole life. Each test stands on the one before.
describe('the life of a stack on Debian 12 and 13', { concurrency: 1 }, () => {
  let all: LabHost[];
  let life: Awaited<ReturnType<typeof openLife>>;
  let traces: string[][];
  before(async () => {
    all = await hosts();
    life = await openLife(all);
    traces = await Promise.all(all.map(traceOn));
  });
  after(async () => {
    await (await life.with()).destroy().catch(() => {});
    life.close();
  });
  const onEach = (act: (host: LabHost) => Promise<void>) => Promise.all(all.map(act));

  test('a preview touches no host: it works while they cannot be reached', async () => {
    await onEach((host) => host.cut());
    try {
      const result = await (await life.with()).preview();
      assert.ok(result.ok, result.log);
      assert.equal(changesOf(result).length, 16);
      assert.match(result.log, /memoryMax.*200M/);
      assert.doesNotMatch(result.log, /correct horse|BEGIN OPENSSH/);
    } finally {
      await onEach((host) => host.restore());
    }
  });

  test('up makes machines that run, links that carry BGP, and files as declared', async () => {
    const result = await (await life.with()).up();
    assert.ok(result.ok, result.log);
    await onEach(async (host) => {
      await established(host, 'life-a', '10.1.0.1');
      assert.equal((await inMachine(host, 'life-a', 'cat /etc/motd')).stdout.trim(), 'first');
      const mode = await inMachine(host, 'life-b', "stat -c '%a %U' /etc/secret /etc/frr/frr.conf");
      assert.equal(mode.stdout.trim(), '600 root\n640 frr');
      assert.equal((await inMachine(host, 'life-a', 'systemctl is-system-running')).stdout.trim(), 'running');
      const show = await host.sh('systemctl show -P MemoryMax systemd-nspawn@life-a.service');
      assert.equal(show.stdout.trim(), String(200 * 1024 * 1024));
      const ping = await host.sh('ping -c 1 -W 2 10.1.1.1', { reject: false });
      assert.equal(ping.exitCode, 0, ping.stdout);
    });
  });

  test('the checkpoint holds no secret in plain text', async () => {
    const checkpoint = readFileSync((await life.with()).checkpointFile, 'utf8');
    assert.doesNotMatch(checkpoint, /correct horse|BEGIN OPENSSH/);
  });

  test('a second up changes nothing, and reaches no host', async () => {
    await onEach((host) => host.cut());
    try {
      const result = await (await life.with()).up();
      assert.ok(result.ok, result.log);
      assert.deepEqual(changesOf(result), []);
    } finally {
      await onEach((host) => host.restore());
    }
  });

  test('a refresh of what is as it should be finds nothing, and writes nothing on a host', async () => {
    const mark = () => onEach(async (host) => void (await host.sh('touch /run/mark')));
    await mark();
    const result = await (await life.with()).refresh();
    assert.ok(result.ok, result.log);
    assert.deepEqual(
      changesOf(result).filter((change) => !change.startsWith('refresh')),
      [],
    );
    await onEach(async (host) => {
      const { stdout } = await host.sh(
        'find /etc /var/lib/pulumi-nspawn /var/lib/machines/*/etc -xdev -newer /run/mark',
      );
      assert.equal(stdout.trim(), '');
    });
    assert.deepEqual(changesOf(await (await life.with()).preview()), []);
  });

  test('a limit changes live: the preview shows it alone, and no machine restarts', async () => {
    const leaders = await Promise.all(all.map((host) => leaderOf(host, 'life-a')));
    const stack = await life.with({ memoryMax: '220M' });
    const changes = [
      'update NspawnConfig h1-a',
      'update NspawnConfig h1-b',
      'update NspawnConfig h2-a',
      'update NspawnConfig h2-b',
    ];
    const preview = await stack.preview();
    assert.deepEqual(changesOf(preview), changes);
    assert.match(preview.log, /memoryMax.*"200M" => "220M"/);
    const result = await stack.up();
    assert.deepEqual(changesOf(result), changes);
    await onEach(async (host) => {
      const show = await host.sh('systemctl show -P MemoryMax systemd-nspawn@life-a.service');
      assert.equal(show.stdout.trim(), String(220 * 1024 * 1024));
    });
    assert.deepEqual(await Promise.all(all.map((host) => leaderOf(host, 'life-a'))), leaders);
  });

  test('a file changes in place in a running machine', async () => {
    const leaders = await Promise.all(all.map((host) => leaderOf(host, 'life-a')));
    const stack = await life.with({ memoryMax: '220M', motd: 'second\n' });
    const preview = await stack.preview();
    assert.match(preview.log, /motd/);
    const result = await stack.up();
    assert.ok(result.ok, result.log);
    assert.ok(changesOf(result).every((change) => change.startsWith('update HostRootfs')));
    await onEach(async (host) => {
      const { stdout } = await inMachine(
        host,
        'life-a',
        "stat -c '%U %a' /etc/motd && cat /etc/motd".replace(/.*/, (line) => `sh -c "${line}"`),
      );
      assert.equal(stdout.trim(), 'root 644\nsecond');
    });
    assert.deepEqual(await Promise.all(all.map((host) => leaderOf(host, 'life-a'))), leaders);
  });

  const later = { memoryMax: '220M', motd: 'second\n', environment: { ROUTER: 'a' } };

  test('an option that needs it restarts its machine once, and the link comes back with BGP', async () => {
    const before = await Promise.all(all.map((host) => leaderOf(host, 'life-b')));
    const stack = await life.with(later);
    const changes = [
      'update Machine h1-a',
      'update Machine h2-a',
      'update NspawnConfig h1-a',
      'update NspawnConfig h2-a',
    ];
    const preview = await stack.preview();
    assert.deepEqual(changesOf(preview), changes);
    assert.match(preview.log, /restartTriggers/);
    const result = await stack.up();
    assert.deepEqual(changesOf(result), changes, result.log);
    await onEach(async (host) => {
      const { stdout } = await inMachine(host, 'life-a', 'cat /proc/1/environ');
      assert.match(stdout, /ROUTER=a/);
      await established(host, 'life-a', '10.1.0.1');
    });
    assert.deepEqual(await Promise.all(all.map((host) => leaderOf(host, 'life-b'))), before);
  });

  test('an address changes live, and the others stay', async () => {
    const leaders = await Promise.all(all.map((host) => leaderOf(host, 'life-a')));
    const result = await (await life.with({ ...later, secondAddress: 'fd00:1::11/64' })).up();
    assert.deepEqual(
      changesOf(result),
      ['update VethPeering h1-a-b', 'update VethPeering h2-a-b'],
      result.log,
    );
    await onEach(async (host) => {
      const { stdout } = await inMachine(host, 'life-a', 'ip -o address show dev to-b scope global');
      assert.match(stdout, /10\.1\.0\.0\/31/);
      assert.match(stdout, /fd00:1::11\/64/);
      assert.doesNotMatch(stdout, /fd00:1::1\/64/);
      await established(host, 'life-a', '10.1.0.1', 3);
    });
    assert.deepEqual(await Promise.all(all.map((host) => leaderOf(host, 'life-a'))), leaders);
  });

  test('refresh finds what was changed by hand, and up repairs it', async () => {
    await onEach(async (host) => {
      await host.sh(`
        sed -i 's/^PrivateUsers=.*/PrivateUsers=no/' /etc/systemd/nspawn/life-a.nspawn
        nsenter -t "$(machinectl show -p Leader --value life-a)" -n ip link delete to-host
        echo changed >/var/lib/machines/life-a/etc/motd
        echo another secret >/var/lib/machines/life-a/etc/secret
        systemctl stop systemd-nspawn@life-b`);
    });
    const stack = await life.with(later);
    const refreshed = await stack.refresh();
    assert.ok(refreshed.ok, refreshed.log);
    assert.match(refreshed.log, /privateUsers/);
    assert.match(refreshed.log, /changed/);
    assert.doesNotMatch(refreshed.log, /another secret/);
    assert.doesNotMatch(readFileSync(stack.checkpointFile, 'utf8'), /another secret/);
    const preview = await stack.preview();
    for (const name of ['h1', 'h2']) {
      for (const change of [
        `update NspawnConfig ${name}-a`,
        `update HostRootfs ${name}-a`,
        `update Machine ${name}-b`,
        `update VethPeering ${name}-host-a`,
      ]) {
        assert.ok(changesOf(preview).includes(change), `${change} is not in\n${preview.log}`);
      }
    }
    const repaired = await stack.up();
    assert.ok(repaired.ok, repaired.log);
    await onEach(async (host) => {
      const { stdout } = await host.sh('grep PrivateUsers= /etc/systemd/nspawn/life-a.nspawn');
      assert.match(stdout, /pick/);
      assert.equal((await inMachine(host, 'life-a', 'cat /etc/motd')).stdout.trim(), 'second');
      assert.match((await inMachine(host, 'life-a', 'cat /etc/secret')).stdout, /^correct horse/);
      assert.equal((await host.sh('ping -c 1 -W 2 10.1.1.1', { reject: false })).exitCode, 0);
      await established(host, 'life-a', '10.1.0.1');
    });
    assert.deepEqual(changesOf(await stack.preview()), []);
  });

  test('links come back after machinectl reboot, with their addresses and BGP', async () => {
    await onEach(async (host) => {
      const leader = await leaderOf(host, 'life-b');
      await host.sh('machinectl reboot life-b');
      await waitUntil('life-b has rebooted', 30, async () => {
        const { stdout } = await host.sh('machinectl show -p Leader --value life-b', { reject: false });
        return stdout.trim() !== '' && stdout.trim() !== leader;
      });
      await established(host, 'life-a', '10.1.0.1');
    });
  });

  test('links come back after systemctl restart of a machine', async () => {
    await onEach(async (host) => {
      await host.sh('systemctl restart systemd-nspawn@life-a');
      await established(host, 'life-a', '10.1.0.1');
      assert.equal((await host.sh('ping -c 1 -W 2 10.1.1.1', { reject: false })).exitCode, 0);
    });
  });

  test('machines and links come back after the host reboots', async () => {
    await onEach(async (host) => {
      await host.reboot();
      await established(host, 'life-a', '10.1.0.1', 60);
    });
    const refreshed = await (await life.with(later)).refresh();
    assert.ok(refreshed.ok, refreshed.log);
    assert.deepEqual(changesOf(await (await life.with(later)).preview()), []);
  });

  test('another name for a machine replaces what belongs to it', async () => {
    const result = await (await life.with({ ...later, nameOfB: 'life-c' })).up();
    assert.ok(result.ok, result.log);
    await onEach(async (host) => {
      const { stdout } = await host.sh('machinectl list --no-legend; ls /var/lib/machines');
      assert.match(stdout, /life-c/);
      assert.doesNotMatch(stdout, /life-b/);
      await established(host, 'life-a', '10.1.0.1');
    });
  });

  test('destroy leaves the hosts as they were', async () => {
    const result = await (await life.with({ ...later, nameOfB: 'life-c' })).destroy();
    assert.ok(result.ok, result.log);
    const left = await Promise.all(all.map(traceOn));
    for (const [index, host] of all.entries()) {
      const [before, now] = [new Set(traces[index]), new Set(left[index])];
      assert.deepEqual(
        [...now].filter((line) => !before.has(line)),
        [],
        `new on ${host.name}`,
      );
      assert.deepEqual(
        [...before].filter((line) => !now.has(line)),
        [],
        `gone from ${host.name}`,
      );
    }
  });
});
