import type { Executor, PlannedStep } from './executor';
import { reported } from './executor';
import { deletionBatches, transitiveDependenciesOf } from './order';
import { isOperatedOn, type Plan } from './planner';
import { dependentReplacements } from './replacements';
import type { Resource } from './state';

/**
 * Deletes what the program no longer has and what was replaced, dependents first.
 * (GenerateDeletes and performPostSteps of pkg/resource/deploy)
 */
export const deleteRest = async (plan: Plan, executor: Executor) => {
  const { sames, deletes } = await planDeletes(plan);
  await executor.run(sames).catch(() => undefined);
  const steps = new Map(deletes.map((step) => [step.old as Resource, step]));
  const base = plan.base();
  const spared = new Set<Resource>();
  for (const batch of deletionBatches(base, steps.keys())) {
    // What a resource that could not be deleted depends on has to stay.
    for (const resource of executor.failed)
      if (base.includes(resource))
        for (const dependency of transitiveDependenciesOf(base, resource)) spared.add(dependency);
    const chains = batch
      .filter((resource) => !spared.has(resource))
      .map((resource) => executor.run([steps.get(resource) as PlannedStep]));
    await Promise.allSettled(chains);
    if (executor.stopped) return;
  }
};

const planDeletes = async (plan: Plan) => {
  const allowed = await allowedTargets(plan);
  const sames: PlannedStep[] = [];
  const deletes: PlannedStep[] = [];
  for (const old of plan.base()) {
    if (!allowed(old.urn)) {
      if (!isOperatedOn(plan, old.urn) && !old.delete)
        sames.push({ op: 'same', old, new: { ...old }, untargeted: true });
    } else if (old.delete) {
      if (plan.condemned.has(old)) continue;
      plan.deleting.add(old.urn);
      deletes.push({ op: old.external ? 'discard' : 'delete-replaced', old });
    } else if (!isOperatedOn(plan, old.urn)) {
      plan.deleting.add(old.urn);
      deletes.push({ op: deleteOp(old), old });
    }
  }
  refuseUntargeted(plan, deletes);
  return { sames, deletes };
};

const deleteOp = ({ pendingReplacement, external }: Resource): PlannedStep['op'] => {
  if (pendingReplacement) return 'remove-pending-replace';
  return external ? 'discard' : 'delete';
};

/** The targets, and what would have to be replaced with them. */
const allowedTargets = async (plan: Plan): Promise<(urn: string) => boolean> => {
  if (!plan.targets.constrained) return () => true;
  const allowed = new Set<string>();
  for (const resource of plan.base().filter(({ urn }) => plan.targets.includes(urn))) {
    allowed.add(resource.urn);
    const decided = new Set([...plan.kept, ...plan.created, ...plan.replaced]);
    for (const dependent of await dependentReplacements(plan.base(), resource, decided, plan.providers))
      allowed.add(dependent.resource.urn);
  }
  return (urn) => allowed.has(urn);
};

const refuseUntargeted = (plan: Plan, deletes: PlannedStep[]) => {
  const untargeted = deletes
    .map(({ old }) => (old as Resource).urn)
    .filter((urn) => !plan.targets.includes(urn));
  for (const urn of untargeted)
    plan.report.error(
      `Resource '${urn}' will be destroyed but was not specified in --target list.\nEither include resource in --target list or pass --target-dependents to proceed.`,
      urn,
    );
  if (untargeted.length > 0 && !plan.dryRun) throw reported('delete untargeted resource');
};
