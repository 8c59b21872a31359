import type { z } from 'zod';
import type { ospfAuthenticationSchema } from '../ospf-authentication-schema';

/** How OSPFv2's neighbours prove themselves; `command` is what the lines begin with. */
export const authenticationLines = (
  command: string,
  authentication: z.output<typeof ospfAuthenticationSchema> | undefined,
): string[] => {
  switch (authentication?.type) {
    case 'simple':
      return [`${command} authentication`, `${command} authentication-key ${authentication.password}`];
    case 'message-digest':
      return [
        `${command} authentication message-digest`,
        `${command} message-digest-key ${authentication.keyId ?? 1} md5 ${authentication.password}`,
      ];
    case 'null':
      return [`${command} authentication null`];
    default:
      return [];
  }
};
