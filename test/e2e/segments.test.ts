import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { openStack, type Result } from '../deployer';
import type { LabHost } from '../lab';
import { waitUntil } from '../lab/wait';
import { allReached, type ExampleRouter, routersOf } from './example';
import { hosts, placeOf } from './hosts';
import { changesOf, inMachine } from './life';
import { limitsOf } from './link';

// Of a link and of a bridge, the same is seen in tests of theirs.
const skip = process.env.PULUMI_NSPAWN_EXHAUSTIVE ? false : 'with PULUMI_NSPAWN_EXHAUSTIVE=1 only';

const names = ['sg-1', 'sg-2', 'sg-3', 'sg-4'];

describe('four routers on one segment over two hosts, with OSPF', { concurrency: 1 }, () => {
  let both: LabHost[];
  const backendDir = mkdtempSync(join(tmpdir(), 'pulumi-nspawn-segment-'));
  const stack = (state = 'up') =>
    openStack({
      dir: join(__dirname, 'programs/segment'),
      stack: 'test',
      backendDir,
      passphrase: 'test',
      config: {
        'segment:state': state,
        'segment:hosts': JSON.stringify(Object.fromEntries(both.map((host) => [host.name, placeOf(host)]))),
        'segment:privateKey': { secret: both[0]?.privateKey ?? '' },
      },
    });
  const succeeded = (result: Result) => {
    assert.ok(result.ok, result.log);
    return result;
  };
  const hostOf = (router: string) => both[names.indexOf(router) < 2 ? 0 : 1] as LabHost;
  let routers: ExampleRouter[];

  before(async () => {
    both = await hosts();
  });
  after(async () => {
    await (await stack()).destroy();
    rmSync(backendDir, { recursive: true, force: true });
  });

  test('all are neighbours of each other, of which one is the designated router', async () => {
    routers = routersOf(succeeded(await (await stack()).up()));
    await allReached(both, routers, 40);
    const roles = await Promise.all(
      names.map(async (name) => {
        const { stdout } = await inMachine(hostOf(name), name, "vtysh -c 'show ip ospf neighbor json'");
        const { neighbors } = JSON.parse(stdout) as { neighbors: Record<string, object[]> };
        assert.equal(Object.keys(neighbors).length, 3, stdout);
        const shown = await inMachine(hostOf(name), name, "vtysh -c 'show ip ospf interface office'");
        return /State (\w+)/.exec(shown.stdout)?.[1];
      }),
    );
    assert.deepEqual(roles.sort(), ['Backup', 'DR', 'DROther', 'DROther']);
    const limit = /qdisc tbf .* rate 50Mbit/;
    assert.match(await limitsOf(hostOf('sg-1'), 'sg-1', 'office'), limit);
    assert.match((await hostOf('sg-1').sh('tc qdisc show dev office_sg-1')).stdout, limit);
  });

  test('a second up changes nothing, after a refresh too', async () => {
    succeeded(await (await stack()).refresh());
    assert.deepEqual(changesOf(succeeded(await (await stack()).up())), []);
  });

  test('a router whose port somebody took out is told of by name, and mended', async () => {
    await hostOf('sg-3').sh('ip link set dev office_sg-3 nomaster');
    await waitUntil('its neighbours miss it', 20, async () => {
      const { stdout } = await inMachine(
        hostOf('sg-1'),
        'sg-1',
        "vtysh -c 'show ip route 10.192.0.3/32 json'",
      );
      return !stdout.includes('ospf');
    });
    const refreshed = succeeded(await (await stack()).refresh());
    assert.match(refreshed.log, /sg-1.*10\.192\.0\.3/s);
    assert.deepEqual(changesOf(succeeded(await (await stack()).preview())), [
      'update RoutingCheck lan',
      'update VethPeering lan-office-sg-3@h2',
    ]);
    succeeded(await (await stack()).up());
    await allReached(both, routers, 40);
  });

  test('after a reboot of a host all is back by itself', { skip }, async () => {
    await both[1]?.reboot();
    await allReached(both, routers, 60);
  });

  test('taken out of service nothing gets across, and back it does', { skip }, async () => {
    succeeded(await (await stack('down')).up());
    const { exitCode } = await inMachine(
      hostOf('sg-1'),
      'sg-1',
      'ping -q -c 1 -W 1 -I 10.192.0.1 10.192.0.2',
    );
    assert.notEqual(exitCode, 0);
    succeeded(await (await stack()).up());
    await allReached(both, routers, 40);
  });

  test('destroyed, no bridge and no port is left', async () => {
    succeeded(await (await stack()).destroy());
    for (const host of both) {
      const { stdout } = await host.sh('ip -o link');
      assert.doesNotMatch(stdout, /office/);
    }
  });
});
