import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { makeProject } from '../engine/fixtures/project';
import { pulumiOnPath, type Result, type Step } from './index';
import { perform, scenarios } from './scenarios';

const config = { token: { secret: 'abc' } };

describe('the engine and the real CLI take the same steps', { concurrency: 2 }, () => {
  for (const [name, acts] of Object.entries(scenarios)) {
    test(name, async (t) => {
      const project = makeProject(t);
      const engine = await project.open({ engine: 'engine', config });
      const ours: Result[] = [];
      for (const act of acts) ours.push(await perform(project, engine, act));
      const command = await pulumiOnPath();
      if (command === undefined) return t.skip('no pulumi on PATH: only the engine has run');

      const twin = makeProject(t);
      const pulumi = await twin.open({ engine: 'pulumi', config });
      for (const [index, act] of acts.entries()) {
        const theirs = await perform(twin, pulumi, act);
        const where = `act ${index + 1} (${act.operation})\n--- engine\n${ours[index]?.log}\n--- pulumi\n${theirs.log}`;
        assert.equal(ours[index]?.ok, theirs.ok, where);
        assert.deepEqual(comparable(ours[index]), comparable(theirs), where);
      }
      assert.deepEqual(project.world().things, twin.world().things);
      assert.deepEqual(shape(await engine.export()), shape(await pulumi.export()));
    });
  }
});

test('each goes on where the other stopped', async (t) => {
  if ((await pulumiOnPath()) === undefined) return t.skip('no pulumi on PATH');
  const project = makeProject(t);
  const program = (size: number) => ({
    resources: [{ name: 'a', props: { title: 'a', size, key: { $config: 'token', secret: true } } }],
    outputs: { key: { $ref: 'a.key' } },
  });
  const run = async (engine: 'engine' | 'pulumi', size: number) => {
    project.write(program(size));
    const { steps, outputs, errors } = await (await project.open({ engine, config })).up();
    assert.deepEqual(errors, []);
    assert.deepEqual(outputs, { key: 'abc' });
    return steps.map(({ op, name }) => `${op} ${name}`).sort();
  };
  assert.deepEqual(await run('engine', 1), ['create a', 'create things-dev']);
  assert.deepEqual(await run('pulumi', 1), ['same a', 'same things-dev']);
  assert.deepEqual(await run('pulumi', 2), ['same things-dev', 'update a']);
  assert.deepEqual(await run('engine', 2), ['same a', 'same things-dev']);
});

/** The order of steps that run side by side is nobody's promise. */
const comparable = (result: Result | undefined) => ({
  steps: result?.steps.map(comparableStep).sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)),
  outputs: result?.outputs,
  errors: result?.errors.map(({ urn, message }) => anonymous({ urn, message })),
});

const comparableStep = ({ op, urn, type, name, diff, replaceKeys }: Step) => ({
  op,
  urn,
  type,
  name,
  diff,
  replaceKeys,
});

/** A deployment without what differs between any two runs. */
const shape = ({
  resources = [],
  pending_operations = [],
}: {
  resources?: object[];
  pending_operations?: object[];
}) => ({
  resources: resources.map(anonymous).sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)),
  pending: pending_operations.length,
});

const anonymous = (resource: object): object =>
  JSON.parse(
    JSON.stringify(resource, (key, value) =>
      ['created', 'modified', 'sourcePosition', 'stackTrace', 'ciphertext', 'pluginDownloadURL'].includes(key)
        ? undefined
        : value,
    )
      .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}/g, 'UUID')
      .replaceAll(/engine-test-\w{6}/g, 'DIR'),
  );
