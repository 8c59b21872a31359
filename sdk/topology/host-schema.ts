import type * as pulumi from '@pulumi/pulumi';
import { z } from 'zod';
import type { ConnectionArgs } from '../host-resource';
import { memorySchema, opaque } from './words';

/** A host that routers can be on. */
export const hostPlaceSchema = z.strictObject({
  /** How to reach it; none: the machine that runs Pulumi. */
  connection: opaque<pulumi.Input<ConnectionArgs>>(),
  /** Its address on the network between the hosts, without a prefix length. Needed where a link leaves it. */
  underlay: opaque<pulumi.Input<string>>(),
  /** What its routers may take of its memory together: the sum of their `memoryMax`. @default no limit */
  memory: memorySchema.optional(),
});
