import { randomUUID } from 'node:crypto';
import type { Diff } from './diff';
import { errorMessage, type Outcome } from './provider';
import type { Providers } from './providers';
import type { Op } from './result';
import type { Snapshot } from './snapshot';
import type { Resource } from './state';
import { isProviderType } from './urn';
import { isSecret, makeSecret, type Properties } from './values';

/** A step that is decided and can be run. */
export interface PlannedStep {
  op: Op | 'remove-pending-replace';
  old?: Resource;
  new?: Resource;
  diff?: Diff | undefined;
  /** A create that leaves the old resource to be deleted at the end. */
  pendingDelete?: boolean;
  /** A delete after which the old resource stays in the state until its replacement is there. */
  pendingReplacement?: boolean;
  /** A create that is not among the targets: the resource is not recorded. */
  skippedCreate?: boolean;
  untargeted?: boolean;
  /** Found by a refresh: the resource is gone. */
  gone?: boolean;
}

/** Runs chains of steps, and stops starting new ones after a failure. */
export interface Executor {
  /** Runs steps one after another. Rejects when one fails, or when the run is stopping. */
  run(steps: PlannedStep[]): Promise<void>;
  /** Lets work that is no step take its share of the parallelism. */
  limit<T>(work: () => Promise<T>): Promise<T>;
  /** Waits until nothing runs. */
  idle(): Promise<void>;
  /** Starts nothing new from now on. */
  stop(): void;
  readonly stopped: boolean;
  readonly failed: Resource[];
}

/** What the executor tells whoever prints and counts. */
export interface Observer {
  before(step: PlannedStep): void;
  after(step: PlannedStep): void;
  failed(step: PlannedStep, message: string): void;
  warning(message: string, urn: string): void;
}

export const newExecutor = ({
  dryRun,
  parallel,
  providers,
  snapshot,
  observer,
  deleting,
}: {
  dryRun: boolean;
  parallel: number;
  providers: Providers;
  snapshot: Snapshot;
  observer: Observer;
  /** The URNs that this run deletes, for `deletedWith`. */
  deleting: ReadonlySet<string>;
}): Executor => {
  const limit = limiter(parallel);
  const running = new Set<Promise<unknown>>();
  const failed: Resource[] = [];
  let stopped = false;

  const runStep = async (step: PlannedStep) => {
    observer.before(step);
    begin(step, snapshot);
    let partial: string | undefined;
    try {
      partial = await apply(step, { dryRun, providers, deleting });
    } catch (error) {
      snapshot.end(subject(step));
      return fail(
        step,
        errorMessage(error),
        (error as { protectedResource?: boolean }).protectedResource === true,
      );
    }
    markSecretOutputs(step.new);
    if (partial !== undefined && step.op === 'update' && step.old && step.new)
      step.new.inputs = step.old.inputs;
    end(step, snapshot);
    if (partial !== undefined) return fail(step, partial, false);
    observer.after(step);
  };
  const fail = (step: PlannedStep, message: string, goOn: boolean) => {
    failed.push(subject(step));
    // All protected resources are to be named in one run, so these errors do not stop it.
    if (!goOn) stopped = true;
    observer.failed(step, message);
    throw stepFailed(message);
  };

  return {
    run: (steps) => {
      const chain = limit(async () => {
        for (const step of steps) {
          if (stopped) throw stepFailed('the run is stopping');
          await runStep(step);
        }
      });
      const settled = chain.catch(() => undefined).finally(() => running.delete(settled));
      running.add(settled);
      return chain;
    },
    limit,
    idle: async () => {
      while (running.size > 0) await Promise.all(running);
    },
    stop: () => {
      stopped = true;
    },
    get stopped() {
      return stopped;
    },
    failed,
  };
};

/** The resource that a step is about. */
export const subject = ({ old, new: fresh }: PlannedStep): Resource => (fresh ?? old) as Resource;

/** An error that has been reported already. */
export const isReported = (error: unknown) => (error as { reported?: boolean }).reported === true;

export const reported = (message: string) => Object.assign(new Error(message), { reported: true });

const stepFailed = reported;

const begin = ({ op, old, new: fresh }: PlannedStep, snapshot: Snapshot) => {
  if (fresh && (op === 'create' || op === 'create-replacement')) snapshot.begin(fresh, 'creating');
  if (fresh && op === 'update') snapshot.begin(fresh, 'updating');
  if (fresh && op === 'read') snapshot.begin(fresh, 'reading');
  if (old && (op === 'delete' || op === 'delete-replaced')) snapshot.begin(old, 'deleting');
};

const end = (step: PlannedStep, snapshot: Snapshot) => {
  const { op, old, new: fresh, skippedCreate } = step;
  if (op === 'replace' || op === 'refresh') return;
  if (op === 'same') snapshot.end(subject(step), { done: old, add: skippedCreate ? undefined : fresh });
  else if (op === 'create' || op === 'create-replacement')
    snapshot.end(subject(step), { add: fresh, done: old?.pendingReplacement ? old : undefined });
  else if (op === 'update' || op === 'read') snapshot.end(subject(step), { done: old, add: fresh });
  else snapshot.end(subject(step), { done: step.pendingReplacement ? undefined : old });
};

interface Surroundings {
  dryRun: boolean;
  providers: Providers;
  deleting: ReadonlySet<string>;
}

/** Does what a step says; returns a message where it worked in part only. */
const apply = async (step: PlannedStep, surroundings: Surroundings): Promise<string | undefined> => {
  switch (step.op) {
    case 'same':
      return applySame(step, surroundings);
    case 'create':
    case 'create-replacement':
      return applyCreate(step, surroundings);
    case 'update':
      return applyUpdate(step, surroundings);
    case 'read':
      return applyRead(step, surroundings);
    case 'delete':
    case 'delete-replaced':
      return applyDelete(step, surroundings);
    default:
      return undefined;
  }
};

type Full = { old: Resource; new: Resource };

const applySame = (step: PlannedStep, { providers }: Surroundings) => {
  const { old, new: fresh } = step as PlannedStep & Full;
  if (step.skippedCreate) return undefined;
  if (old.id !== undefined) fresh.id = old.id;
  fresh.outputs = old.outputs;
  if (isProviderType(fresh.type) && !step.untargeted) providers.register({ ...fresh, inputs: old.inputs });
  return undefined;
};

const applyCreate = async (step: PlannedStep, { dryRun, providers }: Surroundings) => {
  const { old, new: fresh, pendingDelete } = step as PlannedStep & Full;
  const { id, outputs, initErrors } = await create(fresh, dryRun, providers);
  if (id !== '') fresh.id = id;
  fresh.outputs = outputs;
  fresh.created = fresh.modified = new Date().toISOString();
  if (initErrors) fresh.initErrors = initErrors;
  if (isProviderType(fresh.type)) providers.register(fresh);
  if (pendingDelete) old.delete = true;
  return initErrors && partialMessage(initErrors);
};

const create = async (fresh: Resource, dryRun: boolean, providers: Providers): Promise<Outcome> => {
  if (!fresh.custom) return { id: '', outputs: fresh.outputs };
  if (isProviderType(fresh.type)) return { id: randomUUID(), outputs: fresh.inputs };
  if (dryRun) return { id: '', outputs: copy(fresh.inputs) };
  const provider = await providers.get(fresh.provider ?? '');
  return provider.create(fresh.urn, fresh.inputs, fresh.customTimeouts?.create);
};

const applyUpdate = async (step: PlannedStep, { dryRun, providers }: Surroundings) => {
  const { old, new: fresh } = step as PlannedStep & Full;
  const { id = '' } = old;
  if (id !== '') fresh.id = id;
  if (!fresh.custom) return undefined;
  if (isProviderType(fresh.type) || dryRun) {
    fresh.outputs = copy(fresh.inputs);
    if (isProviderType(fresh.type)) {
      fresh.modified = new Date().toISOString();
      providers.register(fresh);
    }
    return undefined;
  }
  const provider = await providers.get(fresh.provider ?? '');
  const { outputs, initErrors } = await provider.update(
    fresh.urn,
    id,
    old,
    fresh.inputs,
    fresh.customTimeouts?.update,
  );
  fresh.outputs = outputs;
  fresh.modified = new Date().toISOString();
  if (initErrors) fresh.initErrors = initErrors;
  return initErrors && partialMessage(initErrors);
};

const applyRead = async (step: PlannedStep, { providers }: Surroundings) => {
  const { old, new: fresh } = step as PlannedStep & Full;
  const provider = await providers.get(fresh.provider ?? '');
  const { id = '' } = fresh;
  const { id: found, outputs, initErrors } = await provider.read(fresh.urn, id, fresh.inputs, fresh.inputs);
  if (found === '') throw new Error(`resource '${id}' does not exist`);
  fresh.id = found;
  fresh.outputs = outputs;
  if (old?.created) fresh.created = old.created;
  fresh.modified = new Date().toISOString();
  if (initErrors) fresh.initErrors = initErrors;
  return initErrors && partialMessage(initErrors);
};

const applyDelete = async (step: PlannedStep, { dryRun, providers, deleting }: Surroundings) => {
  const { old, op } = step as PlannedStep & Full;
  if (op === 'delete' && old.protect) throw protectedError(old.urn);
  const needsProvider = old.custom && !isProviderType(old.type) && !old.external && !old.retainOnDelete;
  const goesWithAnother = old.deletedWith !== undefined && deleting.has(old.deletedWith);
  if (!dryRun && needsProvider && !goesWithAnother) {
    const provider = await providers.get(old.provider ?? '');
    await provider.delete(old.urn, old.id ?? '', old, old.customTimeouts?.delete);
  }
  // Only now, so that a delete that failed is tried again.
  if (step.pendingReplacement) old.pendingReplacement = true;
  return undefined;
};

const protectedError = (urn: string) =>
  Object.assign(
    new Error(
      `resource ${JSON.stringify(urn)} cannot be deleted\nbecause it is protected. To unprotect the resource, either remove the \`protect\` flag from the resource in your Pulumi program and run \`pulumi up\`, or use the command:\n\`pulumi state unprotect '${urn}'\``,
    ),
    { protectedResource: true },
  );

const partialMessage = (initErrors: string[]) =>
  `${initErrors.length} error${initErrors.length === 1 ? '' : 's'} occurred:\n${initErrors.map((reason) => `\t* ${reason}`).join('\n')}`;

const copy = (properties: Properties) => structuredClone(properties);

/** Outputs are secret when asked for, and when the same-named input is. (pkg/resource/deploy/step_executor.go) */
const markSecretOutputs = (resource: Resource | undefined) => {
  if (resource === undefined) return;
  const secret = new Set(resource.additionalSecretOutputs);
  const isMarked = (key: string) => secret.has(key) || isSecret(resource.inputs[key]);
  resource.outputs = Object.fromEntries(
    Object.entries(resource.outputs).map(([key, value]) => [key, isMarked(key) ? makeSecret(value) : value]),
  );
};

const limiter = (parallel: number) => {
  const waiting: (() => void)[] = [];
  let free = parallel;
  return async <T>(work: () => Promise<T>): Promise<T> => {
    if (free > 0) free--;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else free++;
    }
  };
};
