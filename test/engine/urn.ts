/** The root resource of every stack. */
export const stackType = 'pulumi:pulumi:Stack';

const providerPrefix = 'pulumi:providers:';

/** Builds a URN. The stack's own type is no part of the chain of parents. */
export const makeUrn = (stack: string, project: string, parent: string, type: string, name: string) => {
  const parentType = parent === '' ? '' : qualifiedType(parent);
  const chain = parentType === '' || parentType === stackType ? type : `${parentType}$${type}`;
  return `urn:pulumi:${stack}::${project}::${chain}::${name}`;
};

/** The last part. A name may itself hold `::`. */
export const urnName = (urn: string) => urn.split('::').slice(3).join('::');

/** The type with those of its parents: `index:Box$index:Thing`. */
export const qualifiedType = (urn: string) => urn.split('::')[2] ?? '';

export const urnType = (urn: string) => qualifiedType(urn).split('$').at(-1) ?? '';

export const isProviderType = (type: string) => type.startsWith(providerPrefix);

export const providerType = (packageName: string) => `${providerPrefix}${packageName}`;

/** The providers that the engine makes by itself; users never see them. */
export const isDefaultProvider = (urn: string) =>
  isProviderType(urnType(urn)) && urnName(urn).startsWith('default');

/** A reference to a provider as resources hold it: URN and id. */
export const providerReference = (urn: string, id: string) => `${urn}::${id}`;

export const providerUrn = (reference: string) => reference.slice(0, reference.lastIndexOf('::'));
