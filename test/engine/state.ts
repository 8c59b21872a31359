import type { Properties } from './values';

/** A resource as the checkpoint holds it (ResourceV3 of sdk/go/common/apitype/core.go), secrets in clear. */
export interface Resource {
  urn: string;
  custom: boolean;
  delete?: boolean;
  id?: string;
  type: string;
  inputs: Properties;
  outputs: Properties;
  parent?: string;
  protect?: boolean;
  taint?: boolean;
  external?: boolean;
  dependencies?: string[];
  initErrors?: string[];
  provider?: string;
  propertyDependencies?: Record<string, string[]>;
  pendingReplacement?: boolean;
  additionalSecretOutputs?: string[];
  aliases?: string[];
  customTimeouts?: { create?: number; update?: number; delete?: number; read?: number };
  importID?: string;
  retainOnDelete?: boolean;
  deletedWith?: string;
  replaceWith?: string[];
  created?: string;
  modified?: string;
  ignoreChanges?: string[];
  replaceOnChanges?: string[];
}

export interface PendingOperation {
  resource: Resource;
  type: 'creating' | 'updating' | 'deleting' | 'reading' | 'importing';
}

/** A deployment (DeploymentV3), secrets in clear. */
export interface State {
  resources: Resource[];
  pendingOperations: PendingOperation[];
  metadata: Record<string, unknown>;
}

/** The URNs that a resource depends on, its provider and parent aside. */
export const dependencyUrns = ({
  dependencies,
  propertyDependencies,
  deletedWith,
  replaceWith,
}: Resource) => [
  ...(dependencies ?? []),
  ...Object.values(propertyDependencies ?? {}).flat(),
  ...(deletedWith ? [deletedWith] : []),
  ...(replaceWith ?? []),
];
