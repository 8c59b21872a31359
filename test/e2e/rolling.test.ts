import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { openStack, type Result } from '../deployer';
import type { LabHost } from '../lab';
import { waitUntil } from '../lab/wait';
import { connectionTo, hosts } from './hosts';
import { changesOf, inMachine, leaderOf } from './life';
import { replaceBinary } from './plain-machine';

const names = ['ro-a', 'ro-b', 'ro-c'];
const broken = '[Service]\nType=oneshot\nExecStart=/bin/false\n';

describe('machines that have to restart', { concurrency: 1 }, () => {
  let both: LabHost[];
  const backendDir = mkdtempSync(join(tmpdir(), 'pulumi-nspawn-rolling-'));
  const hostOf = (name: string) => both[names.indexOf(name) % 2] as LabHost;
  const stack = (generation: string, machine: object = {}) =>
    openStack({
      dir: join(__dirname, 'programs/rolling'),
      stack: 'test',
      backendDir,
      passphrase: 'test',
      config: {
        'rolling:settings': JSON.stringify({ generation, machine }),
        'rolling:hosts': { secret: JSON.stringify(both.map(connectionTo)) },
      },
    });
  const succeeded = (result: Result) => {
    assert.ok(result.ok, result.log);
    return changesOf(result).filter((change) => !change.startsWith('refresh'));
  };
  const leaders = () => Promise.all(names.map((name) => leaderOf(hostOf(name), name)));
  const allUpdated = names.map((name) => `update Machine ${name}`);

  /** From its end to the end of its boot, in microseconds: both hosts have the clock of one kernel. */
  const outages = async () => {
    const spans = await Promise.all(
      names.map(async (name) => {
        const unit = `systemd-nspawn@${name}.service`;
        const ended = (await hostOf(name).sh(`systemctl show -P InactiveEnterTimestampMonotonic ${unit}`))
          .stdout;
        const up = await inMachine(hostOf(name), name, 'systemctl show -P FinishTimestampMonotonic');
        return [Number(ended), Number(up.stdout)] as const;
      }),
    );
    return spans.sort(([a], [b]) => a - b);
  };
  const assertApart = (spans: (readonly [number, number])[]) => {
    for (const [index, [ended]] of spans.entries()) {
      const [, lastUp] = spans[index - 1] ?? [0, 0];
      assert.ok(ended > lastUp, `${index}: ${JSON.stringify(spans)}`);
    }
  };

  before(async () => {
    both = await hosts();
    succeeded(await (await stack('1')).up());
  });
  after(async () => {
    await (await stack('1')).destroy();
    rmSync(backendDir, { recursive: true, force: true });
  });

  test('after an upgrade are named by a refresh, and restart one after the other, over all hosts', async () => {
    for (const host of both) await replaceBinary(host, '/usr/lib/frr/zebra');
    const preview = await (await stack('1')).preview({ refresh: true });
    assert.deepEqual(succeeded(preview), allUpdated);
    assert.match(preview.log, /staleBinaries.*\/usr\/lib\/frr\/zebra/s);
    const before = await leaders();
    assert.deepEqual(succeeded(await (await stack('1')).up({ refresh: true })), allUpdated);
    for (const [index, leader] of (await leaders()).entries()) assert.notEqual(leader, before[index]);
    assertApart(await outages());
    assert.deepEqual(succeeded(await (await stack('1')).up({ refresh: true })), []);
  });

  test('wait for those of another run on their host', async () => {
    const [host] = both as [LabHost];
    const held = host.sh('flock /run/pulumi-nspawn/restart.1.lock sh -c "sleep 4; cut -d. -f1 /proc/uptime"');
    await waitUntil(
      'the place is taken',
      5,
      async () =>
        (await host.sh('flock -n /run/pulumi-nspawn/restart.1.lock true', { reject: false })).exitCode !== 0,
    );
    assert.deepEqual(succeeded(await (await stack('2')).up()), allUpdated);
    const { stdout } = await host.sh(
      'systemctl show -P InactiveEnterTimestampMonotonic systemd-nspawn@ro-a.service',
    );
    assert.ok(Number(stdout) / 1e6 >= Number((await held).stdout));
    assertApart(await outages());
  });

  test('stay as they are once one of them has not come up again, and the next run goes on', async () => {
    const trees = names.map(
      (name) => [hostOf(name), `/var/lib/machines/${name}/etc/systemd/system`] as const,
    );
    for (const [host, tree] of trees) {
      await host.sh(
        `mkdir -p ${tree}/multi-user.target.wants && cat >${tree}/broken.service && ln -s ../broken.service ${tree}/multi-user.target.wants/`,
        { input: broken },
      );
    }
    const before = await leaders();
    const failed = await (await stack('3')).up();
    assert.equal(failed.ok, false);
    assert.equal((await leaders()).filter((leader, index) => leader !== before[index]).length, 1);
    assert.equal(
      failed.log.match(/has to restart and was left as it is, since ro-\w on /g)?.length,
      2,
      failed.log,
    );
    for (const [host, tree] of trees)
      await host.sh(`rm ${tree}/broken.service ${tree}/multi-user.target.wants/broken.service`);
    for (const name of names) await inMachine(hostOf(name), name, 'systemctl reset-failed');
    assert.deepEqual(succeeded(await (await stack('3')).up()), allUpdated);
    assert.equal((await leaders()).filter((leader, index) => leader !== before[index]).length, 3);
  });

  test('all restart at once where that is wanted', async () => {
    const before = await leaders();
    const parallel = { restart: { strategy: 'parallel' } };
    assert.deepEqual(succeeded(await (await stack('4', parallel)).up()), allUpdated);
    for (const [index, leader] of (await leaders()).entries()) assert.notEqual(leader, before[index]);
    const [first, second] = (await outages()) as [[number, number], [number, number]];
    assert.ok(second[0] < first[1]);
  });
});
