import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dynamicProvider } from '../../../provider/adapter';
import type { Resource } from '../../../provider/resource';
import { tunnelPeering } from '../../../provider/tunnel-peering/resource';

const calls: string[] = [];
const provider = dynamicProvider({
  ...(tunnelPeering as unknown as Resource),
  apply: async () => {
    calls.push('apply');
    return {};
  },
});
const end = (host: string | undefined, underlay: string) => ({
  ...(host ? { connection: { host } } : {}),
  machineName: 'r1',
  interface: 'eth1',
  underlay,
});
const checked = async (a: object, b: object) =>
  (await provider.check({}, { owner: 'project/stack/link', a, b })).inputs;

test('a change of the connections in both ends touches no host, and is recorded', async () => {
  const olds = await checked(end('one', '192.0.2.1'), end('two', '192.0.2.2'));
  const news = await checked(end(undefined, '192.0.2.1'), end('new', '192.0.2.2'));
  const { outs } = await provider.update('id', { ...olds, __provider: 'text' }, news);
  assert.deepEqual(calls, []);
  assert.deepEqual(outs, news);
  assert.deepEqual((await provider.diff('id', olds, news)).replaces, []);
});

test('a change of anything else beside them is applied', async () => {
  const olds = await checked(end('one', '192.0.2.1'), end('two', '192.0.2.2'));
  const news = await checked(end('new', '192.0.2.1'), end('two', '192.0.2.3'));
  await provider.update('id', olds, news);
  assert.deepEqual(calls, ['apply']);
});

test('another interface makes another link of it', async () => {
  const olds = await checked(end('one', '192.0.2.1'), end('two', '192.0.2.2'));
  const news = await checked({ ...end('one', '192.0.2.1'), interface: 'eth2' }, end('two', '192.0.2.2'));
  const { replaces, deleteBeforeReplace } = await provider.diff('id', olds, news);
  assert.deepEqual([replaces, deleteBeforeReplace], [['linkId'], true]);
});
