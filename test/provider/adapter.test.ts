import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { z } from 'zod';
import { dynamicProvider } from '../../provider/adapter';
import { failureOnHosts, HostError } from '../../provider/host/error';
import { commonInputs, defineResource, type Resource } from '../../provider/resource';

const thing = (changes: Partial<Resource> = {}) => {
  const calls: string[] = [];
  const resource = defineResource({
    kind: 'Thing',
    schema: z.strictObject({ ...commonInputs, name: z.string(), size: z.number().default(1) }),
    derived: { path: { from: ['name'], value: ({ name }) => `/things/${name}` } },
    replaceOn: ['path'],
    deleteBeforeReplace: true,
    id: ({ name }) => name,
    apply: async ({ inputs }) => {
      calls.push(`apply size ${inputs.size}`);
      return { seen: inputs.name, nothing: undefined };
    },
    read: async () => ({ facts: { seen: 'it' }, drift: { size: 7 } }),
    delete: async () => {
      calls.push('delete');
    },
  });
  return { calls, provider: dynamicProvider({ ...(resource as unknown as Resource), ...changes }) };
};

const given = { __provider: 'text', owner: 'p/s/n', name: 'n', path: '/things/n' };

test('create returns inputs and facts, with nothing undefined and no default in them', async () => {
  const { provider, calls } = thing();
  const { id, outs } = await provider.create(given);
  assert.equal(id, 'n');
  assert.deepEqual(outs, { owner: 'p/s/n', name: 'n', path: '/things/n', seen: 'n' });
  assert.deepEqual(calls, ['apply size 1']);
});

test('a refused property is named in the reason: the engine would print its value, also a secret one', async () => {
  const { failures } = await thing().provider.check({}, { ...given, path: undefined, size: 'large' });
  assert.deepEqual(failures, [{ property: '', reason: 'size: received "large"; accepted is a number' }]);
});

test('the owner stays the one that it was made with, whatever its name is by now', async () => {
  const { provider } = thing();
  const renamed = { ...given, owner: 'p/s/other' };
  const first = await provider.check({}, renamed);
  assert.equal(first.inputs.owner, 'p/s/other');
  const later = await provider.check(given, renamed);
  assert.equal(later.inputs.owner, 'p/s/n');
});

test('diff leaves the comparison to the engine, and names what replaces', async () => {
  const { provider } = thing();
  const same = await provider.diff('n', { ...given, seen: 'n' }, given);
  assert.deepEqual(same, { replaces: [], deleteBeforeReplace: false });
  const other = await provider.diff('n', given, { ...given, path: '/things/m' });
  assert.deepEqual(other, { replaces: ['path'], deleteBeforeReplace: true });
});

test('read returns the inputs as they are on the host', async () => {
  const { provider } = thing();
  const { id, props, inputs } = await provider.read('n', { ...given, seen: 'old' });
  assert.equal(id, 'n');
  assert.deepEqual(inputs, { owner: 'p/s/n', name: 'n', path: '/things/n', size: 7 });
  assert.deepEqual(props, { ...inputs, seen: 'it' });
});

test('state from before there was a derived value is read and deleted as if it had it', async () => {
  const told: unknown[] = [];
  const { provider } = thing({
    read: async ({ inputs, state }) => {
      told.push(inputs.path, state.path);
      return { facts: {}, drift: {} };
    },
    delete: async ({ inputs, state }) => void told.push(inputs.path, state.path),
  });
  const { path: _, ...old } = given;
  await provider.read('n', old);
  await provider.delete('n', old);
  assert.deepEqual(told, ['/things/n', '/things/n', '/things/n', '/things/n']);
});

test('what is gone has no id', async () => {
  const { provider } = thing({ read: async () => undefined });
  assert.equal((await provider.read('n', given)).id, '');
});

test('a change of the connection alone reaches no host', async () => {
  const { provider, calls } = thing();
  const olds = { ...given, seen: 'n', connection: { host: 'a' } };
  const { outs } = await provider.update('n', olds, { ...given, connection: { host: 'b' } });
  assert.deepEqual(calls, []);
  assert.deepEqual(outs.connection, { host: 'b' });
  assert.equal(outs.seen, 'n');
});

test('after a failure in the middle, even a change of the connection alone repairs', async () => {
  const { provider, calls } = thing();
  const olds = { ...given, incomplete: true, connection: { host: 'a' } };
  const { outs } = await provider.update('n', olds, { ...given, connection: { host: 'b' } });
  assert.deepEqual(calls, ['apply size 1']);
  assert.equal('incomplete' in outs, false);
});

const failing = (changed: boolean) =>
  thing({
    apply: async () => {
      throw new HostError({ host: 'h', machine: 'n', action: 'make it', changed });
    },
  }).provider;

test('a failure after something was made is a partial one: id and properties are saved', async () => {
  await assert.rejects(failing(true).create(given), (error: Error & Record<string, unknown>) => {
    assert.equal(error.id, 'n');
    assert.deepEqual(error.properties, { ...given, incomplete: true });
    assert.deepEqual(error.reasons, ['n on h: make it failed']);
    return true;
  });
});

test('a failure before anything was made leaves nothing in the state', async () => {
  await assert.rejects(failing(false).create(given), (error: Error & Record<string, unknown>) => {
    assert.equal('id' in error, false);
    assert.equal(error.message, 'n on h: make it failed');
    return true;
  });
});

const unreachable = async () => {
  throw new HostError({ host: 'h', machine: 'n', action: 'delete it', changed: false, unreachable: true });
};

test('a thing on a host that cannot be reached stays in the state, and the error says how to give it up', async () => {
  const { provider } = thing({ delete: unreachable, read: unreachable });
  await assert.rejects(provider.delete('n', given), /PULUMI_NSPAWN_DELETE_UNREACHABLE=true/);
  await assert.rejects(provider.read('n', given), /n on h: delete it failed/);
});

test('with PULUMI_NSPAWN_DELETE_UNREACHABLE it counts as deleted, in destroy and refresh', async (t) => {
  givingUp(t);
  const { provider } = thing({ delete: unreachable, read: unreachable });
  await provider.delete('n', given);
  assert.equal((await provider.read('n', given)).id, '');
});

test('what one of two hosts still has is read, or an error, and never given up', async (t) => {
  givingUp(t);
  const lost = new HostError({ message: 'lost', changed: false, unreachable: true });
  const read = async () => {
    throw failureOnHosts([lost], true);
  };
  await assert.rejects(thing({ read }).provider.read('n', given), /lost/);
});

test('a failure on a host that does answer is never given up', async (t) => {
  givingUp(t);
  const refused = async () => {
    throw failureOnHosts([new HostError({ message: 'busy', changed: false, unreachable: false })], false);
  };
  await assert.rejects(thing({ delete: refused }).provider.delete('n', given), /busy/);
});

const givingUp = (t: TestContext) => {
  process.env.PULUMI_NSPAWN_DELETE_UNREACHABLE = 'true';
  t.after(() => delete process.env.PULUMI_NSPAWN_DELETE_UNREACHABLE);
};

test('the state of every release loads the provider by this path and these kinds', () => {
  for (const kind of [
    'HostRuntime',
    'HostRootfs',
    'NspawnConfig',
    'Machine',
    'VethPeering',
    'TunnelPeering',
    'FrrConfig',
    'RoutingCheck',
  ]) {
    assert.equal(typeof require('../../provider/dynamic')[kind]?.create, 'function', kind);
  }
});
