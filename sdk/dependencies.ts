import type * as pulumi from '@pulumi/pulumi';

type DependsOn = pulumi.ResourceOptions['dependsOn'];

/** What comes before a child of a component: what the component was told, and more. Pulumi takes lists in lists. */
export const dependencies = (given: DependsOn, ...more: (pulumi.Resource | undefined)[]): DependsOn =>
  [given, ...more].filter((each) => each !== undefined) as pulumi.Resource[];
