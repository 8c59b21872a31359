import { isDeepStrictEqual } from 'node:util';
import { check, completed, withDefaults, withoutUndefined } from './check';
import type { Connection } from './host/connection';
import { HostError } from './host/error';
import { givesUpUnreachable, goneAdvice } from './host/gone';
import { sessionFor } from './host/pool';
import { startProgress } from './progress';
import type { Resource, Task } from './resource';
import { isRecord } from './unknown';

type Properties = Record<string, unknown>;

/** Makes a resource what Pulumi's dynamic-provider process calls. Handlers know nothing of it. */
export const dynamicProvider = (resource: Resource) => ({
  // What has got another name by an alias is on record on its host under the one that it was made with, and goes on so.
  check: async ({ owner }: Properties, news: Properties) =>
    inReasons(
      check(resource, { ...without(news, '__provider'), ...(typeof owner === 'string' && { owner }) }),
    ),

  // `changes` stays undefined: the engine then compares the inputs itself, and draws property-by-property diffs.
  diff: async (_id: string, olds: Properties, news: Properties) => {
    // A default that is spelled out now, or no longer, is no change.
    const [was, is] = [olds, news].map((properties) => firm(resource, withDefaults(resource, properties)));
    const replaces = resource.replaceOn.filter(
      (property) => !isDeepStrictEqual(was?.[property], is?.[property]),
    );
    return { replaces, deleteBeforeReplace: replaces.length > 0 && resource.deleteBeforeReplace };
  },

  create: async (given: Properties) => {
    const inputs = without(given, '__provider');
    const id = resource.id(inputs as never);
    try {
      const facts = await working(resource, inputs, (task) => resource.apply({ ...task, old: undefined }));
      return { id, outs: state(inputs, facts) };
    } catch (error) {
      throw partialFailure(error, id, { ...given, [incomplete]: true });
    }
  },

  read: async (id: string, outputs: Properties) => {
    const recorded = completed(resource, without(outputs, '__provider'));
    const inputs = inputsOf(resource, recorded);
    const observed = await quietly(async () => {
      try {
        return await working(resource, inputs, (task) => resource.read({ ...task, state: recorded }));
      } catch (error) {
        if (isGone(error) && !error.changed && givesUpUnreachable()) return giveUp(error);
        throw error;
      }
    });
    if (!observed) return { id: '', props: {} };
    const seen = withoutUndefined({ ...inputs, ...observed.drift }) as Properties;
    return { id, props: state({ ...recorded, ...seen }, observed.facts), inputs: seen };
  },

  update: async (id: string, olds: Properties, given: Properties) => {
    const inputs = without(given, '__provider');
    if (onlyConnectionChanged(resource, olds, inputs)) {
      return { outs: withConnectionsOf(resource, without(olds, '__provider'), inputs) };
    }
    try {
      const old = without(olds, '__provider');
      const facts = await working(resource, inputs, (task) => resource.apply({ ...task, old }));
      return { outs: state(inputs, facts) };
    } catch (error) {
      throw partialFailure(error, id, { ...olds, [incomplete]: true });
    }
  },

  delete: async (_id: string, outputs: Properties) => {
    const recorded = completed(resource, without(outputs, '__provider'));
    await quietly(async () => {
      try {
        await working(resource, inputsOf(resource, recorded), (task) =>
          resource.delete({ ...task, state: recorded }),
        );
      } catch (error) {
        if (!isGone(error)) throw error;
        if (!givesUpUnreachable()) throw withAdvice(error, goneAdvice);
        giveUp(error);
      }
    });
  },
});

// Of a property that a failure names, the engine prints the value: a secret in clear, and `{<nil>}` for what is inside of
// another (issueCheckErrors in pkg/resource/deploy/step_generator.go, 3.260). So it is named in the reason, which has all.
const inReasons = ({ inputs, failures }: ReturnType<typeof check>): ReturnType<typeof check> => ({
  inputs,
  failures: failures.map(({ property, reason }) => ({ property: '', reason: `${property}: ${reason}` })),
});

const isGone = (error: unknown): error is HostError => error instanceof HostError && error.unreachable;

const giveUp = ({ message }: HostError): undefined => {
  process.stderr.write(
    `${message}\nIt is taken out of the state, as PULUMI_NSPAWN_DELETE_UNREACHABLE asks.\n`,
  );
};

const withAdvice = ({ message, changed, unreachable }: HostError, advice: string) =>
  new HostError({ message: `${message}\n${advice}`, changed, unreachable });

/** In the state of a resource whose last create or update failed after it had begun: a repair is due. */
const incomplete = 'incomplete';

// Without what can change in place.
const firm = (resource: Resource, properties: Properties): Properties =>
  (resource.inPlace ?? []).reduce((rest, path) => withValueOf(path, rest, {}), properties);

const working = async <T>(
  resource: Resource,
  inputs: Properties,
  act: (task: Task<never>) => Promise<T>,
): Promise<T> => {
  const host = sessionFor(inputs.connection as Connection | undefined);
  const name = resource.machine?.(inputs as never) ?? resource.id(inputs as never);
  // With connections of its own, the resource says itself which host a step is on.
  const progress = startProgress(resource.connections ? name : `${name} on ${host.label}`);
  try {
    return await act({ inputs: withDefaults(resource, inputs) as never, host, progress: progress.step });
  } finally {
    progress.end();
  }
};

const inputsOf = (resource: Resource, recorded: Properties) =>
  pick(recorded, [...Object.keys(resource.schema.shape), ...Object.keys(resource.derived)]);

const state = (inputs: Properties, facts: Properties): Properties =>
  without(withoutUndefined({ ...inputs, ...facts }) as Properties, incomplete);

// How a host is reached says nothing of what is on it.
const onlyConnectionChanged = (resource: Resource, olds: Properties, inputs: Properties) => {
  const recorded = inputsOf(resource, olds);
  return (
    olds[incomplete] !== true &&
    !isDeepStrictEqual(recorded, inputs) &&
    isDeepStrictEqual(withConnectionsOf(resource, recorded, {}), withConnectionsOf(resource, inputs, {}))
  );
};

/** The properties with the connections of others, or with none where those have none. */
const withConnectionsOf = (resource: Resource, properties: Properties, others: Properties): Properties =>
  (resource.connections ?? [['connection']]).reduce(
    (changed, path) => withValueOf(path, changed, others),
    properties,
  );

const withValueOf = (
  [name = '', ...rest]: string[],
  properties: Properties,
  others: Properties,
): Properties => {
  if (rest.length === 0) return { ...without(properties, name), ...pick(others, [name]) };
  const inner = properties[name];
  const other = others[name];
  if (Array.isArray(inner) && rest[0] === '*') {
    const items = inner.map((item, index) => {
      const same = Array.isArray(other) ? other[index] : undefined;
      return isRecord(item) ? withValueOf(rest.slice(1), item, isRecord(same) ? same : {}) : item;
    });
    return { ...properties, [name]: items };
  }
  if (!isRecord(inner)) return properties;
  return { ...properties, [name]: withValueOf(rest, inner, isRecord(other) ? other : {}) };
};

// Where nothing was changed there is nothing to record. Otherwise the engine saves what we tell it, and updates next time.
const partialFailure = (error: unknown, id: string, properties: Properties) => {
  if (error instanceof HostError && !error.changed) return plain(error);
  const { message } = plain(error);
  return Object.assign(plain(error), { id, properties: withoutUndefined(properties), reasons: [message] });
};

// The dynamic-provider process prints `${error}: ${error.stack}` to the user.
const quietly = async <T>(act: () => Promise<T>): Promise<T> => {
  try {
    return await act();
  } catch (error) {
    throw plain(error);
  }
};

const plain = (error: unknown): Error => {
  if (!(error instanceof HostError)) return error instanceof Error ? error : new Error(String(error));
  const told = new Error(error.message);
  told.name = '';
  told.stack = '';
  return told;
};

const without = (properties: Properties, ...names: string[]): Properties =>
  Object.fromEntries(Object.entries(properties).filter(([name]) => !names.includes(name)));

const pick = (properties: Properties, names: string[]): Properties =>
  Object.fromEntries(Object.entries(properties).filter(([name]) => names.includes(name)));
