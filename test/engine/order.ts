import { dependencyUrns, type Resource } from './state';
import { providerUrn } from './urn';

/**
 * Everything that depends on a resource, directly or not, in the order of the list, which is topological.
 * Children do not count. (DependingOn of pkg/resource/graph/dependency_graph.go)
 */
export const dependentsOf = (
  resources: Resource[],
  root: Resource,
  ignored: ReadonlySet<string> = new Set(),
) => {
  const reached = new Set([root.urn]);
  return resources.slice(resources.indexOf(root) + 1).filter((candidate) => {
    if (ignored.has(candidate.urn) || !needed(candidate).some((urn) => reached.has(urn))) return false;
    reached.add(candidate.urn);
    return true;
  });
};

/** The direct dependencies of a resource: provider, parent, dependencies, and the children of components among them. */
export const dependenciesOf = (resources: Resource[], resource: Resource) => {
  const before = resources.slice(0, resources.indexOf(resource));
  const urns = new Set(needed(resource));
  const found = new Set(before.filter(({ urn }) => urns.has(urn) || urn === resource.parent));
  for (const component of before.filter(({ urn, custom }) => urns.has(urn) && !custom))
    for (const child of childrenOf(before, component)) found.add(child);
  return found;
};

/** All dependencies of a resource, at any distance. */
export const transitiveDependenciesOf = (resources: Resource[], resource: Resource) => {
  const found = new Set<Resource>();
  const visit = (current: Resource) => {
    for (const dependency of dependenciesOf(resources, current)) {
      if (found.has(dependency)) continue;
      found.add(dependency);
      visit(dependency);
    }
  };
  visit(resource);
  return found;
};

/**
 * Puts condemned resources into batches which can each be deleted in parallel, dependents before what they
 * depend on. `resources` is the whole list, in topological order.
 * (ScheduleDeletes of pkg/resource/deploy/step_generator.go)
 */
export const deletionBatches = (resources: Resource[], condemned: Iterable<Resource>): Resource[][] => {
  const left = new Set(condemned);
  const batches: Resource[][] = [];
  while (left.size > 0) {
    const free = [...left].filter((resource) => {
      for (const dependency of dependenciesOf(resources, resource)) if (left.has(dependency)) return false;
      return true;
    });
    for (const resource of free) left.delete(resource);
    batches.push(free);
  }
  return batches.reverse();
};

const needed = (resource: Resource) => [
  ...dependencyUrns(resource),
  ...(resource.provider ? [providerUrn(resource.provider)] : []),
];

const childrenOf = (resources: Resource[], component: Resource) => {
  const family = new Set([component.urn]);
  return resources.filter(({ urn, parent }) => {
    if (parent === undefined || !family.has(parent)) return false;
    family.add(urn);
    return true;
  });
};
