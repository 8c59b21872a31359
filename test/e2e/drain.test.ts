import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { LabHost } from '../lab';
import { waitUntil } from '../lab/wait';
import { connectionTo, hosts } from './hosts';
import { established, inMachine } from './life';
import { plainMachine, type State } from './plain-machine';

const { FrrConfig, VethPeering } = require('../../provider/dynamic');

const frrConf = (own: number, other: number) => `frr defaults datacenter
hostname dr-${own}
service integrated-vtysh-config
ip forwarding
ipv6 forwarding
interface lo
 ip address 10.255.9.${own}/32
exit
interface eth1
 ip ospf network point-to-point
 ip ospf hello-interval 1
 ipv6 ospf6 hello-interval 1
 ipv6 ospf6 network point-to-point
 ipv6 ospf6 area 0
exit
router bgp 6500${own}
 bgp router-id 10.255.9.${own}
 neighbor 10.9.0.${other} remote-as 6500${other}
 address-family ipv4 unicast
  network 10.255.9.${own}/32
 exit-address-family
exit
router ospf
 ospf router-id 10.255.9.${own}
 network 10.9.0.0/24 area 0
exit
router ospf6
 ospf6 router-id 10.255.9.${own}
exit
`;
const frr = { mode: '0640', owner: 'frr', group: 'frr' };

describe('draining a router', { concurrency: 2 }, () => {
  for (const index of [0, 1]) {
    describe(`on ${['Debian 12', 'Debian 13'][index]}`, { concurrency: 1 }, () => {
      let host: LabHost;
      let routers: ReturnType<typeof plainMachine>[];
      let state: State;
      const owner = `p/s${index}/dr`;
      const peering = async () =>
        (
          await VethPeering.check(
            {},
            {
              connection: connectionTo(host),
              owner,
              a: { machineName: 'dr-1', interface: 'eth1', addresses: ['10.9.0.1/24'] },
              b: { machineName: 'dr-2', interface: 'eth1', addresses: ['10.9.0.2/24'] },
            },
          )
        ).inputs;
      const seen = async (command: string) => (await inMachine(host, 'dr-2', `vtysh -c '${command}'`)).stdout;
      const adjacent = async () => {
        await established(host, 'dr-2', '10.9.0.1');
        for (const command of ['show ip ospf neighbor', 'show ipv6 ospf6 neighbor']) {
          await waitUntil(`${command}: Full`, 60, async () => (await seen(command)).includes('Full'));
        }
      };

      before(async () => {
        host = (await hosts())[index] as LabHost;
        routers = [1, 2].map((number) => plainMachine(host, `dr-${number}`, owner));
        for (const [place, router] of routers.entries()) {
          await router.clear();
          await router.make({
            files: {
              '/etc/frr/daemons': { content: 'bgpd=yes\nospfd=yes\nospf6d=yes\nvtysh_enable=yes\n', ...frr },
              '/etc/frr/frr.conf': { content: frrConf(place + 1, 2 - place), ...frr },
            },
          });
        }
        const states = await Promise.all(
          routers.map((router) => router.create({ drain: { timeoutSeconds: 15 } })),
        );
        state = states[0] as State;
        await VethPeering.create(await peering());
        await adjacent();
      });
      after(async () => {
        await VethPeering.delete('dr', await peering());
        for (const router of routers) await router.clear();
      });

      test('tells neighbours before it restarts, ends once nothing is forwarded, and is forgotten by its next start', async () => {
        const began = performance.now();
        const restarted = (routers[0] as (typeof routers)[number]).update(state, {
          drain: { timeoutSeconds: 15 },
          restartTriggers: ['again'],
        });
        const told = Promise.all([
          waitUntil('BGP', 20, async () =>
            /65535:0|graceful-shutdown/.test(await seen('show bgp ipv4 unicast 10.255.9.1/32')),
          ),
          waitUntil('OSPF', 20, async () =>
            /: 65535/.test(await seen('show ip ospf database router 10.255.9.1')),
          ),
          // Without the bits R and V6 of its router LSA, nothing goes through it (RFC 5340, A.2).
          waitUntil('OSPFv3', 20, async () =>
            /Advertising Router: 10\.255\.9\.1\n(?:.+\n)*?.*Options: [^RV\n]*\n/.test(
              await seen('show ipv6 ospf6 database router detail'),
            ),
          ),
        ]);
        await told;
        state = await restarted;
        assert.ok(performance.now() - began < 20000);
        await adjacent();
        const running = (await inMachine(host, 'dr-1', "vtysh -c 'show running-config'")).stdout;
        assert.doesNotMatch(running, /graceful-shutdown|max-metric|stub-router/);
        assert.match(running, /router ospf6/);
      });

      test('takes its whole time while traffic still goes through it, and no time without a neighbour', async () => {
        const [first, second] = routers as [ReturnType<typeof plainMachine>, ReturnType<typeof plainMachine>];
        // From the neighbour to the router and straight back: forwarded, with a redirect that nobody sends.
        await first.inside(
          'sh -c "echo 0 >/proc/sys/net/ipv4/conf/all/send_redirects; echo 0 >/proc/sys/net/ipv4/conf/eth1/send_redirects"',
        );
        await second.inside('ip route add 192.0.2.1 via 10.9.0.1');
        await first.inside('ip route add 192.0.2.1 via 10.9.0.2');
        await second.inside('systemd-run --quiet --unit=traffic ping -q -i 0.2 -t 4 192.0.2.1');
        const seconds = async (stop: Promise<State>) => {
          const began = performance.now();
          state = await stop;
          return (performance.now() - began) / 1000;
        };
        const drain = { timeoutSeconds: 11 };
        // It is counted in whole seconds of the host's clock.
        const drained = await seconds(first.update(state, { running: false, drain }));
        assert.ok(drained > 10, `${drained} s`);
        await second.inside('systemctl stop traffic');
        state = await first.update(state, { drain });
        await first.inside('ip link set eth1 down');
        await waitUntil(
          'no neighbour',
          20,
          async () =>
            !/Full|"state":"Established"/.test(
              (
                await first.inside(
                  "sh -c \"vtysh -c 'show ip ospf neighbor'; vtysh -c 'show ipv6 ospf6 neighbor'; vtysh -c 'show bgp summary json'\"",
                )
              ).stdout,
            ),
        );
        assert.ok((await seconds(first.update(state, { running: false, drain }))) < 9);
      });

      test('a change of FrrConfig that drains is over only when nothing is forwarded any more', async () => {
        const [first, second] = routers as [ReturnType<typeof plainMachine>, ReturnType<typeof plainMachine>];
        state = await first.update(state, {});
        await adjacent();
        await first.inside(
          'sh -c "echo 0 >/proc/sys/net/ipv4/conf/all/send_redirects; echo 0 >/proc/sys/net/ipv4/conf/eth1/send_redirects"',
        );
        await first.inside('ip route add 192.0.2.1 via 10.9.0.2');
        await second.inside('ip route replace 192.0.2.1 via 10.9.0.1');
        await second.inside('systemd-run --quiet --collect --unit=traffic ping -q -i 0.2 -t 4 192.0.2.1');
        const config = frrConf(1, 2).replace(' bgp router-id', ' bgp graceful-shutdown\n bgp router-id');
        const inputs = (
          await FrrConfig.check(
            {},
            {
              connection: connectionTo(host),
              owner,
              machineName: 'dr-1',
              config,
              adopt: true,
              drain: { timeoutSeconds: 120 },
            },
          )
        ).inputs;
        const onDisk = async () => (await first.inside('cat /etc/frr/frr.conf')).stdout;
        const forwarded = async () =>
          Number((await first.inside("awk '/^Ip: [0-9]/ { print $7 }' /proc/net/snmp")).stdout);
        let over = false;
        const change = FrrConfig.create(inputs).finally(() => {
          over = true;
        });
        try {
          await waitUntil('it leads traffic away', 30, async () =>
            /65535:0|graceful-shutdown/.test(await seen('show bgp ipv4 unicast 10.255.9.1/32')),
          );
          const then = await forwarded();
          // So many take longer than all that comes after it, were it not for them.
          await waitUntil('it has forwarded 50 more', 60, async () => (await forwarded()) > then + 50);
          assert.equal(over, false);
          assert.doesNotMatch(await onDisk(), /graceful-shutdown/);
        } finally {
          await second.inside('systemctl stop traffic');
          await change;
        }
        assert.match(await onDisk(), /bgp graceful-shutdown/);
        await FrrConfig.delete('dr-1', inputs);
        assert.doesNotMatch(await onDisk(), /graceful-shutdown/);
      });
    });
  }
});
