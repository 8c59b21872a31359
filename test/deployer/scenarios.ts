import type { FixtureProject, Program } from '../engine/fixtures/project';
import type { Options, Stack } from './index';

/** One operation of a scenario. */
export interface Act {
  operation: 'up' | 'preview' | 'refresh' | 'destroy';
  program?: Program;
  options?: Options;
  /** Changes the world behind the provider's back. */
  meddle?: (project: FixtureProject) => void;
}

/** Runs one act. */
export const perform = async (project: FixtureProject, stack: Stack, act: Act) => {
  if (act.program) project.write(act.program);
  act.meddle?.(project);
  return stack[act.operation](act.options);
};

const thing = (name: string, props: Record<string, unknown> = {}, options: Record<string, unknown> = {}) => ({
  name,
  props: { title: name, ...props },
  options,
});

const urn = (chain: string) => `urn:pulumi:dev::things::${chain}`;
const thingUrn = (name: string) => urn(`pulumi-nodejs:dynamic/fixture:Thing::${name}`);

const chain = (a: Record<string, unknown>, b: Record<string, unknown> = {}) => ({
  resources: [
    thing('a', a),
    thing('b', { from: { $ref: 'a.serial' }, ...b }),
    thing('c', {}, { dependsOn: ['b'] }),
  ],
});

/** Sequences which must give the same steps on the engine and on the real CLI. */
export const scenarios: Record<string, Act[]> = {
  'create, no change, change, no longer there': [
    {
      operation: 'preview',
      program: {
        resources: [
          { name: 'box', kind: 'box' },
          thing('a', { size: 1, tags: ['x', 'y'], nested: { deep: { deeper: [1, 2] } } }),
          thing('b', { from: { $ref: 'a.serial' }, of: { $ref: 'a.size' } }, { parent: 'box' }),
        ],
        outputs: { serial: { $ref: 'a.serial' }, fixed: 'f' },
      },
    },
    { operation: 'up' },
    { operation: 'up' },
    {
      operation: 'preview',
      program: {
        resources: [
          { name: 'box', kind: 'box' },
          thing('a', { size: 2, tags: ['x'], nested: { deep: { deeper: [1, 3, 4] }, more: true } }),
          thing('b', { from: { $ref: 'a.serial' }, of: { $ref: 'a.size' } }, { parent: 'box' }),
        ],
        outputs: { serial: { $ref: 'a.serial' } },
      },
    },
    { operation: 'up' },
    { operation: 'up', program: { resources: [thing('a', { size: 2 })] } },
    { operation: 'destroy' },
  ],
  'replacement, create first': [
    { operation: 'up', program: chain({ label: 'x' }) },
    { operation: 'preview', program: chain({ label: 'y' }) },
    { operation: 'up' },
  ],
  'replacement, delete first, with dependents that have to be replaced': [
    { operation: 'up', program: chain({ slot: 1 }, { label: { $ref: 'a.serial' } }) },
    { operation: 'preview', program: chain({ slot: 2 }, { label: { $ref: 'a.serial' } }) },
    { operation: 'up' },
  ],
  'the order of a replacement is the option of the resource': [
    {
      operation: 'up',
      program: {
        resources: [
          thing('a', { label: 1 }, { deleteBeforeReplace: true }),
          thing('b', { slot: 1 }, { dependsOn: ['a'] }),
        ],
      },
    },
    {
      operation: 'up',
      program: {
        resources: [
          thing('a', { label: 2 }, { deleteBeforeReplace: true }),
          thing('b', { slot: 2 }, { deleteBeforeReplace: false, dependsOn: ['a'] }),
        ],
      },
    },
  ],
  'a failed create, then a working one': [
    {
      operation: 'up',
      program: { resources: [thing('a'), thing('b', { fail: 'create', of: { $ref: 'a.title' } })] },
    },
    { operation: 'up', program: { resources: [thing('a'), thing('b', { of: { $ref: 'a.title' } })] } },
  ],
  'a create that works in part, then an update': [
    { operation: 'up', program: { resources: [thing('a', { fail: 'partial-create' })] } },
    { operation: 'preview' },
    { operation: 'up', program: { resources: [thing('a')] } },
    { operation: 'up' },
  ],
  'an update that works in part, then one that fails': [
    { operation: 'up', program: { resources: [thing('a', { size: 1 })] } },
    { operation: 'up', program: { resources: [thing('a', { size: 2, fail: 'partial-update' })] } },
    { operation: 'up', program: { resources: [thing('a', { size: 2, fail: 'update' })] } },
    { operation: 'up', program: { resources: [thing('a', { size: 2 })] } },
  ],
  'a failed check': [
    { operation: 'preview', program: { resources: [thing('a', { size: 101 })] } },
    { operation: 'up' },
  ],
  'a failed delete': [{ operation: 'up', program: chain({}, { fail: 'delete' }) }, { operation: 'destroy' }],
  'drift, and a resource that is gone': [
    {
      operation: 'up',
      program: { resources: [thing('a', { size: 1 }), thing('b'), thing('c', { of: { $ref: 'b.title' } })] },
    },
    {
      operation: 'refresh',
      meddle: ({ world, writeWorld }) => {
        const { things, ...rest } = world();
        const ids = Object.keys(things).filter((id) => things[id]?.title === 'a');
        writeWorld({
          ...rest,
          things: Object.fromEntries(
            Object.entries(things)
              .filter(([, { title }]) => title !== 'b')
              .map(([id, props]) => [id, ids.includes(id) ? { ...props, size: 7, extra: true } : props]),
          ),
        });
      },
    },
    { operation: 'preview' },
    { operation: 'up' },
    { operation: 'up', options: { refresh: true } },
  ],
  protect: [
    {
      operation: 'up',
      program: {
        resources: [thing('a', { label: 1 }, { protect: true }), thing('b', {}, { dependsOn: ['a'] })],
      },
    },
    {
      operation: 'preview',
      program: {
        resources: [thing('a', { label: 2 }, { protect: true }), thing('b', {}, { dependsOn: ['a'] })],
      },
    },
    { operation: 'up' },
    { operation: 'up', program: { resources: [] } },
    {
      operation: 'up',
      program: { resources: [thing('a', { label: 1 }), thing('b', {}, { dependsOn: ['a'] })] },
    },
    { operation: 'destroy' },
  ],
  ignoreChanges: [
    {
      operation: 'up',
      program: { resources: [thing('a', { size: 1, nested: { x: 1, y: 1 }, list: [1, 2] })] },
    },
    {
      operation: 'up',
      program: {
        resources: [
          thing(
            'a',
            { size: 2, nested: { x: 2, y: 2 }, list: [3, 4] },
            { ignoreChanges: ['size', 'nested.x', 'list[1]'] },
          ),
        ],
      },
    },
  ],
  replaceOnChanges: [
    {
      operation: 'up',
      program: { resources: [thing('a', { nested: { x: 1 } }, { replaceOnChanges: ['nested.*'] })] },
    },
    {
      operation: 'up',
      program: { resources: [thing('a', { nested: { x: 2 } }, { replaceOnChanges: ['nested.*'] })] },
    },
  ],
  targets: [
    { operation: 'up', program: { resources: [thing('a', { size: 1 }), thing('b', { size: 1 })] } },
    {
      operation: 'up',
      program: { resources: [thing('a', { size: 2 }), thing('b', { size: 2 }), thing('c')] },
      options: { targets: [thingUrn('a')] },
    },
    {
      operation: 'up',
      program: { resources: [thing('c'), thing('d', { of: { $ref: 'c.title' } })] },
      options: { targets: [thingUrn('d')] },
    },
    { operation: 'destroy', options: { targets: [thingUrn('a')] } },
    { operation: 'up', program: { resources: [] }, options: { targets: ['**::b'] } },
  ],
  aliases: [
    {
      operation: 'up',
      program: {
        resources: [{ name: 'box', kind: 'box' }, thing('box-a', {}, { parent: 'box' }), thing('b')],
      },
    },
    {
      operation: 'up',
      program: {
        resources: [
          { name: 'crate', kind: 'box', options: { aliases: [{ name: 'box' }] } },
          thing('crate-a', { title: 'box-a' }, { parent: 'crate' }),
          thing('bee', { title: 'b' }, { parent: 'crate', aliases: [thingUrn('b')] }),
        ],
      },
    },
    { operation: 'up' },
  ],
  'secrets and config': [
    {
      operation: 'up',
      program: {
        resources: [
          thing('a', {
            key: { $secret: 'hush' },
            nested: { plain: 1, key: { $secret: 'hush' } },
            list: [{ $secret: 1 }, 2],
          }),
          thing('b', {
            of: { $ref: 'a.key' },
            token: { $config: 'token', secret: true },
            word: { $config: 'greeting' },
          }),
          thing('c', { size: 3 }, { additionalSecretOutputs: ['serial', 'size'] }),
        ],
        outputs: { key: { $ref: 'a.key' }, nested: { $ref: 'a.nested' }, serial: { $ref: 'c.serial' } },
      },
    },
    { operation: 'up' },
    {
      operation: 'up',
      program: {
        resources: [thing('a', { key: { $secret: 'shh' }, nested: { plain: 1, key: 'hush' }, list: [1, 2] })],
      },
    },
  ],
  'retainOnDelete and deletedWith': [
    {
      operation: 'up',
      program: {
        resources: [
          thing('a', { slot: 1 }, { retainOnDelete: true }),
          thing('b', { slot: 1 }),
          thing('c', {}, { deletedWith: 'b' }),
        ],
      },
    },
    {
      operation: 'up',
      program: {
        resources: [thing('a', { slot: 1 }), thing('b', { slot: 2 }), thing('c', {}, { deletedWith: 'b' })],
      },
    },
    { operation: 'up', program: { resources: [thing('a', {}, { retainOnDelete: true })] } },
    { operation: 'destroy' },
  ],
  'a program that fails': [
    { operation: 'up', program: { resources: [thing('a')] } },
    { operation: 'up', program: { resources: [thing('b')], throw: 'the program is broken' } },
    { operation: 'up', program: { resources: [thing('b')], exit: 3 } },
    { operation: 'up', program: { resources: [thing('b'), thing('b', { of: { $ref: 'b.title' } })] } },
  ],
  'reading a resource that is not managed': [
    { operation: 'up', program: { resources: [thing('a', { size: 1 })] } },
    {
      operation: 'up',
      program: { resources: [thing('a', { size: 1 }), thing('other', { size: 1 }, { id: 'thing-a-1' })] },
    },
    { operation: 'up', program: { resources: [thing('a', { size: 1 })] } },
  ],
  'a provider of its own': [
    {
      operation: 'up',
      program: {
        resources: [
          { name: 'p', kind: 'provider', props: { place: 'x' } },
          thing('a', {}, { provider: 'p' }),
        ],
      },
    },
    {
      operation: 'up',
      program: {
        resources: [
          { name: 'p', kind: 'provider', props: { place: 'y' } },
          thing('a', {}, { provider: 'p' }),
        ],
      },
    },
    { operation: 'destroy' },
  ],
};
