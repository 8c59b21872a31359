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

  test(`two ${kind}s: equal ones are not replaced, by whatever way their host is reached; others as what cannot change in place says`, async () => {
    await fc.assert(
      fc.asyncProperty(checked, checked, async (inputs, others) => {
        const spelledOut = withDefaults(resource, inputs);
        const moved = { ...inputs, connection: { host: 'elsewhere.example', port: 2022 } };
        for (const same of [structuredClone(inputs), spelledOut, moved]) {
          assert.deepEqual(await replaced(inputs, same), nothing);
          assert.deepEqual(await replaced(same, inputs), nothing);
        }
        const there = await replaced(inputs, others);
        assert.deepEqual(
          there.replaces.filter((name) => !replaceOn.includes(name)),
          [],
        );
        assert.equal(there.deleteBeforeReplace, there.replaces.length > 0 && deleteBeforeReplace);
        assert.deepEqual(await replaced(others, inputs), there);
      }),
      runs(10),
    );
  });

  test(`whatever is in a state, a ${kind} is compared with it, and nothing is changed by that`, async () => {
    const any = fc.oneof(fc.dictionary(fc.string(), anything), disturbed(inputsOf(resource)));
    await fc.assert(
      fc.asyncProperty(any, any, async (state, news) => {
        const before = JSON.stringify([state, news]);
        const { replaces } = await replaced(state as Properties, news as Properties);
        assert.ok(Array.isArray(replaces));
        assert.equal(JSON.stringify([state, news]), before);
      }),
      runs(20),
    );
  });
}
