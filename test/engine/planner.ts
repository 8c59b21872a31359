import { aliasUrns } from './aliases';
import { type Diff, deepEquals, noDiff } from './diff';
import type { PlannedStep } from './executor';
import { reported } from './executor';
import type { Goal } from './monitor';
import { resetIgnored } from './paths';
import type { Providers } from './providers';
import { dependentReplacements, diffResource } from './replacements';
import { dependencyUrns, type Resource } from './state';
import { decide } from './steps';
import type { Targets } from './targets';
import { isProviderType, makeUrn, providerUrn, stackType } from './urn';
import { isSecret, type Properties, type Value } from './values';

/** What the registrations of one run have in common. */
export interface Plan {
  dryRun: boolean;
  stack: string;
  project: string;
  targets: Targets;
  providers: Providers;
  /** The resources before this run, in topological order. */
  base(): Resource[];
  report: {
    error(message: string, urn: string): void;
    info(message: string, urn: string): void;
  };
  /** URNs that were registered. */
  seen: Set<string>;
  /** Old URNs that were found under a new one. */
  aliased: Map<string, string>;
  /** The old URN in use, by new URN. */
  aliases: Map<string, string>;
  /** URNs by what happens to them. */
  kept: Set<string>;
  created: Set<string>;
  replaced: Set<string>;
  deleting: Set<string>;
  skippedCreates: Set<string>;
  /** Old resources whose deletion has been decided. */
  condemned: Set<Resource>;
  /** The properties for which dependents of a replaced resource are replaced too. */
  dependentKeys: Map<string, string[]>;
  goals: Map<string, Goal>;
}

/** Decides the steps for one registration. The last step with a `new` is the resource as the program gets it. */
export const planRegistration = async (
  plan: Plan,
  requested: Goal,
  provider: string,
): Promise<{ steps: PlannedStep[]; resource: Resource }> => {
  const goal = inheritFromParent(requested, plan.goals.get(requested.parent));
  const urn = claimUrn(plan, goal);
  const old = findOld(plan, urn, goal);
  plan.goals.set(urn, goal);
  const fresh = newResource(goal, urn, old, provider);
  const targeted = isProviderType(goal.type) || goal.type === stackType || plan.targets.includes(urn);
  const recreating = plan.deleting.has(urn);

  if (old && !plan.targets.includes(old.urn) && !targeted) return keepUntargeted(plan, old);
  if (goal.importId !== '' && old?.id !== goal.importId) await importResource(plan, fresh, goal);
  const program = ignoreChanges(plan, urn, goal, old);
  fresh.inputs = program;
  if (targeted)
    fresh.inputs = await check(plan, fresh, old && !recreating && !old.external ? old.inputs : {}, program);

  const decision = await decide({
    old,
    recreating,
    targeted,
    replaceOnChanges: goal.replaceOnChanges,
    deleteBeforeReplace: goal.deleteBeforeReplace,
    diff: (before) => diff(plan, goal, before, fresh),
  });
  const steps = await planSteps();
  forbidSkippedDependencies(plan, steps);
  return { steps, resource: fresh };

  async function planSteps(): Promise<PlannedStep[]> {
    const before = old as Resource;
    switch (decision.action) {
      case 'create':
        plan.created.add(urn);
        return [{ op: 'create', new: fresh }];
      case 'skip-create':
        plan.kept.add(urn);
        plan.skippedCreates.add(urn);
        return [{ op: 'same', new: fresh, old: fresh, skippedCreate: true }];
      case 'recreate': {
        plan.deleting.delete(urn);
        plan.replaced.add(urn);
        const keys = plan.dependentKeys.get(urn) ?? [];
        const change: Diff = { ...noDiff, changes: true, replaceKeys: keys };
        return [
          { op: 'replace', old: before, new: fresh },
          { op: 'create-replacement', old: before, new: fresh, diff: change },
        ];
      }
      case 'adopt-external':
        plan.created.add(urn);
        return [
          { op: 'create-replacement', old: before, new: fresh, pendingDelete: true },
          { op: 'replace', old: before, new: fresh },
        ];
      case 'update':
        plan.kept.add(urn);
        return [{ op: 'update', old: before, new: fresh, diff: decision.diff }];
      case 'replace':
        return planReplacement(before, decision.diff, decision.deleteBeforeReplace);
      default:
        plan.kept.add(urn);
        return [{ op: 'same', old: before, new: fresh }];
    }
  }

  async function planReplacement(
    before: Resource,
    change: Diff,
    deleteFirst: boolean,
  ): Promise<PlannedStep[]> {
    if (fresh.protect && before.protect) refuseProtected(plan, urn);
    plan.replaced.add(urn);
    // The first check carried defaults over from the old resource, which no longer count.
    fresh.inputs = await check(plan, fresh, {}, goal.inputs);
    const replace: PlannedStep = { op: 'replace', old: before, new: fresh, diff: change };
    const createStep: PlannedStep = { ...replace, op: 'create-replacement' };
    if (!deleteFirst) return [{ ...createStep, pendingDelete: true }, replace];

    const dependents = await condemnDependents(plan, before, urn);
    if (before.pendingReplacement) return [...dependents, replace, createStep];
    plan.deleting.add(before.urn);
    return [
      ...dependents,
      { op: 'delete-replaced', old: before, pendingReplacement: true },
      replace,
      createStep,
    ];
  }
};

/** Carries an untargeted resource over, after everything that it depends on. */
export const keepUntargeted = (plan: Plan, old: Resource): { steps: PlannedStep[]; resource: Resource } => {
  const steps: PlannedStep[] = [];
  const keep = (resource: Resource): Resource => {
    const copied = { ...resource };
    plan.seen.add(resource.urn);
    plan.kept.add(resource.urn);
    const urns = [
      ...dependencyUrns(resource),
      resource.parent ?? '',
      resource.provider ? providerUrn(resource.provider) : '',
    ];
    for (const urn of urns) {
      const dependency = plan.base().find((candidate) => candidate.urn === urn && !candidate.delete);
      if (dependency && !isOperatedOn(plan, urn)) keep(dependency);
    }
    steps.push({ op: 'same', old: resource, new: copied, untargeted: true });
    return copied;
  };
  const resource = keep(old);
  return { steps, resource };
};

/** Whether this run has decided about a URN. */
export const isOperatedOn = (plan: Plan, urn: string) => {
  const current = plan.aliased.get(urn) ?? urn;
  return plan.kept.has(current) || plan.replaced.has(current) || plan.kept.has(urn);
};

const fail = (plan: Plan, message: string, urn: string): never => {
  plan.report.error(message, urn);
  throw reported(message);
};

// (inheritFromParent of pkg/resource/deploy/source_eval.go)
const inheritFromParent = (goal: Goal, parent: Goal | undefined): Goal => ({
  ...goal,
  protect: goal.protect ?? parent?.protect,
  retainOnDelete: goal.retainOnDelete ?? parent?.retainOnDelete,
  deletedWith: goal.deletedWith || (parent?.deletedWith ?? ''),
});

const claimUrn = (plan: Plan, { parent, type, name }: Goal) => {
  if (parent !== '' && !plan.seen.has(parent))
    return fail(plan, `could not find parent resource ${parent}`, '');
  const urn = makeUrn(plan.stack, plan.project, parent, type, name);
  if (plan.seen.has(urn))
    return fail(plan, `Duplicate resource URN '${urn}'; try giving it a unique name`, urn);
  plan.seen.add(urn);
  return urn;
};

const findOld = (plan: Plan, urn: string, { name, type, parent, aliases }: Goal) => {
  const { stack, project } = plan;
  const previous = plan.aliased.get(urn);
  if (previous !== undefined)
    return fail(
      plan,
      `Duplicate resource URN '${urn}' conflicting with alias on resource with URN '${previous}'`,
      urn,
    );
  const candidates = [
    urn,
    ...aliasUrns({ name, type, parent, aliases, stack, project, parentAliases: plan.aliases }),
  ];
  for (const candidate of candidates) {
    // The last one, as the map of old resources keeps it.
    const old = plan.base().findLast((resource) => resource.urn === candidate && !resource.delete);
    if (old === undefined) continue;
    if (candidate !== urn) useAlias(plan, urn, candidate);
    return old;
  }
  return undefined;
};

const useAlias = (plan: Plan, urn: string, alias: string) => {
  const other = plan.seen.has(alias) ? urn : plan.aliased.get(alias);
  if (other !== undefined)
    fail(
      plan,
      `Duplicate resource alias '${alias}' applied to resource with URN '${urn}' conflicting with resource with URN '${other}'`,
      urn,
    );
  plan.aliased.set(alias, urn);
  plan.aliases.set(urn, alias);
};

const newResource = (goal: Goal, urn: string, old: Resource | undefined, provider: string): Resource => ({
  urn,
  custom: goal.custom,
  type: goal.type,
  inputs: goal.inputs,
  outputs: {},
  ...(goal.parent && { parent: goal.parent }),
  ...(goal.protect && { protect: true }),
  ...(goal.dependencies.length > 0 && { dependencies: goal.dependencies }),
  ...(provider && { provider }),
  ...(Object.keys(goal.propertyDependencies).length > 0 && {
    propertyDependencies: goal.propertyDependencies,
  }),
  ...(goal.additionalSecretOutputs.length > 0 && { additionalSecretOutputs: goal.additionalSecretOutputs }),
  ...(old && old.urn !== urn && { aliases: [old.urn] }),
  ...(Object.values(goal.customTimeouts).some((timeout) => timeout > 0) && {
    customTimeouts: goal.customTimeouts,
  }),
  ...(goal.importId && { importID: goal.importId }),
  ...(goal.retainOnDelete && { retainOnDelete: true }),
  ...(goal.deletedWith && { deletedWith: goal.deletedWith }),
  ...(goal.replaceWith.length > 0 && { replaceWith: goal.replaceWith }),
  ...(old?.created && { created: old.created }),
  ...(old?.modified && { modified: old.modified }),
  ...(goal.ignoreChanges.length > 0 && { ignoreChanges: goal.ignoreChanges }),
  ...(goal.replaceOnChanges.length > 0 && { replaceOnChanges: goal.replaceOnChanges }),
});

const ignoreChanges = (plan: Plan, urn: string, goal: Goal, old: Resource | undefined) => {
  if (old === undefined) return goal.inputs;
  const { inputs, invalid } = resetIgnored(old.inputs, goal.inputs, goal.ignoreChanges);
  if (invalid.length > 0)
    plan.report.info(
      `cannot ignore changes in added or removed elements of the path: ${JSON.stringify(invalid.join(', '))}`,
      urn,
    );
  return inputs;
};

// The provider answers with a Read that has no state, at which the dynamic provider fails; so does this.
const importResource = async (plan: Plan, fresh: Resource, { importId }: Goal) => {
  const provider = await plan.providers.get(fresh.provider ?? '');
  await provider.read(fresh.urn, importId, undefined, {});
  fail(plan, 'import is not supported by this engine', fresh.urn);
};

const check = async (
  plan: Plan,
  { urn, custom, type, provider: reference = '' }: Resource,
  olds: Properties,
  news: Properties,
) => {
  if (!custom || isProviderType(type)) return news;
  const provider = await plan.providers.get(reference);
  const { inputs, failures } = await provider.check(urn, olds, news);
  if (failures.length === 0) return inputs;
  for (const { property, reason } of failures) {
    const name = urn.split('::').slice(3).join('::');
    const message = property
      ? `${type} resource '${name}': property ${property} value ${goFormat(news[property])} has a problem: ${reason}`
      : `${type} resource '${name}' has a problem: ${reason}`;
    plan.report.error(message, urn);
  }
  throw reported(`resource ${urn} is invalid`);
};

// The way Go prints a property value, for the same messages: secrets are in clear.
const goFormat = (value: Value | undefined): string => {
  if (value === undefined || value === null) return '{<nil>}';
  if (isSecret(value)) return `{&{${goFormat(value.value)}}}`;
  if (Array.isArray(value)) return `{[${value.map(goFormat).join(' ')}]}`;
  if (typeof value !== 'object') return `{${value}}`;
  const entries = Object.entries(value as Properties).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{map[${entries.map(([key, item]) => `${key}:${goFormat(item)}`).join(' ')}]}`;
};

const diff = async (plan: Plan, goal: Goal, old: Resource, fresh: Resource): Promise<Diff> => {
  const replacedFor = (key: string): Diff => ({ ...noDiff, changes: true, replaceKeys: [key] });
  if (goal.replaceWith.some((urn) => plan.replaced.has(urn))) return replacedFor('replaceWith');
  if (plan.replaced.has(goal.deletedWith)) return replacedFor('deletedWith');
  if (!old.provider !== !fresh.provider) return replacedFor('provider');
  if (!fresh.custom) return { ...noDiff, changes: !deepEquals(old.inputs, fresh.inputs) };
  if (isProviderType(fresh.type)) return { ...noDiff, changes: !deepEquals(old.outputs, fresh.inputs) };
  return diffResource(plan.providers, fresh.provider ?? '', fresh.urn, old, fresh.inputs, goal.ignoreChanges);
};

const refuseProtected = (plan: Plan, urn: string) => {
  const message = `unable to replace resource ${JSON.stringify(urn)}\nas it is currently marked for protection. To unprotect the resource, remove the \`protect\` flag from the resource in your Pulumi program and run \`pulumi up\``;
  plan.report.error(message, urn);
  // A preview goes on, to show what else would change.
  if (!plan.dryRun) throw reported(message);
};

/** Everything that has to go before a delete-before-replace, last dependents first. */
const condemnDependents = async (plan: Plan, root: Resource, urn: string): Promise<PlannedStep[]> => {
  const decided = new Set([...plan.kept, ...plan.created, ...plan.deleting, ...plan.replaced]);
  const dependents = await dependentReplacements(plan.base(), root, decided, plan.providers);
  const cascading = plan
    .base()
    .filter(({ deletedWith, replaceWith }) => deletedWith === urn || replaceWith?.includes(urn))
    .filter((resource) => !dependents.some((dependent) => dependent.resource === resource))
    .map((resource) => ({ resource, keys: [] as string[] }));
  const steps: PlannedStep[] = [];
  for (const { resource, keys } of [...dependents, ...cascading].reverse()) {
    if (plan.condemned.has(resource)) continue;
    plan.dependentKeys.set(resource.urn, keys);
    if (resource.protect && !resource.delete)
      fail(
        plan,
        `unable to replace resource ${JSON.stringify(resource.urn)} as part of replacing ${JSON.stringify(urn)} as it is currently marked for protection. To unprotect the resource, remove the \`protect\` flag from the resource in your Pulumi program and run \`pulumi up\`, or use the command:\n\`pulumi state unprotect '${resource.urn}'\``,
        urn,
      );
    steps.push(
      resource.delete
        ? { op: 'delete', old: resource }
        : { op: 'delete-replaced', old: resource, pendingReplacement: true },
    );
    plan.deleting.add(resource.urn);
    plan.condemned.add(resource);
  }
  return steps;
};

const forbidSkippedDependencies = (plan: Plan, steps: PlannedStep[]) => {
  if (!plan.targets.constrained) return;
  for (const { new: fresh, skippedCreate } of steps) {
    if (fresh === undefined || skippedCreate) continue;
    const urns = [...dependencyUrns(fresh), fresh.parent ?? ''];
    const missing = urns.find((urn) => plan.skippedCreates.has(urn));
    if (missing === undefined) continue;
    plan.report.error(
      `Resource '${fresh.urn}' depends on '${missing}' which was was not specified in --target list.`,
      fresh.urn,
    );
    if (!plan.dryRun) throw reported('untargeted create');
    plan.skippedCreates.delete(missing);
  }
};
