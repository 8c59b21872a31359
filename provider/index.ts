import type { InputSchema, Resource } from './resource';

/** Every kind of resource. */
export const resources: Resource<InputSchema>[] = [];
