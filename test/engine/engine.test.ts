import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { makeProject } from './fixtures/project';

/** A server at which resources knock while they are created. */
const openDoor = async (t: TestContext, onKnock: (title: string) => Promise<void> | void) => {
  const server = createServer(async (request, response) => {
    await onKnock((request.url ?? '').slice(1));
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
};

const things = (knock: string, ...titles: string[]) => ({
  resources: titles.map((title) => ({ name: title, props: { title, knock } })),
});

const readJson = (file: string) => JSON.parse(readFileSync(file, 'utf8'));

describe('the engine', { concurrency: 3 }, () => {
  test('deploys, keeps secrets secret, and takes everything down again', async (t) => {
    const project = makeProject(t);
    project.write({
      resources: [{ name: 'a', props: { title: 'a', key: { $config: 'key', secret: true } } }],
      outputs: { key: { $ref: 'a.key' }, serial: { $ref: 'a.serial' } },
    });
    const stack = await project.open({ config: { key: { secret: 'hush-hush' } } });

    const up = await stack.up();
    assert.deepEqual(up.errors, []);
    assert.deepEqual(up.outputs, { key: 'hush-hush', serial: 1 });
    assert.equal(project.world().things['thing-a-1']?.key, 'hush-hush');
    assert.doesNotMatch(up.log, /hush-hush/);
    assert.match(up.log, /key *: \[secret\]/);
    assert.doesNotMatch(readFileSync(stack.checkpointFile, 'utf8'), /hush-hush/);
    const [, provider, thing] = (await stack.export()).resources ?? [];
    assert.equal(provider?.urn, 'urn:pulumi:dev::things::pulumi:providers:pulumi-nodejs::default');
    assert.equal(thing?.provider, `${provider?.urn}::${provider?.id}`);

    assert.deepEqual((await stack.destroy()).errors, []);
    assert.deepEqual(project.world().calls, ['create a', 'delete a']);
    assert.equal((await stack.export()).resources, undefined);
    assert.ok(existsSync(`${stack.checkpointFile}.bak`));
    const locks = join(dirname(stack.checkpointFile), '../../locks/organization/things/dev');
    assert.deepEqual(readdirSync(locks), []);
  });

  test('a preview changes neither the world nor the state', async (t) => {
    const project = makeProject(t);
    project.write({
      resources: [{ name: 'a', props: { title: 'a' } }],
      outputs: { serial: { $ref: 'a.serial' } },
    });
    const stack = await project.open();
    const preview = await stack.preview();
    assert.deepEqual(
      preview.steps.map(({ op, name }) => [op, name]),
      [
        ['create', 'things-dev'],
        ['create', 'a'],
      ],
    );
    assert.deepEqual(preview.outputs, { serial: '[unknown]' });
    assert.deepEqual(project.world().calls, []);
    assert.ok(!existsSync(stack.checkpointFile));
  });

  test('an operation is in the checkpoint before it starts, and no longer when it is over', async (t) => {
    const project = makeProject(t);
    const stack = await project.open();
    let pending: { resource: { urn: string }; type: string }[] = [];
    const knock = await openDoor(t, () => {
      pending = readJson(stack.checkpointFile).checkpoint.latest.pending_operations;
    });
    project.write(things(knock, 'a'));
    assert.ok((await stack.up()).ok);
    assert.deepEqual(
      pending.map(({ resource, type }) => [resource.urn, type]),
      [['urn:pulumi:dev::things::pulumi-nodejs:dynamic/fixture:Thing::a', 'creating']],
    );
    assert.equal((await stack.export()).pending_operations, undefined);
  });

  test('what does not depend on each other is created side by side', async (t) => {
    const project = makeProject(t);
    const waiting: (() => void)[] = [];
    // Nobody is let in before all are there.
    const knock = await openDoor(
      t,
      () =>
        new Promise<void>((resolve) => {
          waiting.push(resolve);
          if (waiting.length === 3) for (const enter of waiting) enter();
        }),
    );
    project.write(things(knock, 'a', 'b', 'c'));
    assert.ok((await (await project.open()).up()).ok);
  });

  test('with a parallelism of one, nothing is', async (t) => {
    const project = makeProject(t);
    let [inside, most] = [0, 0];
    const knock = await openDoor(t, async () => {
      most = Math.max(most, ++inside);
      await new Promise(setImmediate);
      inside--;
    });
    project.write(things(knock, 'a', 'b', 'c'));
    assert.ok((await (await project.open()).up({ parallel: 1 })).ok);
    assert.equal(most, 1);
  });

  test('an interrupt lets running steps finish and starts no others', async (t) => {
    const project = makeProject(t);
    const interrupt = new AbortController();
    const knock = await openDoor(t, () => interrupt.abort());
    const { resources } = things(knock, 'a');
    project.write({
      resources: [...resources, { name: 'b', props: { title: 'b', from: { $ref: 'a.serial' } } }],
    });
    const stack = await project.open();
    const { ok, errors } = await stack.up({ signal: interrupt.signal });
    assert.equal(ok, false);
    assert.deepEqual(errors, [{ message: 'update canceled' }]);
    assert.deepEqual(project.world().calls, ['create a']);
    const { resources: saved = [], pending_operations } = await stack.export();
    assert.equal(saved.at(-1)?.id, 'thing-a-1');
    assert.equal(pending_operations, undefined);
  });

  test('a failed check is told in the words of Pulumi, against the resource', async (t) => {
    const project = makeProject(t);
    project.write({ resources: [{ name: 'a', props: { title: 'a', size: 300 } }] });
    const { ok, errors } = await (await project.open()).preview();
    assert.equal(ok, false);
    assert.deepEqual(errors, [
      {
        urn: 'urn:pulumi:dev::things::pulumi-nodejs:dynamic/fixture:Thing::a',
        message:
          "pulumi-nodejs:dynamic/fixture:Thing resource 'a': property size value {300} has a problem: it is larger than 100",
      },
    ]);
  });

  test('a stack is locked while it changes', async (t) => {
    const project = makeProject(t);
    const stack = await project.open();
    let refused: unknown;
    const knock = await openDoor(t, async () => {
      refused = await stack.up().catch((error) => error);
    });
    project.write(things(knock, 'a'));
    assert.ok((await stack.up()).ok);
    assert.match(String(refused), /currently locked by 1 lock/);
  });

  test('the command line deploys and exports', (t) => {
    const project = makeProject(t);
    project.write({ resources: [{ name: 'a', props: { title: 'a' } }] });
    const run = (...args: string[]) =>
      execFileSync(
        process.execPath,
        ['-r', '@swc-node/register', join(__dirname, 'main.ts'), ...args, '--cwd', project.dir],
        { encoding: 'utf8', env: { ...process.env, ...project.env, PULUMI_CONFIG_PASSPHRASE: 'x' } },
      );
    assert.match(run('up'), /2 created/);
    assert.equal(JSON.parse(run('export')).deployment.resources.length, 3);
  });
});
