import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { openStack, type Stack } from '../deployer';
import type { LabHost } from '../lab';
import { waitUntil } from '../lab/wait';
import { connectionTo, hosts } from './hosts';
import { changesOf, established, inMachine } from './life';

// What the README has its reader type into the host's vtysh.
const hostSide = `configure terminal
router bgp 65000
no bgp ebgp-requires-policy
neighbor 10.0.0.1 remote-as 65001
neighbor 10.0.0.1 password the shared password
`;

describe('the quickstart: a router that peers with its host, which runs FRR itself', {
  concurrency: 1,
}, () => {
  const backendDir = mkdtempSync(join(tmpdir(), 'pulumi-nspawn-quickstart-'));
  let all: LabHost[];
  let stacks: Stack[];
  before(async () => {
    all = await hosts();
    stacks = await Promise.all(
      all.map((host) =>
        openStack({
          dir: join(__dirname, '../..'),
          stack: host.name,
          backendDir,
          passphrase: 'x',
          config: {
            'pulumi-nspawn:connection': { secret: JSON.stringify(connectionTo(host)) },
            'pulumi-nspawn:bgpPassword': { secret: 'the shared password' },
          },
        }),
      ),
    );
    for (const host of all) {
      await host.sh(`
        cp -a /etc/frr /etc/frr.before
        sed -i 's/^bgpd=no/bgpd=yes/' /etc/frr/daemons
        systemctl restart frr`);
      await host.sh('vtysh', { input: hostSide });
      await host.run(['vtysh', '-c', 'write']);
    }
  });
  after(async () => {
    for (const stack of stacks) await stack.destroy().catch(() => {});
    for (const host of all) {
      await host.sh('systemctl stop frr; rm -rf /etc/frr; mv /etc/frr.before /etc/frr');
    }
    rmSync(backendDir, { recursive: true, force: true });
  });
  const onEach = (act: (host: LabHost, stack: Stack) => Promise<void>) =>
    Promise.all(all.map((host, index) => act(host, stacks[index] as Stack)));

  test('up ends in a session with the host, with its password', async () => {
    await onEach(async (host, stack) => {
      const result = await stack.up();
      assert.ok(result.ok, result.log);
      assert.equal(result.outputs.unit, 'systemd-nspawn@r1.service');
      await established(host, 'r1', '10.0.0.0');
      await waitUntil("the router's loopback is routed on the host", 20, async () => {
        const { stdout } = await host.run(['vtysh', '-c', 'show ip route 10.255.0.1/32 json']);
        return /"protocol":\s*"bgp"/.test(stdout);
      });
      await host.run(['ping', '-q', '-c', '1', '-W', '2', '10.255.0.1']);
      const back = await inMachine(host, 'r1', 'ping -q -c 1 -W 2 -I 10.255.0.1 10.0.0.0');
      assert.equal(back.exitCode, 0, back.stdout);
    });
  });

  test("nothing of the host's own FRR configuration is in the router", async () => {
    await onEach(async (host) => {
      const { stdout } = await inMachine(host, 'r1', 'grep -r 65000 /etc/frr');
      assert.match(stdout, /remote-as 65000/); // its own line
      const found = await host.sh('grep -rl "remote-as 65001" /var/lib/machines/r1 || :');
      assert.equal(found.stdout.trim(), '');
    });
  });

  test('the password is in no plain output and in no checkpoint', async () => {
    await onEach(async (_, stack) => {
      assert.doesNotMatch(JSON.stringify(await stack.export()), /the shared password/);
      assert.doesNotMatch((await stack.preview()).log, /the shared password/);
    });
  });

  test('a second up changes nothing', async () => {
    await onEach(async (_, stack) => {
      assert.deepEqual(changesOf(await stack.up()), []);
    });
  });

  test('destroy leaves the host’s FRR as it was', async () => {
    await onEach(async (host, stack) => {
      const result = await stack.destroy();
      assert.ok(result.ok, result.log);
      const { stdout } = await host.run(['vtysh', '-c', 'show running-config']);
      assert.match(stdout, /neighbor 10\.0\.0\.1 remote-as 65001/);
      assert.equal((await host.run(['systemctl', 'is-active', 'frr'])).stdout.trim(), 'active');
    });
  });
});
