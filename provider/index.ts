import { machine } from './machine/resource';
import type { Resource } from './resource';

/** Every kind of resource. */
export const resources = [machine] as unknown as Resource[];
