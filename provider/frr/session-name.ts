import { z } from 'zod';

/** What a routing session is called: its neighbour's address or router id, or the interface that it is on. */
export const sessionNameSchema = z.string().regex(/^[A-Za-z0-9_][A-Za-z0-9_.:%-]{0,63}$/, {
  error:
    'accepted is a neighbour\'s address, its router id, or the interface that it is on, such as "10.0.0.1" or "eth1"',
});
