import { type Executor, isReported, type PlannedStep, reported } from './executor';
import type { Goal, Handlers } from './monitor';
import { type Plan, planRegistration } from './planner';
import { errorMessage } from './provider';
import type { Recorder } from './record';
import type { Snapshot } from './snapshot';
import type { Resource } from './state';
import { isProviderType, makeUrn, providerReference, providerType, stackType } from './urn';
import type { Properties } from './values';

/** Takes the program's requests, decides them one after another, and runs the steps side by side. */
export interface Registrar extends Omit<Handlers, 'log'> {
  onFailure(act: () => void): void;
  /** The outputs of the stack are settled at the end: after a failure, old ones that were not set again stay. */
  finishStackOutputs(ok: boolean): void;
  stack(): Resource | undefined;
  readonly hasFailed: boolean;
}

export const registrar = ({
  plan,
  executor,
  snapshot,
  observer,
  config,
}: {
  plan: Plan;
  executor: Executor;
  snapshot: Snapshot;
  observer: Recorder;
  config: Properties;
}): Registrar => {
  const registered = new Map<string, Resource>();
  const defaultProviders = new Map<string, Promise<string>>();
  const serial = mutex();
  let failed = false;
  let actOnFailure: () => void = () => undefined;
  let stackOutputs: Properties | undefined;

  const fail = (error: unknown, urn: string) => {
    if (!isReported(error)) observer.diagnostic('error', errorMessage(error), urn);
    failed = true;
    executor.stop();
    actOnFailure();
    return reported(errorMessage(error));
  };

  const runRegistration = async (goal: Goal, provider: string): Promise<Resource> => {
    let chain: Promise<void> | undefined;
    // The chain starts inside of the turn, so that nothing is decided before what it decided is under way.
    const { resource, steps } = await serial(async () => {
      if (executor.stopped) throw reported('the run is stopping');
      const planned = await planRegistration(plan, goal, provider).catch((error) => {
        // Before the next one gets its turn.
        executor.stop();
        throw error;
      });
      chain = executor.run(planned.steps);
      chain.catch(() => undefined);
      return planned;
    });
    await chain;
    registered.set(resource.urn, lastNew(steps) ?? resource);
    return lastNew(steps) ?? resource;
  };

  const defaultProvider = (packageName: string, version: string) => {
    const key = `${packageName}@${version}`;
    const reference = defaultProviders.get(key) ?? registerDefault(packageName, version);
    defaultProviders.set(key, reference);
    return reference;
  };
  const registerDefault = async (packageName: string, version: string) => {
    const inputs: Properties = version === '' ? config : { ...config, version };
    const name = version === '' ? 'default' : `default_${version.replaceAll(/[.+-]/g, '_')}`;
    const goal: Goal = { ...emptyGoal, type: providerType(packageName), name, custom: true, inputs };
    const { urn, id = '' } = await runRegistration(goal, '');
    return providerReference(urn, id);
  };
  const providerFor = (goal: Pick<Goal, 'type' | 'provider' | 'version'> & { custom?: boolean }) => {
    if (goal.custom === false || isProviderType(goal.type)) return '';
    return goal.provider || defaultProvider(goal.type.split(':')[0] ?? '', goal.version);
  };
  const guessUrn = ({ parent, type, name }: Pick<Goal, 'parent' | 'type' | 'name'>) =>
    makeUrn(plan.stack, plan.project, parent, type, name);

  return {
    register: async (goal) => {
      try {
        const inherited = { ...goal, provider: goal.provider || inheritedProvider(plan, goal) };
        const resource = await runRegistration(inherited, await providerFor(inherited));
        // Outputs of components may refer to resources that this run has not registered yet.
        return { urn: resource.urn, id: resource.id ?? '', outputs: goal.custom ? resource.outputs : {} };
      } catch (error) {
        throw fail(error, guessUrn(goal));
      }
    },
    registerOutputs: async (urn, outputs) => {
      if (registered.get(urn)?.type === stackType) {
        stackOutputs = outputs;
        return;
      }
      const resource = registered.get(urn);
      if (resource === undefined)
        throw new Error(`cannot complete a resource '${urn}' whose registration isn't pending`);
      resource.outputs = outputs;
      if (!plan.dryRun) snapshot.save();
    },
    read: async (goal) => {
      try {
        const provider = await providerFor(goal);
        const urn = guessUrn(goal);
        const old = plan.base().find((resource) => resource.urn === urn && !resource.delete);
        plan.seen.add(urn);
        plan.kept.add(urn);
        const fresh: Resource = {
          urn,
          custom: true,
          type: goal.type,
          id: goal.id,
          inputs: goal.inputs,
          outputs: {},
          external: true,
          provider,
          ...(goal.parent && { parent: goal.parent }),
          ...(goal.dependencies.length > 0 && { dependencies: goal.dependencies }),
          ...(goal.additionalSecretOutputs.length > 0 && {
            additionalSecretOutputs: goal.additionalSecretOutputs,
          }),
        };
        await executor.run([{ op: 'read', new: fresh, ...(old && { old }) }]);
        return { urn, outputs: fresh.outputs };
      } catch (error) {
        throw fail(error, guessUrn(goal));
      }
    },
    failed: (error) => void fail(error, ''),
    onFailure: (act) => {
      actOnFailure = act;
    },
    finishStackOutputs: (ok) => {
      const stack = [...registered.values()].find(({ type }) => type === stackType);
      if (stack && stackOutputs) stack.outputs = ok ? stackOutputs : { ...stack.outputs, ...stackOutputs };
    },
    stack: () => [...registered.values()].find(({ type }) => type === stackType),
    get hasFailed() {
      return failed;
    },
  };
};

const lastNew = (steps: PlannedStep[]) => steps.findLast((step) => step.new !== undefined)?.new;

// Custom children take the provider of their parent when it is one for their package.
const inheritedProvider = (plan: Plan, { parent, type, custom }: Goal) => {
  const provider = plan.goals.get(parent)?.provider ?? '';
  return custom && provider.includes(`${providerType(type.split(':')[0] ?? '')}::`) ? provider : '';
};

const mutex = () => {
  let last: Promise<unknown> = Promise.resolve();
  return <T>(work: () => Promise<T>): Promise<T> => {
    const turn = last.then(work, work);
    last = turn.catch(() => undefined);
    return turn;
  };
};

const emptyGoal: Goal = {
  type: '',
  name: '',
  custom: true,
  inputs: {},
  parent: '',
  provider: '',
  version: '',
  dependencies: [],
  propertyDependencies: {},
  protect: undefined,
  retainOnDelete: undefined,
  deleteBeforeReplace: undefined,
  ignoreChanges: [],
  replaceOnChanges: [],
  additionalSecretOutputs: [],
  aliases: [],
  importId: '',
  customTimeouts: { create: 0, update: 0, delete: 0 },
  deletedWith: '',
  replaceWith: [],
};
