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

  test('says all that is wrong before anything is made', async () => {
    assert.throws(
      () => new Topology('net', { ...args, links: [['r1', 'r9']] }),
      /Topology "net" is refused:\n {2}links\[0\]: there is no router "r9"/,
    );
    assert.deepEqual(ofKind(await made.resources(), 'HostRootfs'), []);
  });
});
