import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { openStack, type Result } from '../deployer';
import type { LabHost } from '../lab';
import { waitUntil } from '../lab/wait';
import { hosts, placeOf } from './hosts';
import { changesOf, inMachine, leaderOf } from './life';

const settings = { name: 'net', protect: false, second: 'h1' };

// What Pulumi does with components is tested without hosts (test/sdk/options.test.ts); here it is seen on them.
const skip = process.env.PULUMI_NSPAWN_EXHAUSTIVE ? false : 'with PULUMI_NSPAWN_EXHAUSTIVE=1 only';

describe('the options of components', { concurrency: 1, skip }, () => {
  let both: LabHost[];
  const backendDir = mkdtempSync(join(tmpdir(), 'pulumi-nspawn-components-'));
  const stack = (changes: object = {}) =>
    openStack({
      dir: join(__dirname, 'programs/components'),
      stack: 'test',
      backendDir,
      passphrase: 'test',
      config: {
        'components:settings': JSON.stringify({ ...settings, ...changes }),
        'components:hosts': JSON.stringify(
          Object.fromEntries(both.map((host) => [host.name, placeOf(host)])),
        ),
        'components:privateKey': { secret: both[0]?.privateKey ?? '' },
      },
    });
  const succeeded = (result: Result) => {
    assert.ok(result.ok, result.log);
    return result;
  };
  const leaders = () => Promise.all(['co-1', 'co-2'].map((name) => leaderOf(both[0] as LabHost, name)));
  const reached = () =>
    waitUntil('co-1 reaches co-2', 40, async () => {
      const { exitCode } = await inMachine(
        both[0] as LabHost,
        'co-1',
        'ping -q -c 1 -W 1 -I 10.192.0.1 10.192.0.2',
      );
      return exitCode === 0;
    });

  before(async () => {
    both = await hosts();
  });
  after(async () => {
    await (await stack()).destroy();
    rmSync(backendDir, { recursive: true, force: true });
  });

  test('dependsOn comes before all that is in the component, and outputs are there for other code', async () => {
    const { steps, outputs } = succeeded(await (await stack()).up());
    const created = steps.filter(({ op }) => op === 'create').map(({ name }) => name);
    assert.ok(created.indexOf('before') < created.indexOf('net-co-1@h1'), created.join());
    assert.deepEqual(outputs.loopbacks, { 'co-1': ['10.192.0.1/32'], 'co-2': ['10.192.0.2/32'] });
    assert.deepEqual(outputs.prefixes, { 'co-1_co-2': ['10.128.0.0/31'] });
    await reached();
  });

  test('a component of another name, with an alias, is the same one: nothing restarts, nothing is replaced', async () => {
    const before = await leaders();
    const { steps } = succeeded(await (await stack({ name: 'core', was: 'net' })).up());
    const ops = [...new Set(steps.map(({ op }) => op))].sort();
    assert.ok(
      ops.every((op) => ['same', 'update'].includes(op)),
      ops.join(),
    );
    assert.deepEqual(await leaders(), before);
    await reached();
    assert.deepEqual(changesOf(succeeded(await (await stack({ name: 'core' })).up())), []);
  });

  test('protect keeps all that is in it', async () => {
    const core = { name: 'core', protect: true };
    succeeded(await (await stack(core)).up());
    const refused = await (await stack(core)).destroy();
    assert.equal(refused.ok, false);
    assert.match(refused.log, /protected/);
    succeeded(await (await stack({ name: 'core' })).up());
  });

  for (const [what, setting] of [
    ['transformation', { cpuQuota: '33%' }],
    ['transform', { ioWeight: 33 }],
  ] as const) {
    test(`a ${what} reaches what is in it`, async (context) => {
      const core = await stack({ name: 'core', ...setting });
      if (what === 'transform' && core.kind === 'engine')
        return context.skip('only the real engine has them');
      const { steps } = succeeded(await core.preview());
      assert.deepEqual(
        steps
          .filter(({ op }) => op === 'update')
          .map(({ type, name }) => `${type.split(':').at(-1)} ${name}`)
          .sort(),
        ['NspawnConfig core-co-1@h1', 'NspawnConfig core-co-2@h1'],
      );
    });
  }

  test('a router that moves is made on its new host, with its links, before the old one is deleted', async () => {
    const { steps } = succeeded(await (await stack({ name: 'core', second: 'h2' })).up());
    const at = (op: string, name: string) =>
      steps.flatMap((step, index) => (step.op === op && step.name === name ? [index] : []));
    const made = [...at('create', 'core-co-2@h2'), ...at('create', 'core-co-1_co-2@h1_h2')];
    const deleted = [...at('delete', 'core-co-2@h1'), ...at('delete', 'core-co-1_co-2@h1')];
    assert.ok(made.length >= 5 && deleted.length >= 5, `${made} ${deleted}`);
    assert.ok(Math.max(...made) < Math.min(...deleted), `${made} ${deleted}`);
    await reached();
  });
});
