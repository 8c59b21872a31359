import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { openStack } from '../deployer';
import type { LabHost } from '../lab';
import { connectionTo, hosts } from './hosts';
import { changesOf, leaderOf } from './life';

const packages = ['systemd-container', 'frr', 'frr-pythontools', 'iproute2', 'rt-daemon'];
const script = (name: string) => readFileSync(join(__dirname, name), 'utf8');

describe("an upgrade of the host's packages", { concurrency: 1 }, () => {
  let host: LabHost;
  let leader: string;
  const backendDir = mkdtempSync(join(tmpdir(), 'pulumi-nspawn-upgrade-'));
  const stack = (runtime: object = {}) =>
    openStack({
      dir: join(__dirname, 'programs/upgrade'),
      stack: 'test',
      backendDir,
      passphrase: 'test',
      config: {
        'upgrade:runtime': JSON.stringify({ packages, ...runtime }),
        'upgrade:connection': { secret: JSON.stringify(connectionTo(host)) },
      },
    });
  const up = async (runtime: object = {}, options: object = {}) => {
    const result = await (await stack(runtime)).up(options);
    assert.ok(result.ok, result.log);
    return changesOf(result).filter((change) => !change.startsWith('refresh'));
  };

  before(async () => {
    host = (await hosts())[1] as LabHost;
    await host.sh(script('host-runtime-packages.sh'));
  });
  after(async () => {
    await (await stack()).destroy();
    await host.sh(script('host-runtime-clear.sh'), { reject: false });
    rmSync(backendDir, { recursive: true, force: true });
  });

  test('is not seen before a refresh', async () => {
    assert.equal((await up()).length, 4);
    leader = await leaderOf(host, 'rt-machine');
    await host.run(['dpkg', '-i', '/srv/rt-packages/rt-daemon_2.deb']);
    assert.deepEqual(await up(), []);
  });

  test('restarts machines that have usrDigest, once', async () => {
    const preview = await (await stack()).preview({ refresh: true });
    assert.deepEqual(
      changesOf(preview).filter((change) => !change.startsWith('refresh')),
      ['update Machine rt-machine'],
    );
    assert.deepEqual(await up({}, { refresh: true }), ['update Machine rt-machine']);
    const started = await leaderOf(host, 'rt-machine');
    assert.notEqual(started, leader);
    leader = started;
    assert.deepEqual(await up({}, { refresh: true }), []);
    assert.equal(await leaderOf(host, 'rt-machine'), leader);
  });

  test('of another package restarts none', async () => {
    await host.run(['dpkg', '-i', '/srv/rt-packages/rt-other_1.deb']);
    assert.deepEqual(await up({}, { refresh: true }), []);
  });

  // Only the host knows the digest, and packages may come with the change: the preview says that it is not known yet.
  test('may come with a change of the HostRuntime, which itself restarts no machine', async () => {
    const changed = { sysctls: { 'net.ipv4.ip_default_ttl': 60 } };
    const preview = await (await stack(changed)).preview();
    assert.deepEqual(changesOf(preview), ['update HostRuntime runtime', 'update Machine rt-machine']);
    assert.deepEqual(await up(changed), ['update HostRuntime runtime']);
    assert.equal(await leaderOf(host, 'rt-machine'), leader);
  });
});
