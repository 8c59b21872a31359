import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, type TestContext, test } from 'node:test';
import { makeProject } from '../engine/fixtures/project';
import { pulumiOnPath, type Result, type Step } from './index';
import { type Act, perform, scenarios } from './scenarios';

const config = { token: { secret: 'abc' } };

/** What a scenario led to: its acts' results, what the provider did to its world, and the final deployment. */
interface Outcome {
  acts: unknown[];
  things: unknown;
  deployment: unknown;
}

// What the real CLI (3.260.0) did, for where there is none. RECORD=1 with a pulumi on PATH writes it anew.
const recordFile = join(__dirname, 'recorded.json');
const recorded: Record<string, Outcome> = existsSync(recordFile)
  ? JSON.parse(readFileSync(recordFile, 'utf8'))
  : {};

describe('the engine takes the steps of the real CLI', { concurrency: 2 }, () => {
  for (const [name, acts] of Object.entries(scenarios)) {
    test(name, async (t) => {
      const ours = await outcomeOf(t, 'engine', acts);
      const theirs = (await pulumiOnPath()) ? await outcomeOf(t, 'pulumi', acts) : recorded[name];
      assert.ok(theirs, 'neither a pulumi on PATH nor a record of what it did');
      if (process.env.RECORD) recorded[name] = theirs;
      for (const [index, { operation }] of acts.entries()) {
        assert.deepEqual(ours.acts[index], theirs.acts[index], `act ${index + 1} (${operation})`);
      }
      assert.deepEqual(ours, theirs);
    });
  }
  after(() => {
    if (process.env.RECORD) writeFileSync(recordFile, `${JSON.stringify(recorded, null, 1)}\n`);
  });
});

const outcomeOf = async (t: TestContext, kind: 'engine' | 'pulumi', acts: Act[]): Promise<Outcome> => {
  const project = makeProject(t);
  const stack = await project.open({ engine: kind, config });
  const results: unknown[] = [];
  for (const act of acts) results.push(comparable(await perform(project, stack, act)));
  const outcome = { acts: results, things: project.world().things, deployment: shape(await stack.export()) };
  return JSON.parse(placeless(JSON.stringify(outcome)));
};

/** Without what tells the checkout's place, and without stacks, which differ from one Node.js to the next. */
const placeless = (json: string) =>
  json.replaceAll(join(__dirname, '../..'), 'CHECKOUT').replaceAll(/(\\n {4}at [^"\\]*)+/g, '');

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
const comparable = ({ ok, steps, outputs, errors }: Result) => ({
  ok,
  steps: steps.map(comparableStep).sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)),
  outputs,
  errors: errors.map(({ urn, message }) => anonymous({ urn, message })),
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
