import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { deletionBatches, dependenciesOf, dependentsOf } from './order';
import type { Resource } from './state';

const resource = (name: string, fields: Partial<Resource> = {}): Resource => ({
  urn: `urn:pulumi:s::p::t::${name}`,
  custom: true,
  type: 't',
  inputs: {},
  outputs: {},
  ...fields,
});

/** Resources in topological order, each with edges to some of those before it. */
const arbitraryResources = fc
  .array(fc.tuple(fc.array(fc.nat(), { maxLength: 3 }), fc.nat({ max: 3 })), { maxLength: 12 })
  .map((edges) => {
    const resources: Resource[] = [];
    for (const [targets, kind] of edges) {
      const urns =
        resources.length === 0
          ? []
          : targets.map((target) => resources[target % resources.length]?.urn ?? '');
      const [first = ''] = urns;
      const fields = [
        { dependencies: urns },
        { propertyDependencies: { x: urns } },
        { ...(first && { parent: first }) },
        { ...(first && { provider: `${first}::id` }) },
      ];
      resources.push(resource(String(resources.length), fields[kind]));
    }
    return resources;
  });

test('every resource is deleted once, and never before what depends on it', () => {
  fc.assert(
    fc.property(arbitraryResources, (resources) => {
      const batches = deletionBatches(resources, resources);
      assert.deepEqual(new Set(batches.flat()), new Set(resources));
      assert.equal(batches.flat().length, resources.length);
      batches.forEach((batch, index) => {
        const gone = new Set(batches.slice(0, index).flat());
        for (const dependent of resources)
          for (const dependency of dependenciesOf(resources, dependent))
            if (batch.includes(dependency)) assert.ok(gone.has(dependent));
      });
    }),
  );
});

test('dependents are found through others, and children are none', () => {
  const a = resource('a');
  const b = resource('b', { propertyDependencies: { x: [a.urn] } });
  const c = resource('c', { deletedWith: b.urn });
  const child = resource('child', { parent: a.urn });
  const managed = resource('managed', { provider: `${c.urn}::id` });
  assert.deepEqual(dependentsOf([a, b, c, child, managed], a), [b, c, managed]);
  assert.deepEqual(dependentsOf([a, b, c, child, managed], a, new Set([b.urn])), []);
});

test('whoever depends on a component depends on its children', () => {
  const box = resource('box', { custom: false });
  const child = resource('child', { parent: box.urn });
  const user = resource('user', { dependencies: [box.urn] });
  assert.deepEqual(dependenciesOf([box, child, user], user), new Set([box, child]));
});
