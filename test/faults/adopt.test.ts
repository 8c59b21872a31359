import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { closeSessions } from '../../provider/host/pool';
import { hosts } from '../e2e/hosts';
import { inMachine, leaderOf } from '../e2e/life';
import { type HostStack, stackOn } from '../e2e/routers';
import type { LabHost } from '../lab';
import { changesSince, tracesOf } from './trace';

after(closeSessions);

const name = 'my-container';
const tree = `/var/lib/machines/${name}`;
const byHand = readFileSync(join(__dirname, 'adopt.sh'), 'utf8');
// With debootstrap, as the article has it, it takes a minute; otherwise a tree of the same packages, copied from the host.
const how = process.env.PULUMI_NSPAWN_EXHAUSTIVE === undefined ? 'copy' : 'debootstrap';

describe("the article's container, made by hand, is taken over", { concurrency: 2 }, () => {
  for (const [index, release] of ['Debian 12', 'Debian 13'].entries()) {
    describe(`on ${release}`, { concurrency: 1, timeout: 600_000 }, () => {
      let host: LabHost;
      let stack: HostStack;
      let empty: string[];
      let theirs: string[];
      let leader: string;
      // All files, with their owners as the machine sees them, but what a system that runs writes all the time.
      const files = async () =>
        (
          await host.sh(
            `cd ${tree} && find etc root opt home srv var/lib/frr -printf '%m %U %G %p %l\\n' |
              awk -v base="$(stat -c %u .)" '{ $2 -= base; $3 -= base; print }' | sort
            find etc root -type f -exec sha256sum {} + | sort`,
          )
        ).stdout.split('\n');
      const settings = {
        exec: { hostname: name, privateUsers: 'pick' },
        service: { cpuQuota: '50%', memoryMax: '256M', memorySwapMax: '512M' },
      };
      before(async () => {
        host = (await hosts())[index] as LabHost;
        stack = stackOn(host);
        await host.run(['sh', '-s', 'remove'], { input: byHand });
        empty = await tracesOf(host);
        await host.run(['sh', '-s', how], { input: byHand, timeoutSeconds: 500 });
        theirs = await files();
        leader = await leaderOf(host, name);
      });
      after(async () => {
        await stack?.clear().catch(() => {});
        await host?.run(['sh', '-s', 'remove'], { input: byHand });
      });

      test('without adopt: true each part of it is refused, and stays as it is', async () => {
        const config = async () => (await host.sh(`cat /etc/systemd/nspawn/${name}.nspawn`)).stdout;
        const was = await config();
        for (const kind of ['HostRootfs', 'NspawnConfig', 'Machine']) {
          await assert.rejects(stack.put(kind, name), /is not managed by Pulumi. Set adopt: true/, kind);
        }
        assert.deepEqual(await files(), theirs);
        assert.equal(await config(), was);
        assert.equal(await leaderOf(host, name), leader);
        assert.equal(stack.state('HostRootfs', name), undefined);
      });

      test('with it, what is declared is made so, and nothing else changes', async () => {
        await stack.put('HostRootfs', name, { adopt: true });
        await stack.put('NspawnConfig', name, { ...settings, adopt: true });
        await stack.put('Machine', name, { adopt: true, enabled: true });
        const now = await files();
        const changed = now.filter((line) => !theirs.includes(line));
        const gone = theirs.filter((line) => !now.includes(line));
        const ours =
          /etc\/(hostname|hosts|systemd|os-release|ld\.so\.cache|\.updated|machine-id|resolv\.conf)/;
        assert.deepEqual(
          [...changed, ...gone].filter((line) => !ours.test(line)),
          [],
        );
        assert.match(
          (await host.sh(`cat ${tree}/root/notes ${tree}/etc/frr/frr.conf`)).stdout,
          /mine[\s\S]*router bgp 65010/,
        );
        assert.equal(await leaderOf(host, name), leader, 'it has not restarted');
        assert.equal((await inMachine(host, name, 'systemctl is-active frr')).stdout.trim(), 'active');
      });

      test('then a preview after a refresh shows nothing, and only true differences later', async () => {
        for (const kind of ['HostRootfs', 'NspawnConfig', 'Machine']) {
          assert.deepEqual(await stack.drift(kind, name), {}, kind);
        }
        await host.sh(
          `echo other >${tree}/etc/hostname; sed -i s/CPUQuota=50%/CPUQuota=40%/ /etc/systemd/system/systemd-nspawn@${name}.service.d/50-pulumi-nspawn.conf`,
        );
        assert.deepEqual(Object.keys((await stack.drift('HostRootfs', name)) ?? {}), ['hostname']);
        // The digest is of the files as they are.
        const seen = Object.keys((await stack.drift('NspawnConfig', name)) ?? {});
        assert.deepEqual(
          seen.filter((property) => property !== 'digest'),
          ['service'],
        );
        await stack.put('HostRootfs', name);
        await stack.put('NspawnConfig', name, settings);
        assert.deepEqual(await stack.drift('NspawnConfig', name), {});
      });

      test('restarted with the settings that it has now, it runs FRR with the configuration of before', async () => {
        await stack.put('Machine', name, { restartTriggers: ['now'] });
        assert.notEqual(await leaderOf(host, name), leader);
        const { stdout } = await inMachine(host, name, "vtysh -c 'show running-config'");
        assert.match(stdout, /router bgp 65010/);
        assert.match((await host.sh(`cat ${tree}/root/notes`)).stdout, /mine/);
        const { stdout: quota } = await host.sh(
          `systemctl show -P CPUQuotaPerSecUSec systemd-nspawn@${name}`,
        );
        assert.equal(
          quota.trim(),
          '500ms',
          "which systemd had not read from the article's [Service] section",
        );
      });

      test('its FRR configuration is taken over, and given back as it was', async () => {
        const config = {
          config: 'router bgp 65010\n neighbor 10.9.9.9 remote-as 1\nexit\n',
          verify: { stableSeconds: 0 },
        };
        await assert.rejects(stack.put('FrrConfig', name, config), /Set adopt: true/);
        await stack.put('FrrConfig', name, { ...config, adopt: true });
        assert.match((await host.sh(`cat ${tree}/etc/frr/frr.conf`)).stdout, /10\.9\.9\.9/);
        await stack.drop('FrrConfig', name);
        assert.match(
          (await host.sh(`cat ${tree}/etc/frr/frr.conf`)).stdout,
          /mine, by hand\n[\s\S]*router bgp 65010/,
        );
      });

      test('destroyed, it leaves nothing', async () => {
        await stack.clear();
        await host.run(['sh', '-s', 'remove'], { input: byHand });
        assert.deepEqual(await changesSince(host, empty), []);
      });
    });
  }
});
