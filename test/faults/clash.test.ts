import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { closeSessions } from '../../provider/host/pool';
import { hosts } from '../e2e/hosts';
import { inMachine, leaderOf } from '../e2e/life';
import { interfaceIn, reaches } from '../e2e/link';
import { type HostStack, putRouter, stackOn, vtysh } from '../e2e/routers';
import type { LabHost } from '../lab';
import { changesSince, tracesOf } from './trace';

after(closeSessions);

// Where once is enough by default, it is on the release of this number.
const exhaustive = process.env.PULUMI_NSPAWN_EXHAUSTIVE !== undefined;
const plain = { packages: ['dbus', 'libpam-systemd', 'libnss-systemd'] };
const base = async (host: LabHost, name: string) =>
  Number((await host.sh(`stat -c %u /var/lib/machines/${name}`)).stdout);

describe('two things that want the same', { concurrency: 2 }, () => {
  for (const [index, release] of ['Debian 12', 'Debian 13'].entries()) {
    describe(`on ${release}`, { concurrency: 1, timeout: 300_000 }, () => {
      let host: LabHost;
      let stack: HostStack;
      let empty: string[];
      before(async () => {
        host = (await hosts())[index] as LabHost;
        empty = await tracesOf(host);
        stack = stackOn(host);
      });
      after(() => stack?.clear());
      const once = (on: number) => ({ skip: !exhaustive && on !== index });
      const run = async (name: string, exec: object = {}) => {
        await stack.put('HostRootfs', name, plain);
        await stack.put('NspawnConfig', name, { exec });
        await stack.put('Machine', name);
      };

      test('names that are alike in what systemd keeps of them for an interface both have their own', async () => {
        const names = ['sk-same-beginning-one', 'sk-same-beginning-two'];
        for (const name of names) await run(name);
        const { stdout } = await host.sh(`ip -j -d link show type veth`);
        const shown: { ifname: string; altnames?: string[] }[] = JSON.parse(stdout);
        const ours = shown.filter(({ ifname, altnames = [] }) =>
          [ifname, ...altnames].some((each) => each.startsWith('ve-sk-same')),
        );
        assert.equal(new Set(ours.map(({ ifname }) => ifname)).size, 2, stdout);
        for (const name of names) assert.ok(await interfaceIn(host, name, 'host0'), name);
        await stack.drop('Machine', names[0] as string);
        assert.equal(
          (await inMachine(host, names[1] as string, 'systemctl is-system-running')).stdout,
          'running',
        );
        await stack.clear();
      });

      test("names that end as files of ours do are no other machine's", async () => {
        const names = ['sk', 'sk.new', 'sk.told', 'sk.lock', 'sk.started', 'sk.partial'];
        const of = (name: string) => ({ ...plain, files: { '/etc/motd': { content: name } } });
        for (const name of names) await stack.put('HostRootfs', name, of(name));
        for (const name of names) {
          await stack.put('HostRootfs', name, { ...of(name), files: { '/etc/other': { content: name } } });
        }
        for (const name of names) assert.deepEqual(await stack.drift('HostRootfs', name), {}, name);
        // What was given before and is not any more has gone, by the note of what was written.
        assert.equal((await host.sh('grep -l sk /var/lib/machines/sk*/etc/motd || :')).stdout, '');
        await stack.drop('HostRootfs', 'sk');
        for (const name of names.slice(1)) {
          await stack.put('HostRootfs', name, plain);
          assert.equal(
            (await host.sh(`ls /var/lib/machines/${name}/etc/other 2>/dev/null || :`)).stdout,
            '',
            name,
          );
        }
        await stack.clear();
        assert.deepEqual(await changesSince(host, empty), []);
      });

      test("names of locks of ours are no machine's", { timeout: 60_000 }, async () => {
        for (const name of ['folders', 'links', 'host', 'link']) {
          await stack.put('HostRootfs', name, { ...plain, path: `/srv/sk-locks/${name}` });
        }
        await stack.clear();
        assert.deepEqual(await changesSince(host, empty), []);
      });

      test('names that end as units do are whole names', once(0), async () => {
        const config = (asn: number) => ({
          config: `router bgp ${asn}\nexit\n`,
          verify: { stableSeconds: 0 },
        });
        for (const name of ['sk.service', 'sk.timer']) {
          await putRouter(stack, name, { config: config(65001) });
          await stack.put('FrrConfig', name, config(65002));
          assert.match(await vtysh(host, name, 'show running-config'), /router bgp 65002/);
          const { stdout } = await host.sh(
            "systemctl list-timers --all --no-legend 'pulumi*'; systemctl list-units --all --no-legend --plain 'pulumi-nspawn-frr*'",
          );
          assert.equal(stdout, '', 'nothing is still to be taken back');
        }
        await stack.clear();
        assert.deepEqual(await changesSince(host, empty), []);
      });

      test(
        'a range of UIDs that another machine has by now is changed for a free one, and files follow',
        once(1),
        async () => {
          await run('sk-uid-a');
          await run('sk-uid-b');
          const [a, b] = [await base(host, 'sk-uid-a'), await base(host, 'sk-uid-b')];
          assert.notEqual(a, b);
          await stack.put('Machine', 'sk-uid-b', { running: false });
          // As a tree that was copied from another host may be.
          await host.sh(`cd /var/lib/machines/sk-uid-b && find . -xdev -printf '%U %G %p\\n' | while read -r uid gid file; do
          chown -h "$((uid - ${b} + ${a})):$((gid - ${b} + ${a}))" "$file"; done`);
          await stack.put('Machine', 'sk-uid-b');
          const now = await base(host, 'sk-uid-b');
          assert.notEqual(now, a);
          await stack.put('HostRootfs', 'sk-uid-b', {
            ...plain,
            files: { '/etc/motd': { content: 'x', owner: 'messagebus' } },
          });
          assert.equal(
            (await inMachine(host, 'sk-uid-b', 'stat -c %U:%G /etc/motd')).stdout,
            'messagebus:root',
          );
          for (const name of ['sk-uid-a', 'sk-uid-b']) {
            assert.equal((await inMachine(host, name, 'systemctl is-system-running')).stdout, 'running');
            assert.deepEqual(await stack.drift('HostRootfs', name), {});
          }
          await stack.clear();
        },
      );

      test(
        'a range of UIDs that is given to two machines is one that both run on, and neither loses a file',
        once(0),
        async () => {
          const exec = { privateUsers: '1310720:65536' };
          for (const name of ['sk-uid-a', 'sk-uid-b']) await run(name, exec);
          for (const name of ['sk-uid-a', 'sk-uid-b']) {
            assert.equal(await base(host, name), 1310720);
            assert.equal((await inMachine(host, name, 'systemctl is-system-running')).stdout, 'running');
            assert.deepEqual(await stack.drift('HostRootfs', name), {});
          }
          await stack.drop('Machine', 'sk-uid-a');
          assert.equal((await inMachine(host, 'sk-uid-b', 'systemctl is-system-running')).stdout, 'running');
          await stack.clear();
          assert.deepEqual(await changesSince(host, empty), []);
        },
      );

      test('addresses that another link of the host has leave that link as it is', once(1), async () => {
        const link = (machineName: string, name: string, ...addresses: [string, string]) => ({
          a: { interface: name, addresses: [addresses[0]] },
          b: { machineName, interface: 'eth1', addresses: [addresses[1]] },
        });
        for (const name of ['sk-net-a', 'sk-net-b']) await run(name);
        await stack.put('VethPeering', 'one', link('sk-net-a', 'sk-one', '10.96.0.0/31', '10.96.0.1/31'));
        const leader = await leaderOf(host, 'sk-net-a');
        await assert.rejects(
          stack.put('VethPeering', 'two', link('sk-net-b', 'sk-one', '10.96.0.0/31', '10.96.0.1/31')),
          /the interface sk-one of the host is an end of another link, of p\/s\/one/,
        );
        await stack.put('VethPeering', 'three', link('sk-net-b', 'sk-three', '10.96.0.0/31', '10.96.0.1/31'));
        assert.ok(await reaches(host, 'sk-net-a', '10.96.0.0'));
        assert.deepEqual(await stack.drift('VethPeering', 'one'), {});
        assert.deepEqual(await stack.drift('VethPeering', 'three'), {});
        await stack.drop('VethPeering', 'three');
        assert.ok(await reaches(host, 'sk-net-a', '10.96.0.0'));
        assert.deepEqual(await stack.drift('VethPeering', 'one'), {});
        assert.equal(await leaderOf(host, 'sk-net-a'), leader);
        await stack.clear();
        assert.deepEqual(await changesSince(host, empty), []);
      });
    });
  }
});
