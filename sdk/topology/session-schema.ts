import { z } from 'zod';
import { neighborSchema } from '../../provider/frr/neighbor-schema';

// What the topology works out, and the password, which no plan holds, stand elsewhere.
const sessionSchema = neighborSchema.omit({
  remoteAs: true,
  password: true,
  peerGroup: true,
  interface: true,
});

/** What BGP sessions may be given: all that a neighbour of a FrrConfig has, but what the topology works out. */
export type SessionArgs = z.input<typeof sessionSchema>;

/** The same, checked. */
export type Session = z.output<typeof sessionSchema>;

/** A part of a session, as an argument. The reference of FrrConfig has what stands in it. */
export const sessionPartSchema = z.custom<SessionArgs>().superRefine((given, context) => {
  for (const issue of sessionSchema.safeParse(given).error?.issues ?? [])
    context.addIssue({ ...issue } as never);
});
