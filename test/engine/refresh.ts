import { type Diff, deepEquals, invert } from './diff';
import type { Executor, Observer, PlannedStep } from './executor';
import { errorMessage } from './provider';
import type { Providers } from './providers';
import { diffResource } from './replacements';
import type { Snapshot } from './snapshot';
import type { Resource } from './state';
import type { Targets } from './targets';
import { isProviderType } from './urn';

/**
 * Reads all targeted resources in parallel and takes over what was read. Resources that are gone leave the state.
 * Failed reads leave theirs as it is. Returns the new list, and whether all reads worked.
 * (RefreshStep and rebuildBaseState of pkg/resource/deploy)
 */
export const refreshResources = async ({
  resources,
  targets,
  providers,
  executor,
  observer,
  snapshot,
}: {
  resources: Resource[];
  targets: Targets;
  providers: Providers;
  executor: Executor;
  observer: Observer;
  snapshot: Snapshot;
}): Promise<{ resources: Resource[]; ok: boolean }> => {
  let ok = true;
  const refreshed = await Promise.all(
    resources.map((old) => {
      if (!targets.includes(old.urn)) return old;
      return executor.limit(async () => {
        if (executor.stopped) return old;
        const step: PlannedStep = { op: 'refresh', old, new: old };
        observer.before(step);
        try {
          await read(step, providers, observer);
        } catch (error) {
          ok = false;
          observer.failed(step, errorMessage(error));
          return old;
        }
        observer.after(step);
        return step.gone ? undefined : step.new;
      });
    }),
  );
  const rebuilt = dropDangling(refreshed.filter((resource) => resource !== undefined));
  snapshot.rebase(rebuilt);
  return { resources: rebuilt, ok };
};

const read = async (step: PlannedStep, providers: Providers, observer: Observer) => {
  const old = step.old as Resource;
  if (!old.custom || isProviderType(old.type) || old.pendingReplacement) return;
  const provider = await providers.get(old.provider ?? '');
  const { id, outputs, inputs, initErrors } = await provider.read(
    old.urn,
    old.id ?? '',
    old.inputs,
    old.outputs,
  );
  if (id === '') {
    step.gone = true;
    delete step.new;
    return;
  }
  const fresh: Resource = { ...old, id, outputs, inputs: inputs ?? old.inputs };
  delete fresh.initErrors;
  if (initErrors) {
    fresh.initErrors = initErrors;
    observer.warning(
      `Refreshed resource is in an unhealthy state:\n${initErrors.map((reason) => `* ${reason}`).join('\n')}`,
      old.urn,
    );
  }
  if (!deepEquals(fresh.inputs, old.inputs) || !deepEquals(fresh.outputs, old.outputs))
    fresh.modified = new Date().toISOString();
  step.new = fresh;
  if (old.external) return;
  // What an `up` with the old inputs would do now, the other way round, is what happened to the resource.
  const diff = await diffResource(
    providers,
    old.provider ?? '',
    old.urn,
    fresh,
    old.inputs,
    old.ignoreChanges ?? [],
  );
  step.diff = inverted(diff);
};

const inverted = (diff: Diff): Diff => ({ ...diff, detailed: diff.detailed && invert(diff.detailed) });

/** Takes out references to resources that are gone; children move up to the next parent that is left. */
const dropDangling = (resources: Resource[]): Resource[] => {
  const present = new Set<string>();
  const left = new Set(resources.map(({ urn }) => urn));
  return resources.map((resource) => {
    const kept = { ...resource };
    const isPresent = (urn: string) => present.has(urn);
    if (kept.dependencies) kept.dependencies = kept.dependencies.filter(isPresent);
    if (kept.replaceWith) kept.replaceWith = kept.replaceWith.filter(isPresent);
    if (kept.deletedWith && !isPresent(kept.deletedWith)) delete kept.deletedWith;
    if (kept.propertyDependencies)
      kept.propertyDependencies = Object.fromEntries(
        Object.entries(kept.propertyDependencies).map(([key, urns]) => [key, urns.filter(isPresent)]),
      );
    // Only custom resources vanish in a refresh, and their parents are components or the stack.
    if (kept.parent && !left.has(kept.parent)) delete kept.parent;
    present.add(kept.urn);
    return kept;
  });
};
