import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { FrrConfiguration } from '../../provider/frr/schema';
import { planTopology } from '../../sdk';
import type { LabHost } from '../lab';
import { waitUntil } from '../lab/wait';
import { frrDaemons, linkBetween } from './frr-daemons';
import { hosts } from './hosts';

/*
 * a1 ── a2 ── b1 ── out, where 65001 (a1, a2) and 65002 (b1) are AS 64512 to out, which is in 64496. OSPF inside of 65001 alone.
 * Each router is FRR's daemons in a network namespace, with what a topology works out for it.
 */
const plan = planTopology({
  hosts: { here: {} },
  routers: {
    a1: { asn: 65001 },
    a2: { asn: 65001 },
    b1: { asn: 65002 },
    out: { asn: 64496 },
  },
  links: [
    ['a1', 'a2'],
    ['a2', 'b1'],
    ['b1', 'out'],
  ],
  policy: {
    asn: 65001,
    ipv6: true,
    confederations: { 64512: [65001, 65002] },
    timers: { keepalive: 1, holdtime: 3 },
  },
});
const routers = Object.keys(plan.routers);
const instance = (router: string) => `confed-${router}`;
const loopbacksOf = (router: string) => plan.routers[router]?.loopbacks ?? [];

describe('a confederation of ASes, as a topology makes it, on real FRR', { concurrency: 2 }, () => {
  for (const index of [0, 1]) {
    describe(['FRR 8.4 of Debian 12', 'FRR 10.3 of Debian 13'][index], { concurrency: 1 }, () => {
      let host: LabHost;
      const daemonsOf = (router: string) => frrDaemons(host, instance(router));
      const stop = async () => {
        for (const router of routers) await daemonsOf(router).stop();
      };
      const inside = (router: string, command: string) =>
        host.sh(`ip netns exec ${instance(router)} ${command}`, { reject: false });
      /** The AS path by which a router has a prefix; undefined: it has none. */
      const pathOf = async (router: string, prefix: string): Promise<string | undefined> => {
        const family = prefix.includes(':') ? 'ipv6' : 'ipv4';
        const { paths = [] } = await daemonsOf(router).shown(`show bgp ${family} unicast ${prefix}`);
        return paths.find(({ bestpath }: { bestpath?: { overall?: boolean } }) => bestpath?.overall)?.aspath
          ?.string;
      };

      before(async () => {
        host = (await hosts())[index] as LabHost;
        await stop();
        for (const router of routers) await daemonsOf(router).start('staticd', 'ospfd', 'ospf6d', 'bgpd');
        for (const { a, b } of Object.values(plan.links)) {
          const ends = [a, b].map((end) => ({ ...end, netns: instance(end.router as string) }));
          await linkBetween(
            host,
            ...ends.map(({ interface: name, netns }): [string, string] => [name, netns]),
          );
          for (const { netns, interface: name, addresses = [] } of ends) {
            for (const address of addresses) {
              const nodad = address.includes(':') ? 'nodad' : '';
              await host.sh(`ip -n ${netns} address add ${address} dev ${name} ${nodad}`);
            }
          }
        }
        for (const router of routers) {
          await inside(router, 'sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1');
          await daemonsOf(router).boot(plan.routers[router]?.configuration as FrrConfiguration);
        }
      });
      after(stop);

      test('all loopbacks reach each other', async () => {
        for (const router of routers) {
          for (const other of routers.filter((each) => each !== router)) {
            for (const [at, loopback] of loopbacksOf(other).entries()) {
              const from = loopbacksOf(router)[at]?.replace(/\/.*/, '');
              const to = loopback.replace(/\/.*/, '');
              await waitUntil(
                `${router} reaches ${to} of ${other}`,
                60,
                async () => (await inside(router, `ping -c 1 -W 1 -I ${from} ${to}`)).exitCode === 0,
              );
            }
          }
        }
      });

      test('who is outside sees one AS, and who is inside where a route came through', async () => {
        for (const [at, loopback] of loopbacksOf('a1').entries()) {
          assert.equal(await pathOf('out', loopback), '64512');
          assert.match((await pathOf('b1', loopback)) ?? '', /^\(65001\)$/);
          assert.equal(await pathOf('a1', loopbacksOf('out')[at] as string), '(65002) 64496');
          assert.equal(await pathOf('a1', loopbacksOf('b1')[at] as string), '(65002)');
        }
      });
    });
  }
});
