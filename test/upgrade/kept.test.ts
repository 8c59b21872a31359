import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, test } from 'node:test';
import { resources } from '../../provider';
import { openStack, pulumiOnPath } from '../deployer';
import { changesOf } from '../e2e/life';
import { checkpointPath } from '../engine/checkpoint';
import { engines, folderOf, keptVersions, passphrase } from './kept';

const called = { engine: 'the engine for tests', pulumi: 'the real CLI' };
const components = ['nspawn:index:Router', 'nspawn:index:Link', 'nspawn:index:Topology'];

// Without a host: a preview, and an up of what is the same, ask none.
for (const version of keptVersions()) {
  describe(`the state that ${version} wrote`, { concurrency: 1 }, () => {
    test('holds every kind of resource, and secrets only encrypted', () => {
      const { checkpoint } = stateOf(version, 'engine');
      const types: string[] = checkpoint.latest.resources.map(({ type }: { type: string }) => type);
      const kinds = [...resources.map(({ kind }) => `pulumi-nodejs:dynamic/nspawn:${kind}`), ...components];
      // A kind that came later is in no older state.
      if (version === newest()) for (const kind of kinds) assert.ok(types.includes(kind), kind);
      assert.doesNotMatch(JSON.stringify(checkpoint), /a-kept-password|BEGIN OPENSSH/);
    });

    for (const writer of engines) {
      if (!existsSync(join(folderOf(version), writer))) continue;
      for (const reader of engines) {
        test(`by ${called[writer]} is the same to ${called[reader]} of this release`, async (t) => {
          if (reader === 'pulumi' && (await pulumiOnPath()) === undefined) return t.skip('no pulumi on PATH');
          const backendDir = mkdtempSync(join(tmpdir(), 'pulumi-nspawn-kept-'));
          t.after(() => rmSync(backendDir, { recursive: true, force: true }));
          const file = checkpointPath(backendDir, 'kept', 'kept');
          mkdirSync(dirname(file), { recursive: true });
          cpSync(join(folderOf(version), writer, 'checkpoint.json'), file);
          cpSync(join(folderOf(version), writer, 'Pulumi.kept.yaml'), join(backendDir, 'Pulumi.kept.yaml'));
          const stack = await openStack({
            dir: join(folderOf(version), 'program'),
            stack: 'kept',
            backendDir,
            passphrase,
            engine: reader,
            env: { PULUMI_NSPAWN_DEBUG: '1' },
          });
          for (const operation of ['preview', 'up'] as const) {
            const result = await stack[operation]();
            assert.ok(result.ok, result.log);
            assert.deepEqual(changesOf(result), [], result.log);
            assert.deepEqual(result.steps.map(({ urn }) => urn).sort(), urnsOf(version, writer));
            assert.doesNotMatch(result.log, /\[nspawn\]/, 'it asks no host');
          }
        });
      }
    }
  });
}

test('the state of a release is kept', () => {
  assert.ok(keptVersions().length > 0);
});

// The default provider's own steps are not told.
const urnsOf = (version: string, writer: string): string[] =>
  stateOf(version, writer)
    .checkpoint.latest.resources.map(({ urn }: { urn: string }) => urn)
    .filter((urn: string) => !urn.includes('::pulumi:providers:'))
    .sort();

const newest = () => keptVersions().at(-1);

const stateOf = (version: string, writer: string) =>
  JSON.parse(readFileSync(join(folderOf(version), writer, 'checkpoint.json'), 'utf8'));
