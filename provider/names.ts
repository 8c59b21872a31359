import { z } from 'zod';

/** A machine's host name: letters, digits, `-`, `.`, at most 64 characters, no label beginning or ending in `-` (hostname(5)). */
export const hostnameSchema = z
  .string()
  .max(64)
  .regex(/^[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*$/, {
    error: 'accepted is a machine name: letters, digits, "-" and ".", at most 64 characters, such as "r1"',
  });

/**
 * A machine's name as machined takes it: a host name (systemd.nspawn(5), hostname_is_valid() in systemd 252), and none that
 * systemd takes for that of an image file (`.raw`) or of a folder of versions (`.v`, systemd.v(7)).
 */
export const machineNameSchema = hostnameSchema.refine((name) => !/\.(raw|v)$/.test(name), {
  error:
    'it ends in ".raw" or ".v", which systemd takes for an image or a folder of versions; accepted is another',
});

/**
 * A network interface's name: 1 to 15 bytes, no `/`, `:`, blank or control character, none of systemd's own prefixes
 * (networkd gives `ve-*`, `vb-*` and `vz-*` a DHCP server and masquerading: systemd.network(5), 80-container-ve.network).
 */
export const interfaceNameSchema = z
  .string()
  .regex(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,14}$/, {
    error:
      'accepted is an interface name: letters, digits, "_", "." and "-", at most 15 characters, such as "eth1"',
  })
  .refine((name) => !/^(ve|vb|vz)-/.test(name) && !['lo', 'all', 'default', 'host0'].includes(name), {
    error:
      'accepted is a name that systemd does not use itself: not lo, host0, all, default, ve-*, vb-* or vz-*',
  });
