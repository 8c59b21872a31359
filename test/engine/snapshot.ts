import { isDeepStrictEqual } from 'node:util';
import type { PendingOperation, Resource, State } from './state';
import { makeUrn, providerReference, providerUrn, qualifiedType, stackType, urnName, urnType } from './urn';

/**
 * The state while it changes: what this run has produced, then what it has not touched of the state before.
 * Each change is saved at once; a resource that is the same is not. (pkg/backend/snapshot.go)
 */
export interface Snapshot {
  /** Notes an operation before it starts. */
  begin(resource: Resource, type: PendingOperation['type']): void;
  /** Takes the note away, and puts resources in and out of the state. */
  end(resource: Resource, change?: { done?: Resource | undefined; add?: Resource | undefined }): void;
  /** Replaces the state before, after a refresh. */
  rebase(resources: Resource[]): void;
  /** The state as it would be saved now. */
  current(): State;
  save(): void;
}

/** Starts from a state; `write` persists, and is a no-op in previews. */
export const openSnapshot = (base: State, write: (state: State) => void): Snapshot => {
  const added: Resource[] = [];
  const done = new Set<Resource>();
  const pending = new Map<Resource, PendingOperation['type']>();
  let baseResources = base.resources;
  // Whether an interrupted create left something behind is for a person to say, so those notes stay.
  const keptOperations = base.pendingOperations.filter(({ type }) => type === 'creating');

  const current = (): State => ({
    resources: normalizeUrns([...added, ...baseResources].filter((resource) => !done.has(resource))),
    pendingOperations: [...[...pending].map(([resource, type]) => ({ resource, type })), ...keptOperations],
    metadata: base.metadata,
  });
  const save = () => write(current());

  return {
    begin: (resource, type) => {
      pending.set(resource, type);
      save();
    },
    end: (resource, { done: finished, add } = {}) => {
      pending.delete(resource);
      if (finished) done.add(finished);
      if (add && !added.includes(add)) added.push(add);
      if (!finished || !isDeepStrictEqual(finished, add)) save();
    },
    rebase: (resources) => {
      baseResources = resources;
      save();
    },
    current,
    save,
  };
};

/**
 * Rewrites references to URNs that aliases have renamed. Children of a renamed parent are renamed too.
 * (NormalizeURNReferences of pkg/resource/deploy/snapshot.go)
 */
export const normalizeUrns = (resources: Resource[]): Resource[] => {
  const renamed = new Map<string, string>();
  for (const { urn, aliases, parent } of resources) {
    for (const alias of aliases ?? []) renamed.set(alias, urn);
    const newParent = parent && renamed.get(parent);
    if (newParent && qualifiedType(newParent) !== stackType)
      renamed.set(urn, makeUrn(...stackAndProject(urn), newParent, urnType(urn), urnName(urn)));
  }
  if (renamed.size === 0) return resources;
  return resources.map((resource) => renameReferences(resource, (urn) => renamed.get(urn) ?? urn));
};

const stackAndProject = (urn: string): [string, string] => {
  const [prefix = '', project = ''] = urn.split('::');
  return [prefix.replace('urn:pulumi:', ''), project];
};

const renameReferences = (resource: Resource, fix: (urn: string) => string): Resource => {
  const { aliases: _, ...renamed } = resource;
  renamed.urn = fix(resource.urn);
  if (resource.parent) renamed.parent = fix(resource.parent);
  if (resource.deletedWith) renamed.deletedWith = fix(resource.deletedWith);
  if (resource.dependencies) renamed.dependencies = resource.dependencies.map(fix);
  if (resource.replaceWith) renamed.replaceWith = resource.replaceWith.map(fix);
  if (resource.propertyDependencies)
    renamed.propertyDependencies = Object.fromEntries(
      Object.entries(resource.propertyDependencies).map(([key, urns]) => [key, urns.map(fix)]),
    );
  if (resource.provider)
    renamed.provider = providerReference(
      fix(providerUrn(resource.provider)),
      resource.provider.slice(providerUrn(resource.provider).length + 2),
    );
  return renamed;
};
