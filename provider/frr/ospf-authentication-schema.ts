import { z } from 'zod';
import { passwordSchema, whole } from './words';

/** How OSPFv2's neighbours prove themselves, on an interface or over a virtual link. */
export const ospfAuthenticationSchema = z.union(
  [
    z.strictObject({
      /** No authentication here, whatever the area says: `authentication null` (ospfd). */
      type: z.literal('null'),
    }),
    z.strictObject({
      /** A password that is sent as it is: `authentication` (ospfd). */
      type: z.literal('simple'),
      /** The password, at most 8 characters: `authentication-key` (ospfd). */
      password: passwordSchema(8),
    }),
    z.strictObject({
      /** MD5 digests: `authentication message-digest` (ospfd). */
      type: z.literal('message-digest'),
      /** The key's number, 1 to 255: `message-digest-key N` (ospfd). @default 1 */
      keyId: whole(1, 255).optional(),
      /** The key, at most 16 characters: `message-digest-key N md5 KEY` (ospfd). */
      password: passwordSchema(16),
    }),
  ],
  {
    error:
      'accepted is { type: "simple", password }, { type: "message-digest", password, keyId? } or { type: "null" }',
  },
);
