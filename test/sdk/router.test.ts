import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import * as pulumi from '@pulumi/pulumi';
import { Link, Router } from '../../sdk';
import { type Made, mocked } from './mocks';

let made: Made;
beforeEach(() => {
  made = mocked();
});

test('a router is a rootfs, its settings, its FRR configuration and its machine, each after what it needs', async () => {
  new Router('r1', { config: { bgp: { asn: 65001 } }, connection: { host: 'vps' }, memoryMax: '64M' });
  const children = await made.resources();
  assert.deepEqual(
    children.map(({ type, name }) => `${type.split(':').at(-1)} ${name}`),
    ['Router r1', 'HostRootfs r1', 'NspawnConfig r1', 'FrrConfig r1', 'Machine r1'],
  );
  const [, , settings, frr, machine] = children;
  assert.deepEqual(settings?.inputs.service, { memoryMax: '64M' });
  assert.equal(frr?.inputs.machineName, 'r1');
  assert.deepEqual(machine?.inputs.restartTriggers, ['restartDigest of NspawnConfig r1']);
  assert.deepEqual(
    children
      .filter(({ inputs }) => inputs.connection !== undefined)
      .map(({ type }) => type.split(':').at(-1)),
    ['HostRootfs', 'NspawnConfig', 'FrrConfig', 'Machine'],
  );
});

test('what is given for its parts reaches them, beside what it gives them itself', async () => {
  new Router('r1', {
    config: 'router bgp 65001\n',
    machineName: 'edge',
    rootfs: { files: { '/etc/motd': { content: 'x' } }, bootstrap: { method: 'skeleton' } },
    nspawn: { service: { tasksMax: 100 } },
    machine: { restartTriggers: ['mine'], stopTimeoutSeconds: 5 },
    cpuQuota: '80%',
  });
  const inputs = Object.fromEntries(
    (await made.resources()).map(({ type, inputs: each }) => [type.split(':').at(-1), each]),
  );
  assert.deepEqual(inputs.HostRootfs?.files, { '/etc/motd': { content: 'x' } });
  assert.equal(inputs.HostRootfs?.machineName, 'edge');
  assert.deepEqual(inputs.NspawnConfig?.service, { memoryMax: '128M', cpuQuota: '80%', tasksMax: 100 });
  assert.equal(inputs.NspawnConfig?.init, 'tini');
  assert.equal(inputs.Machine?.stopTimeoutSeconds, 5);
  assert.deepEqual(inputs.Machine?.restartTriggers, [
    'restartDigest of NspawnConfig r1',
    'digest of HostRootfs r1',
    'mine',
  ]);
});

test('a drained router has graceful shutdown in its BGP, and its change waits for traffic', async () => {
  new Router('r1', { config: { bgp: { asn: 65001 } }, drain: true });
  const frr = (await made.resources()).find(({ type }) => type.endsWith(':FrrConfig'));
  assert.deepEqual(made.plain(frr?.inputs.config), { bgp: { asn: 65001, gracefulShutdown: true } });
  assert.deepEqual(frr?.inputs.drain, {});
});

test('a link on one host is a veth pair, and one between two hosts a tunnel', async () => {
  const paris = { host: 'paris.example.com' };
  const config = { bgp: { asn: 65001 } };
  const [r1, r2] = ['r1', 'r2'].map((name) => new Router(name, { config, connection: { ...paris } }));
  const r3 = new Router('r3', { config, connection: { host: 'tokyo.example.com' } });
  new Link('near', {
    a: { router: r1, addresses: ['10.0.0.0/31'] },
    b: { router: r2, addresses: ['10.0.0.1/31'] },
    mtu: 1400,
  });
  new Link('far', {
    a: { router: r1, underlay: '192.0.2.1' },
    b: { router: r3, underlay: '192.0.2.3', interface: 'eth7' },
    tunnel: { port: 4789 },
  });
  new Link('to the host', { a: { connection: paris }, b: { router: r2 } });
  const links = Object.fromEntries(
    (await made.resources())
      .filter(({ type }) => type.endsWith('Peering'))
      .map(({ type, name, inputs }) => [name, { type: type.split(':').at(-1), inputs }]),
  );
  assert.equal(links.near?.type, 'VethPeering');
  assert.deepEqual(links.near?.inputs.a, {
    machineName: 'r1',
    interface: 'to-r2',
    addresses: ['10.0.0.0/31'],
  });
  assert.equal(links.near?.inputs.mtu, 1400);
  assert.equal(links.far?.type, 'TunnelPeering');
  assert.deepEqual(links.far?.inputs.b, {
    connection: { host: 'tokyo.example.com' },
    machineName: 'r3',
    interface: 'eth7',
    underlay: '192.0.2.3',
  });
  assert.equal(links.far?.inputs.port, 4789);
  assert.deepEqual(links['to the host']?.inputs.a, { interface: 'to-r2' });
  assert.deepEqual(links['to the host']?.inputs.b, { machineName: 'r2', interface: 'to-host' });
});

test('a link says what it must be told', async () => {
  const connection = pulumi.output({ host: 'x' });
  const other = pulumi.output({ host: 'y' });
  const machines = { a: { machineName: 'r1', connection }, b: { machineName: 'r2', connection: other } };
  assert.throws(() => new Link('one', machines), /Link "one": .* Give each end `host`/);
  const known = { a: { ...machines.a, host: 'x' }, b: { ...machines.b, host: 'y' } };
  assert.throws(() => new Link('two', known), /Link "two": .* there is no `underlay`/);
  assert.throws(
    () => new Link('three', { a: { machineName: pulumi.output('r1') }, b: {} }),
    /Link "three": .* Give both ends `interface`/,
  );
  await made.resources();
});
