import type { AliasSpec } from './monitor';
import { makeUrn, qualifiedType, stackType, urnName, urnType } from './urn';

/**
 * The URNs under which a resource may be in the old state: its own aliases, and those that follow from the alias
 * under which its parent was found. (generateAliases of pkg/resource/deploy/step_generator.go)
 */
export const aliasUrns = ({
  name,
  type,
  parent,
  aliases,
  stack,
  project,
  parentAliases,
}: {
  name: string;
  type: string;
  parent: string;
  aliases: AliasSpec[];
  stack: string;
  project: string;
  /** The alias in use by URN. */
  parentAliases: ReadonlyMap<string, string>;
}): string[] => {
  const own = aliases.map((alias) => {
    if ('urn' in alias) return alias.urn;
    const aliasParent = alias.parent === '' ? parent : (parentAliases.get(alias.parent) ?? alias.parent);
    const top = alias.noParent || qualifiedType(aliasParent) === stackType;
    return makeUrn(
      alias.stack || stack,
      alias.project || project,
      top ? '' : aliasParent,
      alias.type || type,
      alias.name || name,
    );
  });
  const parentAlias = parentAliases.get(parent);
  if (parentAlias === undefined) return [...new Set(own)];
  const inherit = (childType: string, childName: string) => {
    // Children are often named after their parent, so that part of the name changes with it.
    const parentName = urnName(parent);
    const oldName = childName.startsWith(parentName)
      ? urnName(parentAlias) + childName.slice(parentName.length)
      : childName;
    return makeUrn(stack, project, parentAlias, childType, oldName);
  };
  return [
    ...new Set([...own, inherit(type, name), ...own.map((urn) => inherit(urnType(urn), urnName(urn)))]),
  ];
};
