import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';
import * as pulumi from '@pulumi/pulumi';
import { type Router, Topology, type TopologyArgs } from '../../sdk';
import { type Made, type MadeResource, mocked } from './mocks';

const handlers: Record<string, Handler> = require('../../provider/dynamic');

let made: Made;
beforeEach(() => {
  made = mocked();
});

const args: TopologyArgs = {
  hosts: {
    paris: { connection: { host: 'paris.example.com' }, underlay: '192.0.2.1' },
    tokyo: { connection: { host: 'tokyo.example.com' }, underlay: '192.0.2.2' },
  },
  routers: { r1: { host: 'paris' }, r2: { host: 'paris' }, r3: { host: 'tokyo' } },
  links: [
    ['r1', 'r2'],
    ['r2', 'r3'],
  ],
  policy: { asn: 65000 },
};

// What the SDK keeps of it: with mocks, no engine tells.
const parentOf = (resource: pulumi.Resource | undefined) =>
  (resource as unknown as { __parentResource?: pulumi.Resource })?.__parentResource;

describe('the options of a topology', () => {
  test('parent: what is in it is under it, by types and names', async () => {
    const group = new pulumi.ComponentResource('test:index:Group', 'group');
    const topology = new Topology('net', args, { parent: group });
    await made.resources();
    const parents = new Map(
      [topology, ...Object.values(topology.routers)].map((each) => [each, parentOf(each)] as const),
    );
    assert.equal(parents.get(topology), group);
    const { r1, ...others } = topology.routers;
    assert.ok([r1, ...Object.values(others)].every((router) => parents.get(router as Router) === topology));
    assert.equal(parentOf(r1?.machine), r1);
    assert.equal(parentOf(topology.check), topology);
  });

  test('protect, and transformations, reach all that is in it', async () => {
    const seen: { type: string; protect: boolean | undefined }[] = [];
    new Topology('net', args, {
      protect: true,
      transformations: [
        ({ type, props, opts }) => {
          seen.push({ type, protect: opts.protect });
          return type.endsWith(':Machine') ? { props: { ...props, stopTimeoutSeconds: 7 }, opts } : undefined;
        },
      ],
    });
    const resources = await made.resources();
    const machines = resources.filter(({ type }) => type.endsWith(':Machine'));
    assert.deepEqual(
      machines.map(({ inputs }) => inputs.stopTimeoutSeconds),
      [7, 7, 7],
    );
    assert.equal(seen.length, resources.length);
  });

  test('dependsOn: comes before all that is in it', async () => {
    const events: string[] = [];
    const first = new Topology('first', { hosts: { here: {} }, routers: { a: {} } });
    new Topology('second', { hosts: { here: {} }, routers: { b: {} } }, { dependsOn: first });
    for (const { type, name } of await made.resources()) events.push(`${type.split(':').at(-1)} ${name}`);
    assert.ok(
      events.indexOf('Machine first-a@here') < events.indexOf('HostRootfs second-b@here'),
      events.join(', '),
    );
  });

  test('aliases: the same under another name replaces nothing, and changes no machine', async () => {
    const inputs = async (name: string) => {
      made = mocked({ whole: true });
      new Topology(name, args, name === 'net' ? {} : { aliases: [{ name: 'net' }] });
      const resources = (await made.resources()).filter(({ type }) => type.includes(':dynamic/'));
      return new Map(resources.map((each) => [key(each, name), each]));
    };
    const before = await inputs('net');
    const after = await inputs('core');
    // Pulumi finds what was in it by the part of each name that was its own (inheritedChildAlias in resource.ts).
    assert.deepEqual([...after.keys()].sort(), [...before.keys()].sort());
    for (const [each, { type, inputs: news }] of after) {
      const handler = handlers[type.split(':').at(-1) as string] as Handler;
      const olds = (await handler.check({}, before.get(each)?.inputs ?? {})).inputs;
      const checked = await handler.check(olds, news);
      assert.deepEqual(checked.failures, []);
      assert.deepEqual((await handler.diff('', olds, checked.inputs)).replaces, [], each);
      if (type.endsWith(':Machine')) {
        // The mocks name a digest by its resource; a real one comes from the settings alone.
        const same = { owner: '', restartTriggers: [] };
        assert.deepEqual({ ...checked.inputs, ...same }, { ...olds, ...same });
      }
    }
  });
});

type Inputs = Record<string, unknown>;
interface Handler {
  check(olds: Inputs, news: Inputs): Promise<{ inputs: Inputs; failures: unknown[] }>;
  diff(id: string, olds: Inputs, news: Inputs): Promise<{ replaces: string[] }>;
}

const key = ({ type, name }: MadeResource, topology: string) => {
  assert.ok(name.startsWith(topology), name);
  return `${type.split(':').at(-1)} ${name.slice(topology.length)}`;
};
