import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { resources } from '../../provider';
import { dynamicProvider } from '../../provider/adapter';
import { check, withDefaults } from '../../provider/check';
import { runs } from '../fuzz';
import { acceptedInputsOf, anything, disturbed, inputsOf } from './inputs';

type Properties = Record<string, unknown>;

for (const resource of resources) {
  const { kind, replaceOn, deleteBeforeReplace } = resource;
  const { diff } = dynamicProvider(resource);
  const replaced = (olds: Properties, news: Properties) => diff('id', olds, news);
  const checked = acceptedInputsOf(resource).map((inputs) => check(resource, inputs).inputs as Properties);
  const nothing = { replaces: [], deleteBeforeReplace: false };

  test(`a ${kind} that did not change is not replaced, and neither is one whose defaults are spelled out`, async () => {
    await fc.assert(
      fc.asyncProperty(checked, async (inputs) => {
        assert.deepEqual(await replaced(inputs, structuredClone(inputs)), nothing);
        assert.deepEqual(await replaced(inputs, withDefaults(resource, inputs)), nothing);
        assert.deepEqual(await replaced(withDefaults(resource, inputs), inputs), nothing);
      }),
      runs(10),
    );
  });

  test(`how its host is reached replaces no ${kind}`, async () => {
    await fc.assert(
      fc.asyncProperty(checked, async (inputs) => {
        const moved = { ...inputs, connection: { host: 'elsewhere.example', port: 2022 } };
        assert.deepEqual(await replaced(inputs, moved), nothing);
        assert.deepEqual(await replaced(moved, inputs), nothing);
      }),
      runs(10),
    );
  });

  test(`of any two ${kind}s, what replaces one by the other is what cannot change in place, both ways`, async () => {
    await fc.assert(
      fc.asyncProperty(checked, checked, async (olds, news) => {
        const there = await replaced(olds, news);
        assert.deepEqual(
          there.replaces.filter((name) => !replaceOn.includes(name)),
          [],
        );
        assert.equal(there.deleteBeforeReplace, there.replaces.length > 0 && deleteBeforeReplace);
        assert.deepEqual(await replaced(news, olds), there);
      }),
      runs(10),
    );
  });

  test(`whatever is in a state, a ${kind} is compared with it, and nothing is changed by that`, async () => {
    const any = fc.oneof(fc.dictionary(fc.string(), anything), disturbed(inputsOf(resource)));
    await fc.assert(
      fc.asyncProperty(any, checked, async (state, news) => {
        const before = JSON.stringify([state, news]);
        const { replaces } = await replaced(state as Properties, news);
        assert.ok(Array.isArray(replaces));
        assert.equal(JSON.stringify([state, news]), before);
      }),
      runs(20),
    );
  });
}
