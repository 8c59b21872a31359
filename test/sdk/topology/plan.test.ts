import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { planTopology, type TopologyArgs } from '../../../sdk';
import { problemsOf } from './refusals';

const here = { hosts: { here: {} } };
const pair: TopologyArgs = { ...here, routers: { r1: {}, r2: {} }, links: [['r1', 'r2']] };

describe('addresses', () => {
  test('two routers and a link are all that a topology needs', () => {
    const { routers, links } = planTopology(pair);
    assert.equal(links.r1_r2?.kind, 'veth');
    assert.deepEqual(links.r1_r2?.runs, ['ebgp']);
    assert.equal(links.r1_r2?.a.interface, 'to-r2');
    assert.equal(links.r1_r2?.b.interface, 'to-r1');
    assert.deepEqual(routers.r1?.loopbacks, [`${routers.r1?.routerId}/32`]);
    assert.equal(routers.r1?.asn, 4200000000 + (routers.r1?.id ?? 0));
  });

  test('an id is counted from the beginning of each pool', () => {
    const { routers, links } = planTopology({
      ...here,
      routers: { r1: { id: 1 }, r2: { id: 2 } },
      links: [{ a: 'r2', b: 'r1', id: 3 }],
      policy: { ipv6: true, pools: { loopback4: '10.255.0.0/24', p2p4: '10.0.0.0/24' } },
    });
    assert.deepEqual(routers.r1?.loopbacks, ['10.255.0.1/32', 'fd6e:7370:6177::1/128']);
    assert.equal(routers.r2?.asn, 4200000002);
    assert.deepEqual(links.r1_r2?.a.addresses, ['10.0.0.4/31', 'fd6e:7370:8000::4/127']);
    assert.deepEqual(links.r1_r2?.b.addresses, ['10.0.0.5/31', 'fd6e:7370:8000::5/127']);
  });

  test('subnets of /30 and /64 leave out their first address', () => {
    const { links } = planTopology({
      ...here,
      routers: { r1: {}, r2: {} },
      links: [{ a: 'r1', b: 'r2', id: 2 }],
      policy: { ipv6: true, pools: { p2p4: '10.0.0.0/24', p2p4Length: 30, p2p6Length: 64 } },
    });
    assert.deepEqual(links.r1_r2?.a.addresses, ['10.0.0.5/30', 'fd6e:7370:8000:1::1/64']);
    assert.deepEqual(links.r1_r2?.b.addresses, ['10.0.0.6/30', 'fd6e:7370:8000:1::2/64']);
  });

  test('which end of a link is written first makes no difference', () => {
    assert.deepEqual(planTopology({ ...pair, links: [['r2', 'r1']] }), planTopology(pair));
  });

  test('addresses that are given take the place of those of the pools, on both ends', () => {
    const a = { router: 'r1', addresses: ['192.0.2.0/31'] };
    const b = { router: 'r2', addresses: ['192.0.2.1/31'], interface: 'eth7' };
    const { links, routers } = planTopology({ ...pair, links: [{ a, b }] });
    assert.deepEqual(links.r1_r2?.b.addresses, ['192.0.2.1/31']);
    assert.equal(links.r1_r2?.b.interface, 'eth7');
    assert.deepEqual(Object.keys(routers.r1?.configuration.bgp?.neighbors ?? {}), ['192.0.2.1']);
    assert.deepEqual(problemsOf({ ...pair, links: [{ a, b: 'r2' }] }), [
      'links[0]: r1 has addresses of its own here, and r2 none; accepted are `addresses` on both ends, or on none',
    ]);
  });
});

describe('names of interfaces', () => {
  test('the other router, its host where that is another one, or the name of the link', () => {
    const { links } = planTopology({
      hosts: { paris: { underlay: '192.0.2.1' }, tokyo: { underlay: '192.0.2.2' } },
      routers: { r1: { host: 'paris' }, r2: { host: 'tokyo' }, r3: { host: 'paris' } },
      links: [['r1', 'r2'], ['r1', 'r3'], { a: 'r1', b: 'r3', name: 'second' }],
    });
    assert.equal(links.r1_r2?.a.interface, 'to-r2_tokyo');
    assert.equal(links.r1_r2?.b.interface, 'to-r1_paris');
    assert.equal(links.r1_r3?.a.interface, 'to-r3');
    assert.equal(links.second?.a.interface, 'second');
    assert.equal(links.second?.b.interface, 'second');
  });

  test('what is too long ends in a hash of the whole, so that no two become one', () => {
    const names = ['core-frankfurt-1', 'core-frankfurt-2'];
    const { links } = planTopology({
      ...here,
      routers: { hub: {}, ...Object.fromEntries(names.map((name) => [name, {}])) },
      links: names.map((name) => ['hub', name]),
    });
    const interfaces = Object.values(links).map(({ a, b }) => (a.router === 'hub' ? a : b).interface);
    assert.equal(new Set(interfaces).size, 2);
    for (const name of interfaces) assert.match(name, /^to-core-_[0-9a-z]{6}$/);
  });
});

describe('what is refused', () => {
  test('every problem at once, by the names of routers and links', () => {
    assert.deepEqual(
      problemsOf({
        hosts: { here: {} },
        routers: { r1: { host: 'there' }, r2: {} },
        links: [
          ['r1', 'r9'],
          ['r2', 'r2'],
          ['r1', 'r2'],
          ['r2', 'r1'],
        ],
      }),
      [
        'routers.r1.host: received "there"; accepted is "here"',
        'links[0]: there is no router "r9"; accepted is "r1", "r2"',
        'links[1]: both ends are "r2"; accepted are two routers',
        'links[3]: a second link between r1 and r2, after links[2]; give it a `name`',
      ],
    );
  });

  test('what is misspelt or of the wrong kind', () => {
    const args = { ...pair, routers: { r1: { asn: 'x' }, r2: { hots: 'here' } } } as unknown as TopologyArgs;
    assert.deepEqual(problemsOf(args), [
      'routers.r1.asn: received "x"; accepted is a number',
      'routers.r2.hots: is not a property here; check its spelling',
    ]);
  });

  test('two with the same number, with a number that is free', () => {
    assert.deepEqual(problemsOf({ ...here, routers: { r1: { id: 1 }, r2: { id: 2 }, r3: { id: 2 } } }), [
      'router r2 and router r3 both have id 2 (both are given); give router r3 a number of its own, such as id: 3',
    ]);
    const small = { pools: { loopback4: '10.255.0.0/30' } };
    assert.match(
      problemsOf({ ...here, routers: { a: {}, b: {}, c: {} }, policy: small }).join('\n'),
      /its pools have no number left: take larger pools/,
    );
  });

  test('a number beyond its pools', () => {
    assert.deepEqual(
      problemsOf({
        ...here,
        routers: { r1: { id: 255 } },
        policy: { pools: { loopback4: '10.255.0.0/24' } },
      }),
      ['router r1: received id 255; accepted is 1 to 254, which its pools have room for'],
    );
  });

  test('pools that overlap', () => {
    assert.deepEqual(problemsOf({ ...pair, policy: { pools: { p2p4: '10.255.0.0/16' } } }), [
      'policy.pools.p2p4: received 10.255.0.0/16, which overlaps loopback4 (10.192.0.0/10); accepted are pools apart',
    ]);
  });

  test('a loopback that two have', () => {
    const loopbacks = ['192.0.2.1/32'];
    assert.deepEqual(problemsOf({ ...here, routers: { r1: { loopbacks }, r2: { loopbacks } } }), [
      "routers.r2: 192.0.2.1 is r1's too; accepted are loopbacks of its own",
    ]);
  });

  test('one machine name twice on a host', () => {
    assert.deepEqual(problemsOf({ ...here, routers: { r1: {}, r2: { machineName: 'r1' } } }), [
      'routers.r2.machineName: received "r1", which r1 has on the same host; accepted is a name of its own',
    ]);
  });

  test('an interface that two links have', () => {
    const link = { a: { router: 'r1', interface: 'eth1' }, b: 'r2' };
    assert.deepEqual(problemsOf({ ...pair, links: [link, { ...link, name: 'second' }] }), [
      'links r1_r2 and second: both have interface "eth1" in r1; give one another with { router: "r1", interface: … }',
    ]);
  });

  test('WireGuard needs the address of one of two hosts', () => {
    const args: TopologyArgs = {
      hosts: { paris: {}, tokyo: { underlay: '192.0.2.2' } },
      routers: { r1: { host: 'paris' }, r2: { host: 'tokyo' } },
      links: [['r1', 'r2']],
      policy: { tunnel: { kind: 'wireguard' } },
    };
    assert.equal(planTopology(args).links.r1_r2?.kind, 'wireguard');
    assert.equal(problemsOf({ ...args, hosts: { paris: {}, tokyo: {} } }).length, 2);
  });

  test('a tunnel from a host without an underlay address', () => {
    assert.deepEqual(
      problemsOf({
        hosts: { paris: {}, tokyo: { underlay: '192.0.2.2' } },
        routers: { r1: { host: 'paris' }, r2: { host: 'tokyo' } },
        links: [['r1', 'r2']],
      }),
      [
        'hosts.paris.underlay: it is missing, and link r1_r2 leaves this host; accepted is its address for the other hosts',
      ],
    );
  });
});
