import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';
import * as pulumi from '@pulumi/pulumi';
import { Topology, type TopologyArgs } from '../../sdk';
import { type Made, type MadeResource, mocked } from './mocks';

let made: Made;
beforeEach(() => {
  made = mocked();
});

const hosts = {
  paris: { connection: { host: 'paris.example.com' }, underlay: '192.0.2.1' },
  tokyo: { connection: { host: 'tokyo.example.com' }, underlay: pulumi.output('192.0.2.2') },
};
const args: TopologyArgs = {
  hosts,
  routers: { r1: { id: 1, host: 'paris' }, r2: { id: 2, host: 'paris' }, r3: { id: 3, host: 'tokyo' } },
  links: [
    { a: 'r1', b: 'r2', id: 1, cost: 20 },
    { a: 'r2', b: 'r3', id: 2, adminState: 'down' },
  ],
  policy: { pools: { loopback4: '10.255.0.0/24', p2p4: '10.0.0.0/24' } },
};

const ofKind = (resources: MadeResource[], kind: string) =>
  resources.filter(({ type }) => type.endsWith(`:${kind}`));

describe('a topology', () => {
  test('is a router and a link for each that is declared, named with their hosts', async () => {
    const topology = new Topology('net', args);
    const resources = await made.resources();
    const names = (kind: string) => ofKind(resources, kind).map(({ name }) => name);
    assert.deepEqual(names('Router'), ['net-r1@paris', 'net-r2@paris', 'net-r3@tokyo']);
    assert.deepEqual(names('VethPeering'), ['net-r1_r2@paris']);
    assert.deepEqual(names('TunnelPeering'), ['net-r2_r3@paris_tokyo']);
    assert.deepEqual(Object.keys(topology.links), ['r1_r2', 'r2_r3']);
    assert.equal(topology.plan.routers.r1?.routerId, '10.255.0.1');
  });

  test('gives links what the plan says, and their hosts how to reach one another', async () => {
    new Topology('net', args);
    const resources = await made.resources();
    const [veth] = ofKind(resources, 'VethPeering');
    assert.deepEqual(veth?.inputs.a, {
      machineName: 'r1',
      interface: 'to-r2',
      addresses: ['10.0.0.0/31'],
      metric: 20,
    });
    const [tunnel] = ofKind(resources, 'TunnelPeering');
    assert.equal(tunnel?.inputs.adminState, 'down');
    assert.equal(tunnel?.inputs.a.underlay, '192.0.2.1');
    assert.equal(tunnel?.inputs.b.underlay, '192.0.2.2');
    assert.deepEqual(tunnel?.inputs.b.connection, { host: 'tokyo.example.com' });
  });

  test("adds a router's own configuration to what is worked out; text comes after it", async () => {
    new Topology('net', {
      ...args,
      routers: {
        ...args.routers,
        r1: { id: 1, host: 'paris', config: { bgp: { ipv4: { networks: ['203.0.113.0/24'] } } } },
        r2: { id: 2, host: 'paris', config: 'ip prefix-list x permit any\n' },
      },
    });
    const resources = await made.resources();
    const [r1, r2] = ['net-r1@paris', 'net-r2@paris'].map(
      (name) => ofKind(resources, 'FrrConfig').find((each) => each.name === name)?.inputs.config,
    );
    assert.deepEqual(r1.bgp.ipv4.networks, ['10.255.0.1/32', '203.0.113.0/24']);
    assert.equal(r1.bgp.asn, 4200000001);
    assert.equal(r2.text, 'ip prefix-list x permit any\n');
  });

  test('has its password in every session and in no plan', async () => {
    const topology = new Topology('net', {
      ...args,
      policy: { ...args.policy, password: pulumi.secret('hush') },
    });
    const configurations = ofKind(await made.resources(), 'FrrConfig').map(({ inputs }) => inputs.config);
    const passwords = configurations.flatMap(({ bgp }) =>
      Object.values(bgp.neighbors as Record<string, { password: string }>).map(({ password }) => password),
    );
    assert.deepEqual(passwords, ['hush', 'hush', 'hush', 'hush']);
    assert.doesNotMatch(JSON.stringify(topology.plan), /hush/);
  });

  test('has passwords of its own for links and OSPF, in sessions and in no plan', async () => {
    const topology = new Topology('net', {
      ...args,
      routers: { ...args.routers, r3: { id: 3, host: 'tokyo', asn: 65001 } },
      links: [['r1', 'r2'], { a: 'r2', b: 'r3', id: 2, password: 'link' }],
      policy: {
        asn: 65000,
        ipv6: true,
        password: 'all',
        ospf: { password: pulumi.secret('inner') },
        pools: { loopback4: '10.255.0.0/24', p2p4: '10.0.0.0/24' },
      },
    });
    const resources = await made.resources();
    const r2 = ofKind(resources, 'FrrConfig').find(({ name }) => name === 'net-r2@paris')?.inputs.config;
    assert.equal(r2.bgp.neighbors['10.0.0.3'].password, 'link');
    assert.equal(r2.bgp.neighbors['10.255.0.1'].password, 'all');
    assert.deepEqual(r2.interfaces['to-r1'].ospf.authentication, {
      type: 'message-digest',
      password: 'inner',
    });
    assert.deepEqual(r2.interfaces['to-r1'].ospf6.authentication, { password: 'inner' });
    assert.equal(r2.interfaces['to-r3_tokyo'].ospf, undefined);
    const { passwordsOf } = require('../../sdk/topology/passwords');
    const without = { ospf: { password: 'inner', ospf6Authentication: false } };
    const { endsOf, networksOf } = require('../../sdk/topology/ends');
    const ends = endsOf(networksOf(topology.plan), 'r1');
    const parts = passwordsOf(topology.plan.routers.r1, ends, new Map(), without);
    assert.deepEqual(Object.keys(parts.interfaces['to-r2']), ['ospf']);
    assert.doesNotMatch(JSON.stringify(topology.plan), /password|inner|"link"/);
  });

  test('gives every router what the policy has for all, under what is its own', async () => {
    new Topology('net', {
      ...args,
      routers: {
        ...args.routers,
        r1: { id: 1, host: 'paris', config: 'own text\n', router: { cpuQuota: '90%' } },
        r2: {
          id: 2,
          host: 'paris',
          config: { prefixLists: { OWN: [{ action: 'permit', prefix: '10.0.0.0/8' }] } },
        },
      },
      policy: {
        ...args.policy,
        config: { prefixLists: { ALL: [{ action: 'permit', prefix: '10.0.0.0/8' }] }, text: 'text of all\n' },
        router: { cpuQuota: '40%', machine: { drain: {} } },
      },
    });
    const resources = await made.resources();
    const of = (kind: string, router: string) =>
      ofKind(resources, kind).find(({ name }) => name === `net-${router}`)?.inputs;
    assert.equal(of('FrrConfig', 'r1@paris')?.config.text, 'text of all\nown text\n');
    assert.deepEqual(Object.keys(of('FrrConfig', 'r2@paris')?.config.prefixLists), ['ALL', 'OWN']);
    assert.equal(of('NspawnConfig', 'r1@paris')?.service.cpuQuota, '90%');
    assert.equal(of('NspawnConfig', 'r3@tokyo')?.service.cpuQuota, '40%');
    assert.deepEqual(of('Machine', 'r3@tokyo')?.drain, {});
  });

  test('links a router with its host, or with a machine there', async () => {
    new Topology('net', {
      ...args,
      links: [
        ['r1', { host: true }],
        ['r3', { host: true, machineName: 'web' }],
        ['r1', { host: 'tokyo', interface: 'r1' }],
      ].map((link, index) => ({
        a: link[0] as string,
        b: link[1] as { host: true },
        id: index + 1,
        name: `l${index}`,
      })),
    });
    const resources = await made.resources();
    const [own, web] = ['net-l0@paris', 'net-l1@tokyo'].map((link) =>
      ofKind(resources, 'VethPeering').find(({ name }) => name === link),
    );
    assert.deepEqual(own?.inputs.b, { interface: 'l0', addresses: ['10.0.0.1/31'] });
    assert.deepEqual(own?.inputs.connection, { host: 'paris.example.com' });
    assert.equal(web?.inputs.b.machineName, 'web');
    const [tunnel] = ofKind(resources, 'TunnelPeering');
    assert.deepEqual(tunnel?.inputs.b, {
      interface: 'r1',
      addresses: ['10.0.0.5/31'],
      connection: { host: 'tokyo.example.com' },
      underlay: '192.0.2.2',
    });
  });

  test('tells its addresses and prefixes, for whatever else is to know them', async () => {
    const topology = new Topology('net', args);
    await made.resources();
    assert.deepEqual(topology.loopbacks.r1, ['10.255.0.1/32']);
    assert.deepEqual(topology.addresses.r2, { 'to-r1': ['10.0.0.1/31'], 'to-r3_tokyo': ['10.0.0.2/31'] });
    assert.deepEqual(topology.prefixes, { r1_r2: ['10.0.0.0/31'], r2_r3: ['10.0.0.2/31'] });
  });

  test('makes a segment of links with bridges, and of tunnels between them', async () => {
    const topology = new Topology('net', {
      ...args,
      hosts: { ...hosts, tokyo: { ...hosts.tokyo, underlay: '192.0.2.2' } },
      links: [],
      segments: {
        office: {
          id: 1,
          ends: ['r1', { router: 'r3', number: 9 }, { host: 'tokyo', machineName: 'web', number: 7 }],
          tunnel: { port: 4789 },
        },
      },
      policy: { ...args.policy, tunnel: { kind: 'wireguard' } },
    });
    const resources = await made.resources();
    const veths = ofKind(resources, 'VethPeering').sort((one, other) => (one.name < other.name ? -1 : 1));
    assert.deepEqual(
      veths.map(({ name }) => name),
      ['net-office-r1@paris', 'net-office-r3@tokyo', 'net-office-web@tokyo'],
    );
    const { connection, a, b, mtu } = veths[1]?.inputs ?? {};
    assert.deepEqual(connection, { host: 'tokyo.example.com' });
    assert.deepEqual(a, { machineName: 'r3', interface: 'office', addresses: ['10.64.0.9/22'] });
    assert.deepEqual(b, { interface: 'office_r3', bridge: 'pn-office' });
    assert.equal(veths[2]?.inputs.a.machineName, 'web');
    const [tunnel, ...more] = ofKind(resources, 'TunnelPeering');
    assert.deepEqual(more, []);
    assert.match(tunnel?.name ?? '', /^net-office@(paris_tokyo|tokyo_paris)$/);
    const tunnelEnds = [tunnel?.inputs.a, tunnel?.inputs.b];
    tunnelEnds.sort((one, other) => (one.underlay < other.underlay ? -1 : 1));
    assert.deepEqual(tunnelEnds, [
      {
        interface: 'office__tokyo',
        bridge: 'pn-office',
        connection: { host: 'paris.example.com' },
        underlay: '192.0.2.1',
      },
      {
        interface: 'office__paris',
        bridge: 'pn-office',
        connection: { host: 'tokyo.example.com' },
        underlay: '192.0.2.2',
      },
    ]);
    assert.equal(tunnel?.inputs.kind ?? 'vxlan', 'vxlan');
    assert.equal(tunnel?.inputs.port, 4789);
    assert.deepEqual(
      [tunnel?.inputs.mtu, mtu, ...veths.map(({ inputs }) => inputs.mtu)],
      [1450, 1450, 1450, 1450, 1450],
    );
    assert.deepEqual(Object.keys(topology.segments.office?.links ?? {}), ['r1', 'r3', 'web@tokyo']);
    assert.equal(Object.keys(topology.segments.office?.tunnels ?? {}).length, 1);
    assert.deepEqual(topology.addresses.r1, { office: ['10.64.0.1/22'] });
    assert.deepEqual(topology.prefixes, { office: ['10.64.0.0/22'] });
  });

  test('takes all of a segment down, and gives it its passwords', async () => {
    const topology = new Topology('net', {
      ...args,
      hosts: { ...hosts, tokyo: { ...hosts.tokyo, underlay: '192.0.2.2' } },
      links: [],
      segments: {
        office: { id: 1, ends: ['r1', 'r3'], adminState: 'down', password: 'hush' },
        lab: { id: 2, ends: ['r1', 'r2'] },
      },
      policy: { ...args.policy, asn: 65000, password: 'all', ospf: { password: 'inner' } },
    });
    const resources = await made.resources();
    const states = resources
      .filter(({ name, type }) => /^net-office/.test(name) && /Peering$/.test(type))
      .map(({ inputs }) => inputs.adminState);
    assert.deepEqual(states, ['down', 'down', 'down']);
    const r1 = ofKind(resources, 'FrrConfig').find(({ name }) => name === 'net-r1@paris')?.inputs.config;
    assert.equal(r1.interfaces.office.ospf.authentication.password, 'hush');
    assert.equal(r1.interfaces.lab.ospf.authentication.password, 'inner');
    assert.equal(r1.bgp.neighbors['10.255.0.2'].password, 'all');
    assert.doesNotMatch(JSON.stringify(topology.plan), /hush|inner|"all"/);
    const [check] = ofKind(resources, 'RoutingCheck');
    assert.equal(check?.inputs.timeoutSeconds, 120);
  });

  test('has the password of a segment in each of its BGP sessions', async () => {
    new Topology('net', {
      ...args,
      links: [],
      routers: { r1: { id: 1, host: 'paris' }, r2: { id: 2, host: 'paris' }, r3: { id: 3, host: 'paris' } },
      segments: { office: { id: 1, ends: ['r1', 'r2', 'r3'], password: 'hush' } },
    });
    const [r1] = ofKind(await made.resources(), 'FrrConfig');
    assert.deepEqual(
      Object.entries(r1?.inputs.config.bgp.neighbors as Record<string, { password: string }>).map(
        ([neighbor, { password }]) => `${neighbor} ${password}`,
      ),
      ['10.64.0.2 hush', '10.64.0.3 hush'],
    );
  });

  test('limits both ends of a link, each by its own rate where it has one, and a segment to and from its bridge', async () => {
    new Topology('net', {
      ...args,
      hosts: { ...hosts, tokyo: { ...hosts.tokyo, underlay: '192.0.2.2' } },
      links: [{ a: { router: 'r1', rate: '10M' }, b: 'r2', rate: '100M' }],
      segments: { office: { id: 1, ends: ['r1', 'r3'], rate: '1G' } },
    });
    const rates = (await made.resources())
      .filter(({ type }) => /Peering$/.test(type))
      .map(({ name, inputs: { a, b } }) => `${name} ${a.rate ?? 'none'} ${b.rate ?? 'none'}`);
    assert.deepEqual(rates.map((rate) => rate.replace(/@\S+/, '')).sort(), [
      'net-office none none',
      'net-office-r1 1G 1G',
      'net-office-r3 1G 1G',
      'net-r1_r2 10M 100M',
    ]);
  });

  test('says all that is wrong before anything is made', async () => {
    assert.throws(
      () => new Topology('net', { ...args, links: [['r1', 'r9']] }),
      /Topology "net" is refused:\n {2}links\[0\]: there is no router "r9"/,
    );
    assert.deepEqual(ofKind(await made.resources(), 'HostRootfs'), []);
  });
});
