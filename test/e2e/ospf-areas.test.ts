import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import type { FrrConfiguration } from '../../provider/frr/schema';
import type { LabHost } from '../lab';
import { waitUntil } from '../lab/wait';
import { frrDaemons, linkBetween } from './frr-daemons';
import { hosts } from './hosts';

/*
 * Seven routers, one area border router in the middle, all that the model has of areas around it:
 *
 *   core ── area 0 (no broadcasts, authenticated) ── border ── area 1, stub ───────────── stub
 *                                                      ├────── area 2, stub, no summary ─ totally
 *                                                      ├────── area 3, nssa ───────────── nssa
 *                                                      └────── area 4 (broadcast) ─────── plain ── area 5 ── beyond
 *
 * Area 5 meets the backbone by a virtual link through area 4, which OSPFv3 of FRR does not have: there it is none of it.
 * Each router is FRR's daemons in a network namespace.
 */

const routers = ['core', 'border', 'stub', 'totally', 'nssa', 'plain', 'beyond'] as const;
type Name = (typeof routers)[number];
const instance = (router: Name) => `areas-${router}`;
const idOf = (router: Name) => `10.255.0.${routers.indexOf(router) + 1}`;
const loopbacks = (...names: Name[]) => names.map((name) => `${idOf(name)}/32`);
const loopbacks6 = (...names: Name[]) =>
  names.map((name) => `2001:db8:255::${routers.indexOf(name) + 1}/128`);

type Interface = NonNullable<FrrConfiguration['interfaces']>[string];
type Ospf = Partial<NonNullable<Interface['ospf']>>;
type Ospf6 = Partial<NonNullable<Interface['ospf6']>>;

const quick = { helloInterval: 1, deadInterval: 4, retransmitInterval: 3, transmitDelay: 2 } as const;
const password = { type: 'message-digest', password: 'secret' } as const;
const password6 = { hashAlgorithm: 'hmac-sha-256', password: 'secret6' } as const;

/** A link's end, in an area of both OSPFs. */
const end = (address: string, area: number, more: Ospf = {}, more6: Ospf6 = {}): Interface => ({
  addresses: [address],
  ospf: { area, ...quick, network: 'point-to-point', ...more },
  ospf6: { area, ...quick, network: 'point-to-point', ...more6 },
});
const lo = (router: Name, area: number, more: string[] = []): Interface => ({
  addresses: [...loopbacks(router), ...loopbacks6(router), ...more],
  ospf: { area, passive: true },
  ospf6: { area, passive: true },
});
const overNbma = { network: 'non-broadcast', authentication: password } as const;
const toPlain = { network: 'broadcast', priority: 0 } as const;
const external = (number: number): Pick<FrrConfiguration, 'staticRoutes'> => ({
  staticRoutes: [
    { prefix: `10.${number}.0.0/16`, blackhole: true },
    { prefix: `2001:db8:${number}::/48`, blackhole: true },
  ],
});
const redistribute = { static: { metric: 5, metricType: 1 } } as const;

/** Both ends of the virtual link are border routers of area 4, and tell of it. */
const rangesOfPlain = [{ prefix: '10.44.0.0/16' }, { prefix: '10.45.0.0/16', advertise: false }];

const configurations: Record<Name, FrrConfiguration> = {
  core: {
    ...external(99),
    interfaces: { lo: lo('core', 0), border: end('10.0.0.1/30', 0, overNbma, { authentication: password6 }) },
    ospf: {
      routerId: idOf('core'),
      neighbors: { '10.0.0.2': { priority: 1, pollInterval: 1 } },
      redistribute,
      gracefulRestartHelper: true,
    },
    ospf6: { routerId: idOf('core'), redistribute, gracefulRestartHelper: true },
    bgp: {
      asn: 65000,
      ebgpRequiresPolicy: false,
      neighbors: { '10.0.0.2': { remoteAs: 65010, timers: { keepalive: 3, holdtime: 9, connect: 1 } } },
    },
  },
  border: {
    interfaces: {
      lo: lo('border', 0),
      core: end('10.0.0.2/30', 0, overNbma, { authentication: password6 }),
      stub: end('10.0.1.1/30', 1, { authentication: password }),
      totally: end('10.0.2.1/30', 2),
      nssa: end('10.0.3.1/30', 3),
      plain: end('10.0.4.1/30', 4, { network: 'broadcast' }, { network: 'broadcast' }),
    },
    ospf: {
      routerId: idOf('border'),
      neighbors: { '10.0.0.1': { pollInterval: 1 } },
      areas: {
        1: { type: 'stub', authentication: 'message-digest', defaultCost: 7 },
        2: { type: 'stub', noSummary: true },
        3: { type: 'nssa' },
        4: {
          ranges: rangesOfPlain,
          virtualLinks: { [idOf('plain')]: { authentication: password } },
        },
      },
    },
    ospf6: {
      routerId: idOf('border'),
      areas: {
        1: { type: 'stub' },
        2: { type: 'stub', noSummary: true },
        3: { type: 'nssa' },
        4: { ranges: [{ prefix: '2001:db8:44::/48' }, { prefix: '2001:db8:45::/48', advertise: false }] },
      },
    },
    bgp: {
      asn: 65001,
      ebgpRequiresPolicy: false,
      networkImportCheck: false,
      neighbors: {
        '10.0.0.1': {
          remoteAs: 65000,
          localAs: { asn: 65010, noPrepend: true, replaceAs: true },
          timers: { keepalive: 3, holdtime: 9, connect: 1 },
        },
      },
      ipv4: { networks: ['10.77.0.0/16'] },
    },
  },
  stub: {
    interfaces: { lo: lo('stub', 1), border: end('10.0.1.2/30', 1, { authentication: password }) },
    ospf: { routerId: idOf('stub'), areas: { 1: { type: 'stub', authentication: 'message-digest' } } },
    ospf6: { routerId: idOf('stub'), areas: { 1: { type: 'stub' } } },
  },
  totally: {
    interfaces: { lo: lo('totally', 2), border: end('10.0.2.2/30', 2) },
    ospf: { routerId: idOf('totally'), areas: { 2: { type: 'stub' } } },
    ospf6: { routerId: idOf('totally'), areas: { 2: { type: 'stub' } } },
  },
  nssa: {
    ...external(98),
    interfaces: { lo: lo('nssa', 3), border: end('10.0.3.2/30', 3) },
    ospf: { routerId: idOf('nssa'), areas: { 3: { type: 'nssa' } }, redistribute },
    ospf6: { routerId: idOf('nssa'), areas: { 3: { type: 'nssa' } }, redistribute },
  },
  plain: {
    interfaces: {
      lo: lo('plain', 4, [
        '10.44.1.1/32',
        '10.44.2.1/32',
        '10.45.1.1/32',
        '2001:db8:44:1::1/128',
        '2001:db8:45:1::1/128',
      ]),
      border: end('10.0.4.2/30', 4, toPlain, toPlain),
      beyond: { addresses: ['10.0.5.1/30'], ospf: { area: 5, ...quick, network: 'point-to-point' } },
    },
    ospf: {
      routerId: idOf('plain'),
      areas: {
        4: { ranges: rangesOfPlain, virtualLinks: { [idOf('border')]: { authentication: password } } },
      },
    },
    ospf6: { routerId: idOf('plain') },
  },
  beyond: {
    interfaces: {
      lo: { addresses: loopbacks('beyond'), ospf: { area: 5, passive: true } },
      plain: { addresses: ['10.0.5.2/30'], ospf: { area: 5, ...quick, network: 'point-to-point' } },
    },
    ospf: { routerId: idOf('beyond') },
  },
};

const links: [Name, Name][] = [
  ['core', 'border'],
  ['border', 'stub'],
  ['border', 'totally'],
  ['border', 'nssa'],
  ['border', 'plain'],
  ['plain', 'beyond'],
];
const subnets = ['10.0.0.0/30', '10.0.1.0/30', '10.0.2.0/30', '10.0.3.0/30', '10.0.4.0/30', '10.0.5.0/30'];
const without = (...numbers: number[]) => subnets.filter((_, index) => !numbers.includes(index));
const inPlain = ['10.44.1.1/32', '10.44.2.1/32', '10.45.1.1/32'];

/**
 * The routes that each has from OSPFv2, but for those of its own links. A border router has a range itself, so that it drops
 * what it has no route to in there, and tells of it also in an area without summaries (ospf_abr_announce_aggregates()).
 */
const expected: Record<Name, string[]> = {
  core: [
    ...without(0),
    ...loopbacks('border', 'stub', 'totally', 'nssa', 'plain', 'beyond'),
    '10.44.0.0/16',
    '10.98.0.0/16',
  ],
  border: [
    ...without(0, 1, 2, 3, 4),
    ...loopbacks('core', 'stub', 'totally', 'nssa', 'plain', 'beyond'),
    ...inPlain,
    '10.44.0.0/16',
    '10.98.0.0/16',
    '10.99.0.0/16',
  ],
  stub: [
    ...without(1),
    ...loopbacks('core', 'border', 'totally', 'nssa', 'plain', 'beyond'),
    '10.44.0.0/16',
    '0.0.0.0/0',
  ],
  totally: ['0.0.0.0/0', '10.44.0.0/16'],
  nssa: [
    ...without(3),
    ...loopbacks('core', 'border', 'stub', 'totally', 'plain', 'beyond'),
    '10.44.0.0/16',
    '0.0.0.0/0',
  ],
  plain: [
    ...without(4, 5),
    ...loopbacks('core', 'border', 'stub', 'totally', 'nssa', 'beyond'),
    '10.44.0.0/16',
    '10.98.0.0/16',
    '10.99.0.0/16',
  ],
  beyond: [
    ...without(5),
    ...loopbacks('core', 'border', 'stub', 'totally', 'nssa', 'plain'),
    '10.44.0.0/16',
    '10.98.0.0/16',
    '10.99.0.0/16',
  ],
};

const inPlain6 = ['2001:db8:44:1::1/128', '2001:db8:45:1::1/128'];
/** The same of OSPFv3, whose links have no subnets. */
const expected6: Partial<Record<Name, string[]>> = {
  core: [...loopbacks6('border', 'stub', 'totally', 'nssa', 'plain'), '2001:db8:44::/48', '2001:db8:98::/48'],
  border: [
    ...loopbacks6('core', 'stub', 'totally', 'nssa', 'plain'),
    ...inPlain6,
    '2001:db8:44::/48',
    '2001:db8:98::/48',
    '2001:db8:99::/48',
  ],
  stub: [...loopbacks6('core', 'border', 'totally', 'nssa', 'plain'), '2001:db8:44::/48', '::/0'],
  totally: ['::/0'],
  nssa: [...loopbacks6('core', 'border', 'stub', 'totally', 'plain'), '2001:db8:44::/48'],
  plain: [...loopbacks6('core', 'border', 'stub', 'totally', 'nssa'), '2001:db8:98::/48', '2001:db8:99::/48'],
};

const names6 = Object.keys(expected6) as Name[];

describe('OSPF areas as the model has them, on real FRR', { concurrency: 2 }, () => {
  for (const index of [0, 1]) {
    describe(['FRR 8.4 of Debian 12', 'FRR 10.3 of Debian 13'][index], { concurrency: 1 }, () => {
      let host: LabHost;
      const daemonsOf = (router: Name) => frrDaemons(host, instance(router));
      const shown = (router: Name, command: string) => daemonsOf(router).shown(command);
      const routes = async (router: Name, command: string): Promise<string[]> =>
        Object.entries<{ selected?: boolean }[]>(await shown(router, command))
          .filter(([, ways]) => ways.some(({ selected }) => selected))
          .map(([prefix]) => prefix)
          .sort();
      /** Waits until the routes are those; tells the difference where they do not become so. */
      const become = async (router: Name, command: string, wanted: string[]) => {
        const sorted = [...wanted].sort();
        let seen: string[] = [];
        await waitUntil(`routes of ${router}`, 60, async () => {
          seen = await routes(router, command);
          return isDeepStrictEqual(seen, sorted);
        }).catch(() => assert.deepEqual(seen, sorted));
      };
      const stop = async () => {
        for (const router of routers) await daemonsOf(router).stop();
      };

      before(async () => {
        host = (await hosts())[index] as LabHost;
        await stop();
        for (const router of routers) {
          const bgp = configurations[router].bgp ? ['bgpd'] : [];
          await daemonsOf(router).start('staticd', 'ospfd', 'ospf6d', ...bgp);
        }
        for (const [a, b] of links) await linkBetween(host, [b, instance(a)], [a, instance(b)]);
        for (const router of routers) await daemonsOf(router).boot(configurations[router]);
      });
      after(stop);

      for (const router of routers) {
        test(`OSPFv2: ${router} has the routes that its area lets it have`, () =>
          become(router, 'show ip route ospf', expected[router]));
      }

      // When many routes come at once, FRR 8.4's border router at times forgets to tell an area of one, and begins anew when its
      // process is cleared. So there each route has to have been seen once, and no other in the end.
      const had = new Set<string>();
      const lacks = async (router: Name, wanted: string[]) => {
        for (const each of await routes(router, 'show ipv6 route ospf6')) had.add(`${router} ${each}`);
        return wanted.filter((each) => !had.has(`${router} ${each}`));
      };
      const becomeAtTimes = async (router: Name, wanted: string[], clears = 5): Promise<void> => {
        let missing = wanted;
        await waitUntil(`OSPFv3 routes of ${router}`, clears === 5 ? 20 : 30, async () => {
          for (const each of names6) {
            const lacking = await lacks(each, expected6[each] ?? []);
            if (each === router) missing = lacking;
          }
          return missing.length === 0;
        }).catch(async () => {
          assert.ok(clears > 0, `never there: ${missing.join(', ')}`);
          await host.run(['vtysh', '-N', instance('border'), '-c', 'clear ipv6 ospf6 process']);
          await becomeAtTimes(router, wanted, clears - 1);
        });
        await waitUntil(`no other routes of ${router}`, 60, async () =>
          (await routes(router, 'show ipv6 route ospf6')).every((each) => wanted.includes(each)),
        );
      };

      for (const router of names6) {
        const wanted = expected6[router] ?? [];
        test(`OSPFv3: ${router} has the routes that its area lets it have`, () =>
          index === 0 ? becomeAtTimes(router, wanted) : become(router, 'show ipv6 route ospf6', wanted));
      }

      test('the default route into a stub area costs what the border router says', async () => {
        const [way] = (await shown('stub', 'show ip route 0.0.0.0/0'))['0.0.0.0/0'];
        // And 10 for the way there.
        assert.equal(way.metric, 17);
      });

      test('on a network of the kind broadcast the one that wants is designated router', async () => {
        const { interfaces } = await shown('plain', 'show ip ospf interface border');
        assert.equal(interfaces.border.networkType, 'BROADCAST');
        assert.equal(interfaces.border.state, 'DROther');
        assert.equal(interfaces.border.drId, idOf('border'));
      });

      test('local-as stands in the AS path in the place of its own', async () => {
        const path = await waitUntil('the route', 60, async () => {
          const { paths } = await shown('core', 'show bgp ipv4 unicast 10.77.0.0/16');
          return paths?.[0]?.aspath.string as string | undefined;
        });
        assert.equal(path, '65010');
      });
    });
  }
});
