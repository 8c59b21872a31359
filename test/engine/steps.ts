import { applyReplaceOnChanges, type Diff, isReplace } from './diff';
import type { Resource } from './state';

/** What is to be done with one registered resource. */
export type Decision =
  | { action: 'create' | 'same' | 'skip-create' | 'keep' | 'recreate' | 'adopt-external' }
  | { action: 'update'; diff: Diff }
  | { action: 'replace'; diff: Diff; deleteBeforeReplace: boolean };

/** What decides it. `diff` is asked only when it matters, because it may call the provider. */
export interface Circumstances {
  old: Resource | undefined;
  /** The resource was deleted earlier in this run, because something that it depends on is replaced. */
  recreating: boolean;
  targeted: boolean;
  replaceOnChanges: string[];
  deleteBeforeReplace: boolean | undefined;
  diff: (old: Resource) => Promise<Diff>;
}

/** The four cases of the step generator. (continueStepsFromImport of pkg/resource/deploy/step_generator.go) */
export const decide = async (circumstances: Circumstances): Promise<Decision> => {
  const { old, recreating, targeted, replaceOnChanges, deleteBeforeReplace } = circumstances;
  if (old === undefined) return { action: targeted ? 'create' : 'skip-create' };
  if (recreating) return { action: 'recreate' };
  if (old.external) return { action: 'adopt-external' };
  if (!targeted) return { action: 'keep' };

  const initErrors = (old.initErrors ?? []).length > 0;
  const diff = applyReplaceOnChanges(await circumstances.diff(old), replaceOnChanges, initErrors);
  if (old.pendingReplacement || (diff.changes && isReplace(diff)))
    return { action: 'replace', diff, deleteBeforeReplace: deleteBeforeReplace ?? diff.deleteBeforeReplace };
  // A resource that did not come up is updated even when nothing changed, so that the provider can go on with it.
  return diff.changes || initErrors ? { action: 'update', diff } : { action: 'same' };
};
