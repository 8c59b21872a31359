import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { check, withDefaults } from '../../provider/check';
import { frrConfig } from '../../provider/frr-config/resource';
import { closeSessions } from '../../provider/host/pool';
import type { Resource } from '../../provider/resource';
import type { LabHost } from '../lab';
import { waitUntil } from '../lab/wait';
import { connectionTo, hosts } from './hosts';
import { inMachine, leaderOf } from './life';
import { bornOf, type HostStack, putRouter, stackOn, vtysh } from './routers';

// With systemd, and without.
const [full, small] = ['fg-full', 'fg-small'];
const [addressOfFull, addressOfSmall] = ['10.79.0.0', '10.79.0.1'];
const bgp = (local: number, remote: number, neighbour: string, more = '') => `router bgp ${local}
 no bgp ebgp-requires-policy
 neighbor ${neighbour} remote-as ${remote}
 neighbor ${neighbour} timers connect 1
${more}exit
`;
const ospf = `interface eth1
 ip ospf area 0
 ip ospf authentication message-digest
 ip ospf dead-interval 4
 ip ospf hello-interval 1
 ip ospf message-digest-key 1 md5 s3cret
 ip ospf network point-to-point
 ipv6 ospf6 area 0
 ipv6 ospf6 dead-interval 4
 ipv6 ospf6 hello-interval 1
 ipv6 ospf6 network point-to-point
exit
router ospf
exit
router ospf6
exit
`;
// Each place of FRR's text that holds a password or a key, of daemons that run anyway.
const passwords = (which: string) => `password ${which}-vty
enable password ${which}-enable
key chain keys
 key 1
  key-string ${which}-chain
 exit
exit
interface eth1
 ipv6 ospf6 authentication key-id 1 hash-algo hmac-sha-256 key ${which}-six
exit
interface eth9
 ip ospf authentication-key ${which.slice(0, 7)}
exit
`;
const ofFull = (more = '', top = '') => ({
  config: `${top}${bgp(65001, 65002, addressOfSmall, more)}`,
  verify: { established: [addressOfSmall], stableSeconds: 0 },
});
const ofSmall = (top = '') => ({
  config: `${top}${bgp(65002, 65001, addressOfFull)}`,
  verify: { stableSeconds: 0 },
});

describe("changes to FRR's configuration", { concurrency: 2 }, () => {
  after(closeSessions);
  for (const [index, release] of ['Debian 12', 'Debian 13'].entries()) {
    describe(`on ${release}`, { concurrency: 1, timeout: 240_000 }, () => {
      let host: LabHost;
      let stack: HostStack;
      const running = (machine: string) => vtysh(host, machine, 'show running-config');
      const say = async (script: string) => (await host.sh(script, { reject: false })).stdout.trimEnd();
      const lives = async (born: Record<string, number>) => {
        const now = await bornOf(host, full);
        // FRR works the time out anew for each answer, in whole seconds.
        const difference = (now[addressOfSmall] ?? 0) - (born[addressOfSmall] ?? 0);
        assert.ok(Math.abs(difference) <= 1, JSON.stringify({ born, now }));
      };

      before(async () => {
        host = (await hosts())[index] as LabHost;
        stack = stackOn(host);
        await putRouter(stack, small, { config: ofSmall(), init: 'tini' });
        await putRouter(stack, full, { config: ofFull() });
        await stack.put('VethPeering', 'fg-link', {
          a: { machineName: full, interface: 'eth1', addresses: [`${addressOfFull}/31`] },
          b: { machineName: small, interface: 'eth1', addresses: [`${addressOfSmall}/31`] },
        });
        await stack.put('RoutingCheck', 'fg-check', { routers: [{ machineName: full, bgp: {} }] });
      });
      after(async () => {
        await stack.clear();
      });

      test('a refresh finds nothing changed, and a second apply reloads nothing', async () => {
        const known = `stat -c %y /var/lib/pulumi-nspawn/frr-config.kept/${full}/running`;
        const { text } = stack.state('FrrConfig', full)?.outs ?? {};
        assert.match(text, /^router bgp 65001$/m);
        assert.deepEqual(await stack.drift('FrrConfig', full), {});
        const written = await say(known);
        assert.notEqual(written, '');
        await stack.put('FrrConfig', full, ofFull());
        assert.equal(await say(known), written);
      });

      test('a machine without systemd gets daemons, watched, without a restart of it or of others', async () => {
        const [leader, born] = [await leaderOf(host, small), await bornOf(host, full)];
        await stack.put('FrrConfig', small, ofSmall(ospf));
        assert.equal(await leaderOf(host, small), leader);
        const watched = (await inMachine(host, small, 'ps -eo args=')).stdout;
        assert.match(watched, /watchfrr .*\bbgpd\b.*\bospfd\b.*\bospf6d\b/);
        const watchfrr = (await inMachine(host, small, 'cat /run/frr/watchfrr.pid')).stdout.trim();
        await waitUntil('its init follows the new watchfrr', 25, async () =>
          (await inMachine(host, small, 'ps -eo args=')).stdout.includes(`tail --pid=${watchfrr} `),
        );
        await lives(born);
      });

      test("a VRF's static route of which the tag alone changes is there after the change", async () => {
        for (const route of ['blackhole', 'blackhole tag 5', 'blackhole 200 tag 5', 'blackhole tag 6 200']) {
          await stack.put(
            'FrrConfig',
            full,
            ofFull('', `vrf blue\n ip route 198.18.0.0/15 ${route}\nexit-vrf\n`),
          );
          const [, tag = ''] = /(tag \d)/.exec(route) ?? [];
          assert.match(await running(full), new RegExp(`^ ip route 198.18.0.0/15 blackhole ?${tag}`, 'm'));
        }
        await stack.put('FrrConfig', full, ofFull());
        assert.doesNotMatch(await running(full), /198\.18/);
      });

      test('OSPF and OSPFv3 come up with a change, and go with the next', async () => {
        const born = await bornOf(host, full);
        const peers = (address: string) => `bfd\n peer ${address}\n exit\nexit\n`;
        await stack.put('FrrConfig', small, ofSmall(`${ospf}${peers(addressOfFull)}`));
        await stack.put('FrrConfig', full, {
          ...ofFull('', `${ospf}${peers(addressOfSmall)}`),
          verify: { established: ['eth1', addressOfSmall], timeoutSeconds: 40 },
        });
        const { sessions } = await stack.put('RoutingCheck', 'fg-check', {
          routers: [
            {
              machineName: full,
              bgp: { count: 1 },
              ospf: { count: 1 },
              ospf6: { neighbors: ['eth1'] },
              bfd: { neighbors: [addressOfSmall] },
            },
          ],
        });
        const allUp = {
          'bgp #1': 'up',
          'ospf #1': 'up',
          'ospf6 eth1': 'up',
          [`bfd ${addressOfSmall}`]: 'up',
        };
        assert.deepEqual(sessions, { [full]: allUp });
        await inMachine(
          host,
          small,
          `sh -c 'kill -STOP $(cat /run/frr/ospfd.pid /run/frr/ospf6d.pid /run/frr/bfdd.pid)'`,
        );
        const drift = await waitUntil('OSPF, OSPFv3 and BFD are down', 20, async () => {
          const seen = (await stack.drift('RoutingCheck', 'fg-check')) as { sessions?: typeof sessions };
          const states = seen.sessions?.[full] ?? {};
          return Object.values(states).filter((state) => state !== 'up').length === 3 && states;
        });
        assert.deepEqual(drift, {
          ...allUp,
          'ospf #1': '0',
          'ospf6 eth1': 'absent',
          [`bfd ${addressOfSmall}`]: 'down',
        });
        await inMachine(
          host,
          small,
          `sh -c 'kill -CONT $(cat /run/frr/ospfd.pid /run/frr/ospf6d.pid /run/frr/bfdd.pid)'`,
        );
        await stack.put('FrrConfig', full, ofFull());
        assert.doesNotMatch(await running(full), /ospf|interface eth1/);
        await lives(born);
        await assert.rejects(
          stack.put('RoutingCheck', 'fg-check', {
            routers: [{ machineName: full, bgp: {}, ospf: {}, prefixes: ['192.0.2.0/24'] }],
            timeoutSeconds: 1,
          }),
          /fg-full: there are no OSPF neighbours\n *fg-full: there is no route to 192\.0\.2\.0\/24/,
        );
      });

      test('no password is on a command line while it is set, changed and taken away', async () => {
        // All of vtysh's command lines, as a vtysh in front of the real one sees them.
        await inMachine(
          host,
          full,
          `sh -c 'cp /usr/bin/vtysh /run/vtysh-real
          printf "#!/bin/sh\\necho \\"\\$*\\" >>/run/vtysh-lines\\nexec /run/vtysh-real \\"\\$@\\"\\n" >/run/vtysh
          chmod 755 /run/vtysh; : >/run/vtysh-lines; mount --bind /run/vtysh /usr/bin/vtysh'`,
        );
        try {
          for (const password of ['r0gue-one', 'r0gue-two']) {
            const more = ` neighbor 10.79.0.9 remote-as 9\n neighbor 10.79.0.9 password ${password}\n`;
            await stack.put('FrrConfig', full, ofFull(more, `${ospf}${passwords(password)}`));
            assert.match(await running(full), new RegExp(password));
          }
          await stack.put('FrrConfig', full, ofFull());
        } finally {
          await inMachine(host, full, 'umount /usr/bin/vtysh');
        }
        const lines = (await inMachine(host, full, 'cat /run/vtysh-lines')).stdout;
        assert.match(lines, /no neighbor 10\.79\.0\.9/);
        assert.doesNotMatch(lines, /r0gue|s3cret/);
        assert.doesNotMatch(await running(full), /r0gue|s3cret/);
        assert.equal(
          // FRR 10 keeps the last ten commits of what mgmtd knows, key chains among it.
          await say(`grep -rlE 'r0gue|s3cret' /var/log /run /var/lib/machines/${full} 2>/dev/null |
            xargs -r stat -c '%a %n' | grep -v '^640 .*/var/lib/frr/commit-[0-9]*\\.json$'`),
          '',
        );
      });

      test('another profile of defaults restarts FRR, and its sessions come back', async () => {
        const leader = await leaderOf(host, full);
        await stack.put('FrrConfig', full, ofFull('', 'frr defaults datacenter\n'));
        assert.match(await running(full), /^frr defaults datacenter$/m);
        assert.doesNotMatch(await running(full), /timers bgp/);
        assert.equal(await leaderOf(host, full), leader);
        assert.deepEqual(await stack.drift('FrrConfig', full), {});
        await stack.put('FrrConfig', full, ofFull());
      });

      test('FRR that was stopped in the machine is shown, and started again', async () => {
        await inMachine(host, full, 'systemctl stop frr.service');
        const drift = await stack.drift('FrrConfig', full);
        assert.deepEqual([drift?.daemons, drift?.applied], [[], false]);
        await stack.put('FrrConfig', full, ofFull());
        assert.deepEqual(await stack.drift('FrrConfig', full), {});
      });

      test('symlinks that the machine has put there are not followed', async () => {
        const tree = `/var/lib/machines/${full}`;
        await host.sh(`echo precious >/root/fg-precious
        ln -sfn /root/fg-precious ${tree}/etc/frr/frr.conf
        mkdir /root/fg-folder; echo precious >/root/fg-folder/frr.conf`);
        await stack.put('FrrConfig', full, ofFull(' bgp router-id 10.79.0.0\n'));
        assert.equal(
          await say(`cat /root/fg-precious; stat -c %F ${tree}/etc/frr/frr.conf`),
          'precious\nregular file',
        );
        await host.sh(`mv ${tree}/etc/frr ${tree}/etc/frr.away && ln -s /root/fg-folder ${tree}/etc/frr`);
        try {
          await assert.rejects(
            stack.put('FrrConfig', full, ofFull()),
            /etc\/frr is a symlink in the machine's tree/,
          );
        } finally {
          await host.sh(`rm ${tree}/etc/frr && mv ${tree}/etc/frr.away ${tree}/etc/frr`);
        }
        assert.equal(await say('ls /root/fg-folder; cat /root/fg-folder/frr.conf'), 'frr.conf\nprecious');
        await host.sh('rm -rf /root/fg-folder /root/fg-precious');
        await stack.put('FrrConfig', full, ofFull());
      });

      test('a change whose engine was killed is taken back by the next run, which then makes its own', async () => {
        const { inputs } = check(frrConfig as unknown as Resource, {
          ...ofFull(' neighbor 10.79.0.8 remote-as 8\n'),
          owner: `p/s/${full}`,
          machineName: full,
          verify: { stableSeconds: 30 },
          connection: connectionTo(host),
        });
        const engine = spawn(
          process.execPath,
          ['-r', '@swc-node/register', join(__dirname, 'frr-change.ts')],
          {
            stdio: ['pipe', 'ignore', 'inherit'],
          },
        );
        engine.stdin.end(JSON.stringify({ inputs: withDefaults(frrConfig as unknown as Resource, inputs) }));
        await waitUntil('the change is in force', 90, async () => /10\.79\.0\.8/.test(await running(full)));
        engine.kill('SIGKILL');
        // What runs on the host goes on; as if it had been killed, too.
        await host.sh(
          `for each in /proc/[0-9]*; do
          case $(readlink "$each/fd/9") in /run/pulumi-nspawn/${full}.lock) kill -9 "\${each#/proc/}" ;; esac
        done 2>/dev/null; :`,
        );
        // The time of the change runs out while the next run has the lock: what takes it back waits for that.
        const ranOut = host.sh(
          `while flock -n /run/pulumi-nspawn/${full}.lock true; do sleep 0.05; done
          systemctl start --no-block pulumi-nspawn-frr-${full}.service`,
        );
        await stack.put('FrrConfig', full, ofFull(' neighbor 10.79.0.7 remote-as 7\n'));
        await ranOut;
        assert.doesNotMatch(await running(full), /10\.79\.0\.8/);
        assert.match(await running(full), /10\.79\.0\.7/);
        assert.equal(
          await say(
            `ls -d /run/pulumi-nspawn/frr:* /run/systemd/transient/pulumi-nspawn-frr-* 2>/dev/null
            systemctl list-units --all --no-legend --plain 'pulumi-nspawn-frr-*'`,
          ),
          '',
        );
      });

      test('both are as their packages made them when it is deleted', async () => {
        const leader = await leaderOf(host, small);
        await stack.drop('FrrConfig', small);
        await stack.drop('FrrConfig', full);
        for (const machine of [full, small]) assert.doesNotMatch(await running(machine), /router/);
        assert.equal(await leaderOf(host, small), leader);
        assert.equal(await say(`find /var/lib/pulumi-nspawn -path '*frr-config*' -name 'fg-*'`), '');
      });
    });
  }
});
