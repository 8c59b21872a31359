import { applyReplaceOnChanges, changedKeys, type Diff, diffProperties, isReplace } from './diff';
import { dependentsOf } from './order';
import { resetIgnored } from './paths';
import type { Providers } from './providers';
import type { Resource } from './state';
import { isProviderType, providerUrn } from './urn';
import { type Properties, unknown } from './values';

/**
 * Asks a provider what a change of inputs means. Where the provider leaves it open whether there is a change at
 * all, old inputs are compared with new ones; its replacements count all the same.
 * (diffResource of pkg/resource/deploy/step_generator.go)
 */
export const diffResource = async (
  providers: Providers,
  reference: string,
  urn: string,
  old: Pick<Resource, 'id' | 'inputs' | 'outputs'>,
  inputs: Properties,
  ignoreChanges: string[],
): Promise<Diff> => {
  const provider = await providers.get(reference);
  const { changes, replaces, diffs, detailed, deleteBeforeReplace } = await provider.diff(
    urn,
    old.id ?? '',
    old,
    inputs,
  );
  const known = { replaceKeys: replaces, deleteBeforeReplace };
  if (changes !== undefined) return { ...known, changes, changedKeys: diffs, detailed };
  const compared = diffProperties(old.inputs, resetIgnored(old.inputs, inputs, ignoreChanges).inputs);
  if (Object.keys(compared).length === 0) return { ...known, changes: false, changedKeys: diffs, detailed };
  return { ...known, changes: true, changedKeys: changedKeys(compared), detailed: compared };
};

/**
 * The dependents that have to be replaced with a resource that is deleted before it is replaced: those whose
 * provider would replace them if what they take from it were unknown.
 * (calculateDependentReplacements of pkg/resource/deploy/step_generator.go)
 */
export const dependentReplacements = async (
  resources: Resource[],
  root: Resource,
  decided: ReadonlySet<string>,
  providers: Providers,
): Promise<{ resource: Resource; keys: string[] }[]> => {
  const replaced = new Set([root.urn]);
  const found: { resource: Resource; keys: string[] }[] = [];
  for (const resource of dependentsOf(resources, root, decided)) {
    const keys = await replaceKeys(resource, replaced, providers);
    if (keys === undefined) continue;
    replaced.add(resource.urn);
    found.push({ resource, keys });
  }
  return found;
};

/** The keys for which a dependent is replaced, or undefined when it is not. */
const replaceKeys = async (resource: Resource, replaced: ReadonlySet<string>, providers: Providers) => {
  if (!resource.custom || resource.external) return undefined;
  if (resource.provider && replaced.has(providerUrn(resource.provider))) return [];
  if (resource.deletedWith && replaced.has(resource.deletedWith)) return [];
  const depends = (key: string) =>
    resource.propertyDependencies?.[key]?.some((urn) => replaced.has(urn)) ?? false;
  const keys = Object.keys(resource.inputs);
  if (!keys.some(depends) || isProviderType(resource.type)) return undefined;
  const inputs = Object.fromEntries(
    Object.entries(resource.inputs).map(([key, value]) => [key, depends(key) ? unknown : value]),
  );
  const { provider = '', urn, ignoreChanges = [], replaceOnChanges = [] } = resource;
  const diff = applyReplaceOnChanges(
    await diffResource(providers, provider, urn, resource, inputs, ignoreChanges),
    replaceOnChanges,
    false,
  );
  return isReplace(diff) ? diff.replaceKeys : undefined;
};
