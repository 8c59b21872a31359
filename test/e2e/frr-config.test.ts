import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { closeSessions } from '../../provider/host/pool';
import type { LabHost } from '../lab';
import { waitUntil } from '../lab/wait';
import { hosts } from './hosts';
import { leaderOf } from './life';
import { bornOf, type HostStack, putRouter, stackOn, vtysh } from './routers';

const [a, b] = ['ft-a', 'ft-b'];
const neighbour = '10.78.0.1';
const text = (me: number, other: number, address: string, more = '') =>
  `hostname ft-${me === 1 ? 'a' : 'b'}
router bgp 6500${me}
 no bgp ebgp-requires-policy
 neighbor ${address} remote-as 6500${other}
 neighbor ${address} timers connect 1
${more}exit
`;
const configOf = (more = '', verify: object = {}) => ({
  config: text(1, 2, neighbour, more),
  verify: { established: [neighbour], ...verify },
});
const check = { routers: [{ machineName: a, bgp: { neighbors: [neighbour] } }], timeoutSeconds: 30 };
const pending = `/run/pulumi-nspawn/frr:${a}`;

describe("FRR's configuration", { concurrency: 2 }, () => {
  after(closeSessions);
  for (const index of [0, 1]) {
    describe(`on h${index + 1}`, { concurrency: 1 }, () => {
      let host: LabHost;
      let stack: HostStack;
      const running = () => vtysh(host, a, 'show running-config');
      // FRR works the time out anew for each answer, in whole seconds.
      const livesOn = async (born: Record<string, number>) => {
        const now = await bornOf(host, a);
        assert.ok(
          Math.abs((now[neighbour] ?? 0) - (born[neighbour] ?? 0)) <= 1,
          JSON.stringify({ born, now }),
        );
      };
      const conf = async () => (await host.sh(`cat /var/lib/machines/${a}/etc/frr/frr.conf`)).stdout;

      before(async () => {
        host = (await hosts())[index] as LabHost;
        stack = stackOn(host);
      });
      after(async () => {
        await stack.clear();
      });

      test('is there at the first start of a machine, and a check waits for its sessions', async () => {
        await putRouter(stack, a, { config: configOf() });
        await putRouter(stack, b, { config: { config: text(2, 1, '10.78.0.0') } });
        await stack.put('VethPeering', 'ft-link', {
          a: { machineName: a, interface: 'eth-b', addresses: ['10.78.0.0/31'] },
          b: { machineName: b, interface: 'eth-a', addresses: ['10.78.0.1/31'] },
        });
        const { sessions } = await stack.put('RoutingCheck', 'ft-check', check);
        assert.deepEqual(sessions, { [a]: { [`bgp ${neighbour}`]: 'up' } });
        assert.equal(
          JSON.parse(await vtysh(host, a, 'show bgp summary json')).ipv4Unicast.peers[neighbour].state,
          'Established',
        );
        assert.deepEqual(await stack.drift('RoutingCheck', 'ft-check'), {});
      });

      test('is changed live: sessions that the change does not name live on, and nothing restarts', async () => {
        const [born, leader] = [await bornOf(host, a), await leaderOf(host, a)];
        await stack.put(
          'FrrConfig',
          a,
          configOf(' neighbor 10.78.0.7 remote-as 5\n neighbor 10.78.0.7 password hunter2\n'),
        );
        await livesOn(born);
        assert.equal(await leaderOf(host, a), leader);
        assert.match(await running(), /neighbor 10\.78\.0\.7 remote-as 5/);
        assert.match(await conf(), /10\.78\.0\.7/);
        assert.equal(
          (
            await host.sh(`ls -d ${pending} 2>/dev/null; systemctl list-timers --all --no-legend 'pulumi*'`, {
              reject: false,
            })
          ).stdout,
          '',
        );
      });

      test('starts the daemons that a change needs, and stops those that nothing needs any more', async () => {
        const born = await bornOf(host, a);
        const daemons = async () => (await vtysh(host, a, 'show watchfrr')).match(/\bospfd\b/g)?.length ?? 0;
        await stack.put('FrrConfig', a, {
          ...configOf(),
          config: `${text(1, 2, neighbour)}router ospf\n network 10.78.0.0/31 area 0\nexit\n`,
        });
        assert.ok((await daemons()) > 0);
        await stack.put('FrrConfig', a, configOf());
        await waitUntil('ospfd ends', 20, async () => (await daemons()) === 0);
        await livesOn(born);
      });

      test('is refused with the line that FRR does not take, without a password in the error', async () => {
        const was = await running();
        await assert.rejects(
          stack.put('FrrConfig', a, configOf(' neighbour 10.78.0.7 password hunter2\n')),
          (error: Error) => {
            assert.match(error.message, /line 6/);
            assert.doesNotMatch(error.message, /hunter2/);
            return true;
          },
        );
        assert.equal(await running(), was);
      });

      test('is taken back when a session does not come up again', async () => {
        const was = await conf();
        await assert.rejects(
          stack.put('FrrConfig', a, { config: text(1, 9, neighbour), verify: { timeoutSeconds: 4 } }),
          /these sessions of ft-a were not up:\n[\s\S]*10\.78\.0\.1[\s\S]*old configuration is in force again/,
        );
        assert.match(await running(), /neighbor 10\.78\.0\.1 remote-as 65002/);
        assert.equal(await conf(), was);
        await waitUntil(
          'the session is up again',
          20,
          async () => ((await bornOf(host, a))[neighbour] ?? 0) > 0,
        );
      });

      test('a password of both ends is changed on both at once, or on one after the other by name', async () => {
        const toA = (password: string, verify = {}) => {
          const config = text(1, 2, neighbour, ` neighbor ${neighbour} password ${password}\n`);
          return stack.put('FrrConfig', a, { config, verify });
        };
        const toB = (password: string) => {
          const config = text(2, 1, '10.78.0.0', ` neighbor 10.78.0.0 password ${password}\n`);
          return stack.put('FrrConfig', b, { config });
        };
        await Promise.all([toA('first'), toB('first')]);
        await assert.rejects(
          toA('second', { timeoutSeconds: 2 }),
          /bgp 10\.78\.0\.1 [\s\S]*verify\.mayStayDown[\s\S]*old configuration is in force again/,
        );
        await toA('second', { mayStayDown: [neighbour], timeoutSeconds: 2 });
        assert.match(await running(), /password second/);
        await toB('second');
        await stack.put('RoutingCheck', 'ft-check', check);
        await Promise.all([
          stack.put('FrrConfig', a, configOf()),
          stack.put('FrrConfig', b, { config: text(2, 1, '10.78.0.0') }),
        ]);
      });

      test('shows what was changed by hand, and the next run repairs it', async () => {
        await stack.put('FrrConfig', a, configOf());
        await vtysh(host, a, "configure terminal' -c 'router bgp 65001' -c 'neighbor 10.78.0.8 remote-as 8");
        const drift = await stack.drift('FrrConfig', a);
        assert.match(String(drift?.text), /10\.78\.0\.8 remote-as 8/);
        await stack.put('FrrConfig', a, configOf());
        assert.doesNotMatch(await running(), /10\.78\.0\.8/);
      });

      test('a session that went down is shown by a refresh, and named by the next run', async () => {
        await vtysh(host, b, "configure terminal' -c 'router bgp 65002' -c 'neighbor 10.78.0.0 shutdown");
        const drift = await waitUntil('the session is down', 20, async () => {
          const seen = await stack.drift('RoutingCheck', 'ft-check');
          return seen && 'sessions' in seen && seen;
        });
        assert.notEqual(
          (drift.sessions as Record<string, Record<string, string>>)[a]?.[`bgp ${neighbour}`],
          'up',
        );
        await assert.rejects(
          stack.put('RoutingCheck', 'ft-check', { ...check, timeoutSeconds: 1 }),
          /ft-a: bgp 10\.78\.0\.1 is \w+\n +last reset: BGP Notification received \(Cease\/Administrative Shutdown\)/,
        );
        await vtysh(host, b, "configure terminal' -c 'router bgp 65002' -c 'no neighbor 10.78.0.0 shutdown");
        await stack.put('RoutingCheck', 'ft-check', check);
      });

      test('prefixes that a neighbour has not announced are named, and how many are missing', async () => {
        const of = (more: object) => ({
          routers: [{ machineName: a, bgp: { neighbors: [neighbour], ...more } }],
        });
        const wanted = { received: { [neighbour]: ['192.0.2.0/24'] }, receivedAtLeast: { [neighbour]: 1 } };
        await assert.rejects(
          stack.put('RoutingCheck', 'ft-check', { ...of(wanted), timeoutSeconds: 1 }),
          /ft-a: 192\.0\.2\.0\/24 was not received from 10\.78\.0\.1\n *ft-a: 0 of 1 prefixes were received from 10\.78\.0\.1/,
        );
        const say = (what: string) => vtysh(host, b, `configure terminal' -c 'router bgp 65002' -c '${what}`);
        await say("no bgp network import-check' -c 'address-family ipv4 unicast' -c 'network 192.0.2.0/24");
        await stack.put('RoutingCheck', 'ft-check', of(wanted));
        assert.deepEqual(await stack.drift('RoutingCheck', 'ft-check'), {});
        await say("bgp network import-check' -c 'address-family ipv4 unicast' -c 'no network 192.0.2.0/24");
        const drift = await waitUntil('it is gone', 20, async () => {
          const seen = await stack.drift('RoutingCheck', 'ft-check');
          // bgpd counts it no more before it has taken it out of its table.
          const told = (seen?.sessions as Record<string, Record<string, string>> | undefined)?.[a];
          return told?.[`received ${neighbour} 192.0.2.0/24`] === 'missing' && seen;
        });
        assert.deepEqual(drift.sessions, {
          [a]: {
            [`bgp ${neighbour}`]: 'up',
            [`received ${neighbour} 192.0.2.0/24`]: 'missing',
            [`received ${neighbour} #1`]: '0',
          },
        });
        await stack.put('RoutingCheck', 'ft-check', check);
      });

      test('a power cut before a change is confirmed comes back with the old configuration', async () => {
        const was = await conf();
        // For another profile of defaults FRR is started with the new files.
        const change = stack.put('FrrConfig', a, {
          config: `frr defaults datacenter\n${text(1, 2, neighbour, ' neighbor 10.78.0.9 remote-as 9\n')}`,
          verify: { stableSeconds: 40 },
        });
        const ended = change.then(
          () => assert.fail('it was confirmed'),
          () => {},
        );
        await waitUntil('the change is in force', 30, async () =>
          (await running().catch(() => '')).includes('10.78.0.9'),
        );
        await waitUntil('it is on disk no more', 30, async () => (await conf()) === was);
        await host.powerCut();
        assert.equal(await conf(), was);
        await waitUntil('the machine is back', 60, async () =>
          (await running().catch(() => '')).includes('router bgp'),
        );
        assert.doesNotMatch(await running(), /10\.78\.0\.9|datacenter/);
        await ended;
      });

      test('goes with its files, and what the package had is there again', async () => {
        await stack.drop('FrrConfig', a);
        assert.doesNotMatch(await running(), /router bgp/);
        assert.equal(
          (await host.sh(`find /var/lib/pulumi-nspawn -path '*frr-config*' -name '${a}*'`)).stdout,
          '',
        );
      });
    });
  }
});
