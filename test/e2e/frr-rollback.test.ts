import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Connection } from '../../provider/host/connection';
import { closeSessions } from '../../provider/host/pool';
import type { LabHost } from '../lab';
import { waitUntil } from '../lab/wait';
import { connectionTo, hosts } from './hosts';
import { inMachine, leaderOf } from './life';
import { provider } from './link';
import { bornOf, type HostStack, putRouter, stackOn, vtysh } from './routers';

// The edge is between its host and the other host; the peer is a neighbour of it.
const [edge, peer] = ['fr-edge', 'fr-peer'];
const [ofEdge, ofPeer] = ['10.75.0.0', '10.75.0.1'];
const bgp = (local: number, remote: number, neighbour: string, more: string) => `router bgp ${local}
 no bgp ebgp-requires-policy
 neighbor ${neighbour} remote-as ${remote}
 neighbor ${neighbour} timers connect 1
${more}exit
`;
const pending = `/run/pulumi-nspawn/frr:${edge}`;

describe('a routing change that goes wrong', { concurrency: 2 }, () => {
  after(closeSessions);
  for (const [index, release] of ['Debian 12', 'Debian 13'].entries()) {
    describe(`on ${release}`, { concurrency: 1, timeout: 300_000 }, () => {
      let host: LabHost;
      let other: LabHost;
      let stack: HostStack;
      // An address of the host which only the edge knows the way to; another on each host, where the other is.
      const behind = `10.75.9.${index + 1}`;
      const wayToHost = `ip route ${behind}/32 10.75.1.0\n`;
      const configOf = (more = '', top = wayToHost, verify: object = { stableSeconds: 0 }) => ({
        config: `${top}${bgp(65001, 65002, ofPeer, more)}`,
        verify,
      });
      const running = () => vtysh(host, edge, 'show running-config');
      const conf = async () => (await host.sh(`cat /var/lib/machines/${edge}/etc/frr/frr.conf`)).stdout;
      const say = async (script: string) => (await host.sh(script, { reject: false })).stdout.trimEnd();
      const inForce = (text: string) =>
        waitUntil('the change is in force', 30, async () => (await running().catch(() => '')).includes(text));
      const nothingLeft = async () =>
        assert.equal(
          await say(
            `ls -d ${pending} /run/systemd/transient/pulumi-nspawn-frr-${edge}* 2>/dev/null; systemctl list-units --all --no-legend --plain 'pulumi-nspawn-frr-*'`,
          ),
          '',
        );
      const lives = async (born: Record<string, number>) => {
        const now = await bornOf(host, edge);
        assert.ok((born[ofPeer] ?? 0) > 0, JSON.stringify(born));
        // FRR works the time out anew for each answer, in whole seconds.
        assert.ok(Math.abs((now[ofPeer] ?? 0) - (born[ofPeer] ?? 0)) <= 1, JSON.stringify({ born, now }));
      };
      const up = () =>
        stack.put('RoutingCheck', 'fr-check', {
          routers: [{ machineName: edge, bgp: { neighbors: [ofPeer] } }],
        });

      before(async () => {
        const both = await hosts();
        host = both[index] as LabHost;
        other = both[1 - index] as LabHost;
        stack = stackOn(host);
        await putRouter(stack, peer, { config: { config: bgp(65002, 65001, ofEdge, '') }, init: 'tini' });
        await putRouter(stack, edge, { config: configOf() });
        await stack.put('VethPeering', 'fr-link', {
          a: { machineName: edge, interface: 'eth1', addresses: [`${ofEdge}/31`] },
          b: { machineName: peer, interface: 'eth1', addresses: [`${ofPeer}/31`] },
        });
        await stack.put('VethPeering', 'fr-uplink', {
          a: { interface: 'fr-host', addresses: ['10.75.1.0/31'] },
          b: { machineName: edge, interface: 'eth0', addresses: ['10.75.1.1/31'] },
        });
        await up();
      });
      after(async () => {
        await stack.clear();
      });

      test('a reload that fails in its middle is taken back, and what it did not touch lives on', async () => {
        const [born, was, text] = [await bornOf(host, edge), await running(), await conf()];
        // The static route is made before BGP refuses a second instance, which no dry run sees.
        const second = `${wayToHost}ip route 192.0.2.0/24 blackhole\nrouter bgp 65009\nexit\n`;
        await assert.rejects(
          stack.put('FrrConfig', edge, configOf('', second)),
          /frr-reload\.py could not make the change:[\s\S]*65001[\s\S]*The old configuration is in force again/,
        );
        assert.equal(await running(), was);
        assert.equal(await conf(), text);
        await lives(born);
        await nothingLeft();
      });
      test('a daemon that the new configuration kills is noticed, and it is taken back', async () => {
        const was = await conf();
        const more = ' neighbor 10.75.0.21 remote-as 9\n';
        const change = assert.rejects(
          stack.put('FrrConfig', edge, configOf(more, wayToHost, { stableSeconds: 15 })),
          /bgpd[\s\S]*The old configuration is in force again/,
        );
        await inForce('10.75.0.21');
        await inMachine(host, edge, `sh -c 'kill -SEGV "$(cat /run/frr/bgpd.pid)"'`);
        await change;
        assert.equal(await conf(), was);
        assert.doesNotMatch(await running(), /10\.75\.0\.21/);
        await nothingLeft();
        await up();
      });

      test('a machine that restarts in the middle has the old configuration, and the error says so', async () => {
        const was = await conf();
        const change = assert.rejects(
          stack.put(
            'FrrConfig',
            edge,
            configOf(' neighbor 10.75.0.22 remote-as 9\n', wayToHost, { stableSeconds: 15 }),
          ),
          /restarted[\s\S]*The old configuration is in force again/,
        );
        await inForce('10.75.0.22');
        await host.run(['systemctl', 'restart', `systemd-nspawn@${edge}`]);
        await change;
        assert.equal(await conf(), was);
        assert.doesNotMatch(await running(), /10\.75\.0\.22/);
        await up();
      });

      test('a machine that restarts before the change is confirmed has the old one', async () => {
        const was = await conf();
        const change = assert.rejects(
          stack.put(
            'FrrConfig',
            edge,
            configOf(' neighbor 10.75.0.23 remote-as 9\n', wayToHost, { stableSeconds: 3 }),
          ),
          /old/,
        );
        await inForce('10.75.0.23');
        // It comes to its turn when the change is verified, before it is confirmed.
        await host.sh(`flock /run/pulumi-nspawn/${edge}.lock systemctl restart systemd-nspawn@${edge}`);
        await change;
        assert.equal(await conf(), was);
        assert.doesNotMatch(await running(), /10\.75\.0\.23/);
        await up();
        assert.deepEqual(await stack.drift('FrrConfig', edge), {});
      });

      test('without frr-reload.py a change is refused before anything is done', async () => {
        const [born, was] = [await bornOf(host, edge), await running()];
        await host.sh('mv /usr/lib/frr/frr-reload.py /usr/lib/frr/frr-reload.py.away');
        try {
          await assert.rejects(
            stack.put('FrrConfig', edge, configOf(' neighbor 10.75.0.24 remote-as 9\n')),
            /install the package frr-pythontools/,
          );
        } finally {
          await host.sh('mv /usr/lib/frr/frr-reload.py.away /usr/lib/frr/frr-reload.py');
        }
        assert.equal(await running(), was);
        await lives(born);
        await nothingLeft();
      });

      // FRR 8.4 has no such lock.
      test('a configuration that somebody else has locked is left as it is', {
        skip: index === 0,
      }, async () => {
        const [born, was] = [await bornOf(host, edge), await running()];
        const held = inMachine(
          host,
          edge,
          `sh -c 'mkfifo /run/fr-hold; (echo configure terminal file-lock; read -r _ </run/fr-hold) | vtysh'`,
        );
        await waitUntil('it is locked', 10, async () =>
          (await vtysh(host, edge, "configure terminal file-lock' -c 'end")).includes('locked by another'),
        );
        try {
          await assert.rejects(
            stack.put('FrrConfig', edge, configOf(' neighbor 10.75.0.25 remote-as 9\n')),
            /somebody else has FRR's configuration in the machine locked[\s\S]*nothing was changed/,
          );
        } finally {
          await inMachine(host, edge, `sh -c 'echo end >/run/fr-hold; rm /run/fr-hold'`);
          await held;
        }
        assert.equal(await running(), was);
        await lives(born);
        await nothingLeft();
      });

      test('a rollback that comes while the change is still made finds itself called off', async () => {
        const more = ' neighbor 10.75.0.26 remote-as 9\n';
        const change = stack.put('FrrConfig', edge, configOf(more, wayToHost, { stableSeconds: 3 }));
        await inForce('10.75.0.26');
        await host.sh(`systemctl start --no-block pulumi-nspawn-frr-${edge}.service`);
        await change;
        assert.match(await running(), /10\.75\.0\.26/);
        assert.match(await conf(), /10\.75\.0\.26/);
        await nothingLeft();
        await stack.put('FrrConfig', edge, configOf());
      });

      test('a neighbour that came by a listen range, and is not listed any more, must come again, too', async () => {
        const listening = (as: number) => ({
          config: `${wayToHost}router bgp 65001
 no bgp ebgp-requires-policy
 neighbor ALL peer-group
 neighbor ALL remote-as ${as}
 bgp listen range ${ofEdge}/31 peer-group ALL
exit
`,
          verify: { timeoutSeconds: 3, stableSeconds: 0 },
        });
        await stack.put('FrrConfig', edge, listening(65002));
        await up();
        await assert.rejects(
          stack.put('FrrConfig', edge, listening(65009)),
          /bgp 10\.75\.0\.1 absent[\s\S]*The old configuration is in force again/,
        );
        await up();
        await stack.put('FrrConfig', edge, configOf());
      });

      test('rollback: false keeps what failed, and says so', async () => {
        const verify = { established: ['10.75.0.27'], timeoutSeconds: 1 };
        await assert.rejects(
          stack.put('FrrConfig', edge, {
            ...configOf(' neighbor 10.75.0.27 remote-as 9\n', wayToHost, verify),
            rollback: false,
          }),
          /bgp 10\.75\.0\.27[\s\S]*What was changed stays, as rollback is false/,
        );
        assert.match(await conf(), /10\.75\.0\.27/);
        await nothingLeft();
        await stack.put('FrrConfig', edge, configOf());
        assert.doesNotMatch(await running(), /10\.75\.0\.27/);
      });

      test('a change while the machine starts is in force when it has started', async () => {
        await host.run(['systemctl', 'stop', `systemd-nspawn@${edge}`]);
        await host.run(['systemctl', 'start', '--no-block', `systemd-nspawn@${edge}`]);
        await stack.put('FrrConfig', edge, configOf(' neighbor 10.75.0.28 remote-as 9\n'));
        await waitUntil('it runs', 30, async () => (await running().catch(() => '')).includes('10.75.0.28'));
        await up();
        assert.deepEqual(await stack.drift('FrrConfig', edge), {});
      });

      test('a change that cuts off the way by which it came is taken back by the host', async () => {
        const network = host.address.replace(/\.\d+$/, '');
        const mine = `${network}.10${index}`;
        await host.sh(`
          ip link add link host0 name fr-lab type macvlan mode bridge
          ip link set fr-lab netns ${await leaderOf(host, edge)}
          ip address replace ${behind}/32 dev lo
          ip route replace ${other.address}/32 via 10.75.1.1`);
        await inMachine(host, edge, `sh -c 'ip address add ${mine}/24 dev fr-lab; ip link set fr-lab up'`);
        await other.sh(`ip route replace ${behind}/32 via ${mine}`);
        const way = {
          ...connectionTo(host),
          host: behind,
          proxy: connectionTo(other) as Connection['proxy'],
        };
        try {
          await stack.put('FrrConfig', edge, configOf());
          const known = stack.state('FrrConfig', edge);
          assert.ok(known);
          const common = { owner: `p/s/${edge}`, machineName: edge, connection: way };
          const { update } = provider('FrrConfig');
          await update(known, { ...common, ...configOf(' neighbor 10.75.0.29 remote-as 9\n') });
          assert.match(await conf(), /10\.75\.0\.29/);
          await assert.rejects(
            update(known, { ...common, ...configOf('', '') }),
            /the host has put the old one back by itself/,
          );
          assert.match(await running(), /ip route 10\.75\.9\.\d/);
          await nothingLeft();
        } finally {
          await other.sh(`ip route delete ${behind}/32`, { reject: false });
          await host.sh(`ip route delete ${other.address}/32; ip address delete ${behind}/32 dev lo`, {
            reject: false,
          });
        }
      });
    });
  }
});
