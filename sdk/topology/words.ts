import { z } from 'zod';
import { machineNameSchema } from '../../provider/names';
import { parseSize } from '../../provider/systemd/quantity';

/** The name of a router, a host or a link in a topology: what can be a machine's name. `_` is kept for names that are made. */
export const placeNameSchema = machineNameSchema;

/** An amount of memory that can be counted: `"128M"`, `"1G"`, or bytes. */
export const memorySchema = z.string().refine((text) => Number.isFinite(parseSize(text)), {
  error: 'accepted is an amount of memory, such as "128M" or "1G"',
});

/** What a plan hands on without looking into it: it may be an output. */
export const opaque = <T>() => z.custom<T>().optional();
