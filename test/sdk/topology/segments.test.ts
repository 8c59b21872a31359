import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  formatGraph,
  formatPlan,
  formatReport,
  type PlannedSegment,
  planTopology,
  type TopologyArgs,
} from '../../../sdk';
import { problemsOf } from './refusals';

type Segment = NonNullable<TopologyArgs['segments']>[string];

const hosts = {
  paris: { underlay: '192.0.2.1' },
  tokyo: { underlay: '192.0.2.2' },
  rome: { underlay: '192.0.2.3' },
};
const three: TopologyArgs = {
  hosts: { here: {} },
  routers: { r1: { id: 1 }, r2: { id: 2 }, r3: { id: 3 } },
  segments: { office: { id: 1, ends: ['r1', 'r2', 'r3'] } },
  policy: { asn: 65000, pools: { loopback4: '10.255.0.0/24', p2p4: '10.0.0.0/24' } },
};
/** The three routers with a segment that is in some way another. */
const having = (office: Partial<Segment>, more: Partial<TopologyArgs> = {}): TopologyArgs => ({
  ...three,
  ...more,
  segments: { office: { id: 1, ends: ['r1', 'r2', 'r3'], ...office } },
});
const officeOf = (args: TopologyArgs) => planTopology(args).segments.office as PlannedSegment;
const addressesOf = ({ ends }: PlannedSegment) =>
  Object.fromEntries(Object.entries(ends).map(([end, { addresses = [] }]) => [end, addresses.join(' ')]));
const configurationIn = (args: TopologyArgs, router: string) =>
  planTopology(args).routers[router]?.configuration;

describe('what a segment is', () => {
  test('a bridge on its host, and an interface with its name in each router', () => {
    const { bridge, mtu, tunnels, ends, kind, prefixes } = officeOf(three);
    assert.deepEqual(
      { kind, bridge, mtu, tunnels },
      { kind: 'segment', bridge: 'pn-office', mtu: 1500, tunnels: {} },
    );
    assert.deepEqual(prefixes, ['10.64.0.0/22']);
    assert.deepEqual(ends.r2, {
      router: 'r2',
      host: 'here',
      machineName: 'r2',
      interface: 'office',
      port: 'office_r2',
      addresses: ['10.64.0.2/22'],
      number: 2,
    });
  });

  test('names that are too long for an interface end in a hash', () => {
    const plan = planTopology({
      ...three,
      segments: { 'first-floor-east': { ends: ['r1', 'r2'] }, 'first-floor-west': { ends: ['r1', 'r2'] } },
    });
    const names = Object.values(plan.segments).flatMap(({ bridge, ends }) => [
      bridge,
      ends.r1?.port as string,
      ends.r1?.interface as string,
    ]);
    assert.equal(new Set(names).size, 6);
    for (const name of names) assert.match(name, /^.{8}_[0-9a-z]{6}$/);
  });

  test('a bridge that is there already, interfaces, costs and MAC addresses can be given', () => {
    const ends = [{ router: 'r1', interface: 'eth9', metric: 7, mac: '02:00:00:00:00:01' }, 'r2', 'r3'];
    const office = officeOf(having({ ends, bridge: 'br0', cost: 30, mtu: 9000 }));
    assert.equal(office.bridge, 'br0');
    assert.equal(office.mtu, 9000);
    assert.equal(office.ends.r1?.interface, 'eth9');
    assert.equal(office.ends.r1?.metric, 7);
    assert.equal(office.ends.r1?.mac, '02:00:00:00:00:01');
    assert.equal(office.ends.r2?.metric, 30);
  });
});

describe('addresses on a segment', () => {
  test('are its subnet’s by the number of an end, the id of its router, or the name of it', () => {
    const routers = { r1: { id: 9 }, r2: { id: 2 }, r3: {}, r4: {} };
    const ends = ['r1', { router: 'r2', number: 700 }, 'r3', { host: true as const, machineName: 'web' }];
    const office = officeOf({ ...having({ ends, id: 3 }), routers });
    const { r1, r2, r3, 'web@here': web } = office.ends;
    assert.deepEqual(r1?.addresses, ['10.64.8.9/22']);
    assert.deepEqual(r2?.addresses, ['10.64.10.188/22']);
    for (const end of [r3, web]) assert.ok((end?.number ?? 0) >= 1 && (end?.number ?? 0) <= 1022);
    const alone = officeOf({ ...having({ ends: ['r4', 'r3'], id: 3 }), routers });
    assert.deepEqual(alone.ends.r3, r3);
  });

  test('do not depend on what is before or beside them', () => {
    const before = planTopology(three).segments.office;
    const reversed = planTopology(having({ ends: ['r3', 'r2', 'r1'] })).segments.office;
    assert.deepEqual(reversed, before);
    const more = planTopology({
      ...three,
      routers: { r0: { id: 10 }, ...three.routers },
      segments: { lab: { id: 2, ends: ['r0', 'r1'] }, office: { id: 1, ends: ['r0', 'r3', 'r1', 'r2'] } },
    });
    const { r0: _, ...others } = more.segments.office?.ends ?? {};
    assert.deepEqual(others, before?.ends);
    assert.deepEqual(more.segments.lab?.prefixes, ['10.64.4.0/22']);
  });

  test('are of both families, with the same number, or of one', () => {
    const policy = { ...three.policy, ipv6: true };
    assert.deepEqual(addressesOf(officeOf(having({}, { policy }))), {
      r1: '10.64.0.1/22 fd6e:7370::1/64',
      r2: '10.64.0.2/22 fd6e:7370::2/64',
      r3: '10.64.0.3/22 fd6e:7370::3/64',
    });
    const six = officeOf(having({ ipv4: false }, { policy }));
    assert.equal(six.ends.r1?.addresses?.join(), 'fd6e:7370::1/64');
    assert.deepEqual(six.runs, ['ospf6']);
    assert.deepEqual(problemsOf(having({ ipv4: false })), [
      'segments.office: it has no addresses; accepted is ipv4 or ipv6, and a pool that has it',
    ]);
  });

  test('are there where links have none', () => {
    const policy = { ...three.policy, unnumbered: true };
    assert.equal(officeOf(having({}, { policy })).ends.r1?.addresses?.join(), '10.64.0.1/22');
  });

  test('come from pools of other sizes, and from pools of your own, which links cannot share', () => {
    const pools = {
      ...three.policy?.pools,
      lan4: '172.16.0.0/16',
      lan4Length: 24,
      named: {
        offices: { ipv4: '172.20.0.0/16', ipv6: '2001:db8::/32', lan4Length: 28, lan6Length: 112, start: 3 },
      },
    };
    const policy = { ...three.policy, ipv6: true, pools };
    assert.equal(officeOf(having({ id: 2 }, { policy })).ends.r1?.addresses?.[0], '172.16.1.1/24');
    assert.equal(
      addressesOf(officeOf(having({ pool: 'offices' }, { policy }))).r3,
      '172.20.0.35/28 2001:db8::2:3/112',
    );
    const links = [{ a: 'r1', b: 'r2', pool: 'offices' }];
    assert.deepEqual(problemsOf(having({ pool: 'offices' }, { policy, links })), [
      'segments.office.pool: received "offices", which links are from; accepted is another for segments',
    ]);
    assert.deepEqual(problemsOf(having({ pool: 'none' }, { policy })), [
      'segments.office.pool: received "none"; accepted is "offices"',
    ]);
    const small = { ...three.policy?.pools, named: { small: { ipv4: '172.20.0.0/24' } } };
    assert.deepEqual(problemsOf(having({ pool: 'small' }, { policy: { pools: small } })), [
      'policy.pools.named.small: there is no room in it for segments; accepted is an ipv4 or ipv6 prefix with room after its start, or longer subnets by its lan4Length and lan6Length',
    ]);
  });

  test('are in no other pool, which counts only where there are segments', () => {
    const policy = { ...three.policy, pools: { p2p4: '10.64.0.0/16' } };
    assert.deepEqual(problemsOf(having({}, { policy })), [
      'policy.pools.lan4: received 10.64.0.0/10, which overlaps p2p4 (10.64.0.0/16); accepted are pools apart',
    ]);
    assert.deepEqual(problemsOf({ ...three, segments: {}, policy }), []);
  });

  test('that are given take their place, in the same subnet', () => {
    const r3 = { router: 'r3', addresses: ['10.64.3.254/22'] };
    assert.equal(addressesOf(officeOf(having({ ends: ['r1', 'r2', r3] }))).r3, '10.64.3.254/22');
    const own = (router: string, address: string) => ({ router, addresses: [address] });
    const all = officeOf(having({ ends: [own('r1', '192.168.1.5/24'), own('r2', '192.168.1.6/24')] }));
    assert.deepEqual(all.prefixes, ['192.168.1.0/24']);
    assert.deepEqual(problemsOf(having({ ends: ['r2', own('r1', '192.168.1.5/24')] })), [
      'segments.office: r1 has 192.168.1.5/24, and r2 has 10.64.0.2/22: they share no subnet; accepted are addresses in one',
    ]);
    assert.deepEqual(problemsOf(having({ ends: ['r2', own('r1', '10.64.0.2/22')] })), [
      'segment office: 10.64.0.2 is on segment office too; accepted is each address once',
    ]);
    assert.deepEqual(problemsOf(having({ ends: ['r2', own('r1', 'fd00::1/64')] })), [
      'segments.office: r1 has no IPv4 address, and others have; accepted is one for each of them',
    ]);
    // A machine may have them from elsewhere.
    const web = { host: true as const, machineName: 'web', addresses: [] };
    assert.deepEqual(officeOf(having({ ends: ['r1', web] })).ends['web@here']?.addresses, []);
  });
});

describe('numbers on a segment', () => {
  const numbered = (router: string, number: number) => ({ router, number });

  test('that two have are refused, with one that is free', () => {
    assert.deepEqual(problemsOf(having({ ends: [numbered('r1', 7), numbered('r2', 7), 'r3'] })), [
      'segments.office: r1 and r2 both have number 7 (both are given); give r2 a number of its own, such as number: 1',
    ]);
    assert.deepEqual(problemsOf(having({ ends: ['r1', numbered('r2', 1)] })), [
      'segments.office: r1 by its id and r2 both have number 1 (both are given); give r2 a number of its own, such as number: 2',
    ]);
    const twins = ['here', 'there'].map((host) => ({ host, machineName: 'web' }));
    const args = having({ ends: ['r1', ...twins], tunnel: false }, { hosts: { here: {}, there: {} } });
    assert.match(
      problemsOf({ ...args, routers: { r1: { id: 1, host: 'here' } } }).join(),
      /^segments\.office: web@here and web@there both have number \d+ \(from the name of web@here and of web@there\); give web@there a number of its own, such as number: 2$/,
    );
  });

  test('beyond the subnet, or beside addresses, are refused', () => {
    const policy = { ...three.policy, pools: { ...three.policy?.pools, lan4Length: 29 } };
    assert.deepEqual(problemsOf(having({ ends: ['r1', numbered('r2', 7)] }, { policy })), [
      'segments.office: r2: received number 7; accepted is 1 to 6, which its subnet has room for',
    ]);
    assert.deepEqual(problemsOf({ ...having({ ends: ['r1'] }), routers: { r1: { id: 1023 } }, policy: {} }), [
      'segments.office: r1 by its id: received number 1023; accepted is 1 to 1022, which its subnet has room for',
    ]);
    const both = { router: 'r1', number: 3, addresses: ['10.64.0.3/22'] };
    assert.deepEqual(problemsOf(having({ ends: [both] })), [
      'segments.office: r1 has number 3 and `addresses`; accepted is one of the two',
    ]);
  });

  test('of segments are counted as those of links are', () => {
    assert.deepEqual(
      problemsOf({ ...three, segments: { one: { id: 4, ends: ['r1'] }, two: { id: 4, ends: ['r2'] } } }),
      [
        'segments.one and segments.two both have id 4 (both are given); give segments.two a number of its own, such as id: 1',
      ],
    );
    assert.deepEqual(problemsOf(having({ id: 4097 })), [
      'segments.office: received id 4097; accepted is 1 to 4096, which its pools have room for',
    ]);
  });
});

describe('inside one AS', () => {
  test('OSPF elects on it, and all other routers are neighbours', () => {
    const { routers, segments } = planTopology(having({ cost: 20 }));
    assert.deepEqual(segments.office?.runs, ['ospf']);
    assert.deepEqual(routers.r1?.configuration.interfaces?.office, {
      description: 'segment office',
      ospf: { area: '0.0.0.0', network: 'broadcast', cost: 20 },
    });
    assert.deepEqual(routers.r1?.expected, {
      bgp: ['10.255.0.2', '10.255.0.3'],
      ospf: ['10.255.0.2', '10.255.0.3'],
      ospf6: [],
      prefixes: ['10.255.0.2/32', '10.255.0.3/32'],
    });
  });

  test('or none, likewise, with OSPFv3 beside it', () => {
    const policy = { ...three.policy, asn: 'none' as const, ipv6: true };
    const { routers } = planTopology(having({}, { policy }));
    assert.equal(routers.r2?.configuration.bgp, undefined);
    assert.equal(routers.r2?.configuration.interfaces?.office?.ospf6?.network, 'broadcast');
    assert.deepEqual(routers.r2?.expected.ospf6, ['10.255.0.1', '10.255.0.3']);
    assert.equal(routers.r2?.expected.prefixes.length, 4);
  });

  test('the network of the policy is for links; a segment of two can be point-to-point, one of three not', () => {
    const policy = { ...three.policy, ospf: { network: 'point-to-point' as const, helloInterval: 2 } };
    assert.deepEqual(configurationIn(having({}, { policy }), 'r1')?.interfaces?.office?.ospf, {
      area: '0.0.0.0',
      network: 'broadcast',
      cost: 10,
      helloInterval: 2,
    });
    const ospf = { network: 'point-to-point' as const, deadInterval: 9 };
    const two = configurationIn(having({ ends: ['r1', 'r2'], ospf }), 'r1');
    assert.deepEqual(two?.interfaces?.office?.ospf, { area: '0.0.0.0', cost: 10, ...ospf });
    assert.deepEqual(problemsOf(having({ ospf })), [
      'segments.office.ospf.network: received "point-to-point" for 3 routers; accepted is "broadcast", or two routers',
    ]);
  });

  test('it is in one area, by its own or its routers’', () => {
    const routers = { r1: { id: 1 }, r2: { id: 2, area: 1 }, r3: { id: 3 } };
    const plan = planTopology({ ...three, routers });
    assert.equal(plan.segments.office?.area, '0.0.0.1');
    assert.deepEqual(plan.routers.r1?.areas, ['0.0.0.1']);
    assert.equal(
      planTopology(having({ area: 2 })).routers.r1?.configuration.interfaces?.office?.ospf?.area,
      '0.0.0.2',
    );
    assert.deepEqual(problemsOf({ ...three, routers: { ...routers, r3: { id: 3, area: 2 } } }), [
      'segments.office: its routers are in areas 1 and 2; accepted is an `area` of its own',
    ]);
    const links: TopologyArgs['links'] = [{ a: 'r1', b: 'r4', area: 2 }];
    assert.deepEqual(problemsOf({ ...three, links, routers: { ...routers, r4: { id: 4 } } }), [
      'routers.r1: it is in areas 1 and 2, and not in area 0; accepted are border routers with a link in area 0',
    ]);
  });

  test('segments hold an area, and an AS, together', () => {
    const args = having({}, { links: [{ a: 'r3', b: 'r4', id: 1 }] });
    const { routers } = planTopology({ ...args, routers: { ...three.routers, r4: { id: 4 } } });
    assert.deepEqual(routers.r1?.expected.prefixes, ['10.255.0.2/32', '10.255.0.3/32', '10.255.0.4/32']);
    assert.deepEqual(routers.r4?.expected.bgp, ['10.255.0.1', '10.255.0.2', '10.255.0.3']);
  });

  test('BFD watches it', () => {
    assert.equal(configurationIn(having({ bfd: true }), 'r1')?.interfaces?.office?.ospf?.bfd, true);
  });

  test('nothing is expected of one that is down', () => {
    const { routers, segments } = planTopology(having({ adminState: 'down' }));
    assert.equal(segments.office?.adminState, 'down');
    assert.ok(routers.r1?.configuration.interfaces?.office?.ospf);
    assert.deepEqual(routers.r1?.expected, { bgp: [], ospf: [], ospf6: [], prefixes: [] });
  });
});

describe('between ASes', () => {
  const perRouter = { ...three.policy, asn: 'perRouter' as const };

  test('there is eBGP between each pair', () => {
    const { routers, segments } = planTopology(having({ bfd: true }, { policy: perRouter }));
    assert.deepEqual(segments.office?.runs, ['ebgp']);
    assert.deepEqual(routers.r2?.configuration.bgp?.neighbors, {
      '10.64.0.1': { remoteAs: 4200000001, description: 'r1', bfd: true, ipv4: {} },
      '10.64.0.3': { remoteAs: 4200000003, description: 'r3', bfd: true, ipv4: {} },
    });
    assert.deepEqual(routers.r2?.configuration.bgp?.ipv4?.networks, ['10.255.0.2/32']);
    assert.deepEqual(routers.r2?.expected, {
      bgp: ['10.64.0.1', '10.64.0.3'],
      ospf: [],
      ospf6: [],
      prefixes: ['10.255.0.1/32', '10.255.0.3/32'],
    });
  });

  test('and none inside of one: two routers of an AS need another way to each other', () => {
    const routers = { ...three.routers, r3: { id: 3, asn: 65001 } };
    const { segments, routers: planned } = planTopology({ ...three, routers });
    assert.deepEqual(segments.office?.runs, ['ebgp']);
    assert.deepEqual(planned.r3?.expected.bgp, ['10.64.0.1', '10.64.0.2']);
    assert.deepEqual(planned.r1?.expected, { bgp: ['10.64.0.3'], ospf: [], ospf6: [], prefixes: [] });
    assert.equal(planned.r1?.configuration.interfaces?.office?.ospf, undefined);
    const linked = planTopology({ ...three, routers, links: [{ a: 'r1', b: 'r2', id: 1 }] }).routers;
    assert.deepEqual(linked.r1?.expected.bgp, ['10.64.0.3', '10.255.0.2']);
    assert.deepEqual(linked.r1?.expected.prefixes, ['10.255.0.2/32', '10.255.0.3/32']);
    assert.deepEqual(linked.r1?.configuration.bgp?.ipv4?.networks, ['10.255.0.1/32', '10.255.0.2/32']);
  });

  test('sessions are given what the segment and its ends have', () => {
    const ends = ['r1', 'r2', { router: 'r3', session: { localAs: { asn: 64999 } } }];
    const session = { timers: { keepalive: 1, holdtime: 3 } };
    const args = having({ ends, session }, { policy: perRouter });
    assert.deepEqual(configurationIn(args, 'r1')?.bgp?.neighbors?.['10.64.0.3'], {
      remoteAs: 64999,
      description: 'r3',
      timers: { keepalive: 1, holdtime: 3 },
      ipv4: {},
    });
    assert.deepEqual(configurationIn(args, 'r3')?.bgp?.neighbors?.['10.64.0.1']?.localAs, { asn: 64999 });
  });

  test('over IPv6 alone, IPv4 routes go too', () => {
    const policy = { ...perRouter, ipv6: true };
    assert.deepEqual(
      configurationIn(having({ ipv4: false }, { policy }), 'r1')?.bgp?.neighbors?.['fd6e:7370::2'],
      { remoteAs: 4200000002, description: 'r2', capabilityExtendedNexthop: true, ipv4: {}, ipv6: {} },
    );
  });

  test('a router without an AS is refused there', () => {
    const routers = { r1: { id: 1 }, r2: { id: 2, asn: 65001 }, r3: { id: 3, asn: 65002 } };
    const policy = { ...three.policy, asn: 'none' as const };
    assert.deepEqual(problemsOf({ ...three, routers, policy }), [
      'segments.office: r1 has no BGP, and the others are in 2 ASes; accepted is an `asn` of the router',
    ]);
  });
});

describe('machines that are made elsewhere', () => {
  const web = { host: true as const, machineName: 'web' };
  const border = { host: true as const, machineName: 'border', asn: 65099, number: 9 };

  test('are announced, to whoever hears no OSPF there', () => {
    const { routers, segments } = planTopology(having({ ends: ['r1', 'r2', web] }));
    assert.deepEqual(segments.office?.runs, ['ospf']);
    assert.deepEqual(routers.r1?.configuration.bgp?.ipv4?.networks, ['10.255.0.1/32', '10.64.0.0/22']);
    assert.deepEqual(routers.r1?.expected.ospf, ['10.255.0.2']);
  });

  test('with an AS have a session with each router, which nobody waits for', () => {
    const { routers, segments } = planTopology(having({ ends: ['r1', 'r2', border] }));
    assert.deepEqual(segments.office?.runs, ['ebgp', 'ospf']);
    for (const router of ['r1', 'r2']) {
      assert.deepEqual(routers[router]?.configuration.bgp?.neighbors?.['10.64.0.9'], {
        remoteAs: 65099,
        description: 'border',
        ipv4: {},
      });
      assert.ok(routers[router]?.configuration.interfaces?.office?.ospf);
      assert.ok(!routers[router]?.expected.bgp.includes('10.64.0.9'));
    }
    // Both are borders of their AS then, which announce all of it.
    assert.deepEqual(routers.r1?.configuration.bgp?.ipv4?.networks, [
      '10.255.0.1/32',
      '10.255.0.2/32',
      '10.255.0.3/32',
    ]);
    const policy = { ...three.policy, asn: 'none' as const };
    assert.deepEqual(problemsOf(having({ ends: ['r1', border] }, { policy })), [
      'segments.office: received asn 65099, and r1 has no BGP; accepted is an `asn` of the router, or none here',
    ]);
  });

  test('beside one router are like the other end of a link: their subnet is announced', () => {
    const { routers, segments } = planTopology(having({ ends: ['r1', web] }));
    assert.equal(segments.office?.passive, true);
    assert.deepEqual(segments.office?.runs, []);
    assert.deepEqual(routers.r1?.configuration.interfaces?.office?.ospf, { area: '0.0.0.0', passive: true });
    assert.deepEqual(routers.r1?.configuration.bgp?.ipv4?.networks, ['10.255.0.1/32', '10.64.0.0/22']);
    assert.equal(officeOf(having({ ends: ['r1'] })).passive, true);
  });
});

test('a passive segment has nothing spoken over it, and its subnets announced', () => {
  const { routers, segments } = planTopology(having({ passive: true }));
  assert.deepEqual(segments.office?.runs, []);
  assert.deepEqual(routers.r1?.configuration.interfaces?.office?.ospf, { area: '0.0.0.0', passive: true });
  assert.deepEqual(routers.r1?.configuration.bgp?.ipv4?.networks, ['10.255.0.1/32', '10.64.0.0/22']);
  assert.deepEqual(routers.r1?.expected.ospf, []);
});

describe('on several hosts', () => {
  const on = (places: string[]) =>
    Object.fromEntries(places.map((host, index) => [`r${index + 1}`, { id: index + 1, host }]));
  const spread = (places: string[], office: Partial<Segment> = {}, more: Partial<TopologyArgs> = {}) =>
    having(office, { hosts, routers: on(places), ...more });

  test('tunnels make a star, and all of it has the MTU of a tunnel', () => {
    const two = officeOf(spread(['paris', 'paris', 'tokyo']));
    assert.equal(two.mtu, 1450);
    assert.deepEqual(Object.keys(two.tunnels).length, 1);
    const { tunnels, mtu } = officeOf(spread(['paris', 'tokyo', 'rome']));
    assert.equal(mtu, 1450);
    const [first, second] = Object.values(tunnels);
    assert.equal(Object.keys(tunnels).length, 2);
    assert.equal(first?.a.host, second?.a.host);
    assert.notEqual(first?.b.host, second?.b.host);
    assert.deepEqual([first?.a.host, first?.b.host, second?.b.host].sort(), ['paris', 'rome', 'tokyo']);
    for (const { a, b } of [first, second].filter((tunnel) => tunnel !== undefined)) {
      assert.equal(a.port, `office__${b.host}`);
      assert.equal(b.port, `office__${a.host}`);
    }
    assert.deepEqual(officeOf(spread(['rome', 'rome', 'rome'])).tunnels, {});
  });

  test('the host in the middle does not depend on the order of anything', () => {
    const args = spread(['paris', 'tokyo', 'rome']);
    const other = { ...args, hosts: Object.fromEntries(Object.entries(hosts).reverse()) };
    assert.deepEqual(officeOf(other).tunnels, officeOf(args).tunnels);
  });

  test('over IPv6, or an address that is yet to come, less fits', () => {
    const six = { paris: { underlay: '2001:db8::1' }, tokyo: { underlay: '2001:db8::2' } };
    assert.equal(officeOf(spread(['paris', 'tokyo', 'tokyo'], {}, { hosts: six })).mtu, 1430);
    const later = { paris: { underlay: Promise.resolve('x') }, tokyo: { underlay: Promise.resolve('y') } };
    assert.equal(officeOf(spread(['paris', 'tokyo', 'tokyo'], {}, { hosts: later })).mtu, 1430);
    assert.equal(officeOf(spread(['paris', 'tokyo', 'tokyo'], { mtu: 1400 })).mtu, 1400);
  });

  test('bridges on a LAN that is there already need no tunnels', () => {
    const bare = { paris: {}, tokyo: {} };
    const office = officeOf(
      spread(['paris', 'tokyo', 'tokyo'], { tunnel: false, bridge: 'br0' }, { hosts: bare }),
    );
    assert.deepEqual([office.tunnels, office.mtu], [{}, 1500]);
  });

  test('a host without an underlay is refused, though policy has WireGuard, which is refused for segments', () => {
    const policy = { ...three.policy, tunnel: { kind: 'wireguard' as const } };
    const bare = { paris: {}, tokyo: { underlay: '192.0.2.2' } };
    assert.deepEqual(problemsOf(spread(['paris', 'tokyo', 'tokyo'], {}, { hosts: bare, policy })), [
      'hosts.paris.underlay: it is missing, and segment office, whose tunnels are VXLAN, leaves this host; accepted is its address for the other hosts',
    ]);
    const tunnel = { kind: 'wireguard' } as unknown as Segment['tunnel'];
    assert.match(
      problemsOf(having({ tunnel })).join(),
      /^segments\.office\.tunnel\.kind: received "wireguard"; accepted is "vxlan"/,
    );
  });

  test('a machine says where it is', () => {
    const web = { host: true as const, machineName: 'web' };
    const args = spread(['paris', 'tokyo'], { ends: ['r1', 'r2', web] });
    assert.deepEqual(problemsOf(args), [
      'segments.office.ends: received host: true for web, and its routers are on paris and tokyo; accepted is the name of a host',
    ]);
    const there = officeOf(spread(['paris', 'tokyo'], { ends: ['r1', 'r2', { ...web, host: 'rome' }] }));
    assert.equal(there.ends['web@rome']?.host, 'rome');
    assert.equal(Object.keys(there.tunnels).length, 2);
    const near = officeOf(spread(['tokyo', 'tokyo'], { ends: ['r1', 'r2', web] }));
    assert.equal(near.ends['web@tokyo']?.machineName, 'web');
  });
});

describe('what is refused of a segment', () => {
  const ends = (...given: unknown[]) => problemsOf(having({ ends: given as Segment['ends'] }));

  test('ends that are not there, twice there, or of no router', () => {
    assert.deepEqual(ends('r1', 'r9', { host: 'rome', machineName: 'web' }), [
      'segments.office: there is no router "r9"; accepted is "r1", "r2", "r3"',
      'segments.office: there is no host "rome"; accepted is true, or "here"',
    ]);
    assert.deepEqual(ends('r1', 'r2', 'r1'), [
      'segments.office.ends: received "r1" twice; accepted is each router once',
    ]);
    const web = { host: true, machineName: 'web' };
    assert.deepEqual(ends(web), [
      'segments.office.ends: received none in a router; accepted is at least one',
    ]);
    assert.deepEqual(ends('r1', web, { ...web, host: 'here' }), [
      'segments.office.ends: received machine web on here twice; accepted is each machine once',
    ]);
    assert.deepEqual(ends('r1', 'r2', { host: true, machineName: 'r2' }), [
      'segments.office.ends: received machine r2 on here twice; accepted is each machine once',
    ]);
  });

  test('the host itself', () => {
    assert.deepEqual(ends('r1', { host: true }), [
      'segments.office.ends[1].machineName: it is missing; accepted is the name of a machine there; the host itself is on no segment',
    ]);
  });

  test('names of others: of a link, of a bridge, of an interface', () => {
    assert.deepEqual(problemsOf({ ...three, links: [{ a: 'r1', b: 'r2', id: 1, name: 'office' }] }), [
      'segments.office: links[0] has this name too; accepted is a name of its own',
    ]);
    assert.deepEqual(problemsOf({ ...three, links: [{ a: 'r1', b: 'r2', id: 1, name: 'office-r1' }] }), [
      'segments.office: its end office-r1 has the name of what is made for links[0]; accepted is another name of the segment',
    ]);
    const two = (one: Partial<Segment>, other: Partial<Segment>) =>
      problemsOf({
        ...three,
        segments: { lab: { id: 1, ends: ['r1'], ...one }, office: { id: 2, ends: ['r2'], ...other } },
      });
    assert.deepEqual(two({ bridge: 'br0' }, { bridge: 'br0' }), [
      'segments lab and office: both have interface "br0" in the host here; give the segment another `bridge`',
    ]);
    assert.deepEqual(two({}, { ends: [{ router: 'r1', interface: 'lab' }] }), [
      'segments lab and office: both have interface "lab" in r1; give one another with { router: "r1", interface: … }',
    ]);
    const host = { a: 'r1', b: { host: true as const, interface: 'office_r2' }, id: 1 };
    assert.deepEqual(problemsOf({ ...three, links: [host] }), [
      'link r1_.host and segment office: both have interface "office_r2" in the host here; give one another with { host: …, interface: … }',
    ]);
    assert.deepEqual(
      problemsOf({ ...three, links: [{ ...host, b: { host: true, interface: 'pn-office' } }] }),
      [
        'link r1_.host and segment office: both have interface "pn-office" in the host here; give the segment another `bridge`',
      ],
    );
    assert.match(
      problemsOf({ ...three, segments: { lo: { id: 1, ends: ['r1'] } } }).join(),
      /^segment lo: interface "lo" of r1; accepted is a name that systemd does not use itself.*give it another with \{ router, interface \}$/,
    );
  });

  test('lengths of subnets that hold nobody', () => {
    const policy = { pools: { lan4Length: 31, lan6Length: 127 } };
    assert.deepEqual(problemsOf({ ...three, policy }), [
      'policy.pools.lan4Length: received 31; accepted is at most 30',
      'policy.pools.lan6Length: received 127; accepted is at most 126',
    ]);
  });
});

describe('a plan with segments, as people read it', () => {
  const plan = planTopology({
    hosts: { paris: hosts.paris, tokyo: hosts.tokyo },
    routers: { r1: { id: 1, host: 'paris' }, r2: { id: 2, host: 'tokyo' } },
    segments: {
      office: {
        id: 1,
        area: 1,
        cost: 20,
        ends: ['r1', 'r2', { host: 'paris', machineName: 'web', number: 9 }],
      },
    },
    policy: { asn: 'none', pools: { loopback4: '10.255.0.0/24' } },
  });

  test('a row of the table for each end', () => {
    assert.match(
      formatPlan(plan),
      new RegExp(
        [
          'from +to +link +addresses +runs +area +cost',
          'r1:office +office +segment +10\\.64\\.0\\.1/22 +ospf +1 +20',
          'r2:office +office +segment +10\\.64\\.0\\.2/22 +ospf +1 +20',
          'web:office +office +segment +10\\.64\\.0\\.9/22 +1 +20\n$',
        ].join('\n'),
      ),
    );
  });

  test('reports of addresses, sessions and routers', () => {
    assert.match(formatReport(plan, 'addressing'), /^10\.64\.0\.9\/22 +web:office +office$/m);
    assert.match(formatReport(plan, 'sessions'), /^r1 +OSPFv2 +10\.255\.0\.2 +r2 +office +1$/m);
    assert.match(formatReport(plan, 'routers'), /^office +10\.64\.0\.1\/22 +r2 web +segment +ospf +20$/m);
  });

  test('a graph in which it is a node', () => {
    assert.equal(
      formatGraph(plan),
      `flowchart LR
  subgraph h1["paris"]
    n1["r1<br/>10.255.0.1"]
    n2("web")
  end
  subgraph h2["tokyo"]
    n3["r2<br/>10.255.0.2"]
  end
  n4{{"office<br/>10.64.0.0/22"}}
  n1 ---|"segment ospf, area 1, cost 20"| n4
  n3 ---|"segment ospf, area 1, cost 20"| n4
  n2 ---|"segment, area 1, cost 20"| n4
`,
    );
    assert.match(formatGraph(plan, 'dot'), /^ {2}n4 \[label="office\\n10\.64\.0\.0\/22", shape=hexagon\];$/m);
    assert.match(formatGraph(plan, 'd2'), /^h1\.n1 -- n4: "segment ospf, area 1, cost 20"$/m);
  });
});
