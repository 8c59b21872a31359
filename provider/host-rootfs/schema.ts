import { posix } from 'node:path';
import { z } from 'zod';
import { hostnameSchema, machineNameSchema } from '../names';
import { commonInputs } from '../resource';

const oneWord = (pattern: RegExp, error: string) => z.string().regex(pattern, { error });

const packageName = oneWord(
  /^[a-z0-9][a-z0-9+.-]{0,127}$/,
  'accepted is the name of a Debian package, such as "frr"',
);

const unitName = oneWord(
  /^(?=.{1,255}$)[A-Za-z0-9:_.\\-]+(@[A-Za-z0-9:_.\\-]*)?\.(service|socket|target|timer|path|mount|automount|swap|slice)$/,
  'accepted is a unit name with its suffix, such as "frr.service"',
);

const account = z.union([z.string().regex(/^[a-z_][a-z0-9_-]{0,31}$/), z.number().int().min(0).max(65534)], {
  error: 'accepted is a name from the machine\'s own accounts, such as "frr", or a number from 0 to 65534',
});

const fileSchema = z.strictObject({
  /** The text, as it is to be; at most 1 MiB in UTF-8. Where it holds a secret, give a Pulumi secret. */
  content: z.string().refine((text) => !text.includes('\0') && Buffer.byteLength(text) <= 1 << 20, {
    error: 'accepted is text of at most 1 MiB without NUL',
  }),
  /** Permissions in octal. @default "0644" */
  mode: oneWord(/^0?[0-7]{3,4}$/, 'accepted is octal permissions, such as "0640"').optional(),
  /** The user that owns it: a name from the machine's own accounts, or a number as the machine sees it. @default "root" */
  owner: account.optional(),
  /** The group that owns it: a name from the machine's own accounts, or a number as the machine sees it. @default "root" */
  group: account.optional(),
});

// Links into the host's /usr, and what systemd mounts over whatever the tree has (file-hierarchy(7)).
const notTheTrees =
  /^\/(usr|bin|sbin|lib|lib32|lib64|libx32|libo32|proc|sys|dev|run|var\/run|var\/lock|etc\/alternatives)(\/|$)/;

const filePath = z
  .string()
  .refine(
    (path) =>
      path.startsWith('/') &&
      path !== '/' &&
      posix.normalize(path) === path &&
      !path.endsWith('/') &&
      Buffer.byteLength(path) <= 1024 &&
      !/\p{Cc}/u.test(path) &&
      !notTheTrees.test(path),
    {
      error:
        'accepted is the absolute, normalised path of a file in the machine, such as "/etc/frr/frr.conf", outside /usr, /proc, /sys, /dev, /run and /etc/alternatives',
    },
  );

const bootstrapSchema = z.discriminatedUnion('method', [
  z.strictObject({
    /** Derived from the host's own packages: no download, well under 1 MB, about 0.2 s. */
    method: z.literal('host'),
  }),
  z.strictObject({
    /** By mmdebstrap or debootstrap on the host (mmdebstrap where both are there: it takes half the time). */
    method: z.literal('debootstrap'),
    /** The Debian release. With `shareUsr`, only the host's own can run. @default the host's own */
    suite: oneWord(
      /^[a-z][a-z0-9-]*$/,
      'accepted is the name of a Debian release, such as "trixie"',
    ).optional(),
    /** The archive to install from. @default the one that the host installs from */
    mirror: oneWord(
      /^(https?|ftp|file):\/\/[^\s\0]+$/,
      'accepted is the URL of a Debian archive, such as "http://deb.debian.org/debian"',
    ).optional(),
    /** Packages to install besides `packages`. */
    include: z.array(packageName).optional(),
    /** Parts of the archive. @default ["main"] */
    components: z
      .array(oneWord(/^[a-z][a-z-]*$/, 'accepted is a part of the archive, such as "main"'))
      .optional(),
    /** Which packages a plain system has, as in debootstrap(8). @default those of priority "important" and above */
    variant: z.enum(['minbase', 'buildd']).optional(),
  }),
  z.strictObject({
    /**
     * The article's proof of concept: no systemd inside, but tini (the host's /usr/bin/tini), an init script and FRR. For
     * a host with any package system; `packages` cannot be given. Its NspawnConfig needs `init: "tini"`, which makes what
     * the machine writes to `/` volatile: each start begins with this tree. So what is changed in the tree shows at the
     * next start; give `digest` to `restartTriggers` of the Machine. A shell in it: `nsenter -at "$(machinectl show -p
     * Leader --value NAME)"`, since `machinectl shell` needs systemd; its logs: `journalctl -u systemd-nspawn@NAME`.
     */
    method: z.literal('skeleton'),
    /**
     * The text of `/init.sh`, which tini runs as root. It says `systemd-notify --ready --pid=1` when the machine is up,
     * ends in order at SIGTERM, and what it prints is in the host's journal.
     * @default runs FRR's daemons as /etc/frr/daemons says, and has their logs in the host's journal
     */
    init: z
      .string()
      .refine((text) => /^#!\//.test(text) && !text.includes('\0') && Buffer.byteLength(text) <= 1 << 20, {
        error: 'accepted is the text of a script that begins with "#!/", such as "#!/bin/sh\\n…"',
      })
      .optional(),
  }),
]);

/** What a machine has where `packages` is not given. */
export const defaultPackages = ['dbus', 'libpam-systemd', 'libnss-systemd', 'frr'];

/** A machine's root file system, which uses the host's `/usr`. */
export const hostRootfsSchema = z.strictObject({
  ...commonInputs,
  /** The machine's name. In the SDK, the resource's name by default. */
  machineName: machineNameSchema,
  /**
   * Where the tree is. Elsewhere than the default, a symlink at `/var/lib/machines/NAME` leads there.
   * @default "/var/lib/machines/NAME"
   */
  path: z
    .string()
    .refine(
      (path) =>
        /^\/[^/]+\/[^\p{Cc}]*[^/]$/u.test(path) &&
        posix.normalize(path) === path &&
        !/^\/(proc|sys|dev|run|usr|etc|bin|sbin|lib[^/]*|boot)\//.test(path),
      {
        error:
          'accepted is an absolute, normalised path of two parts or more outside the system\'s folders, such as "/srv/machines/r1"',
      },
    )
    .optional(),
  /** How the tree is made. @default { method: "host" } */
  bootstrap: bootstrapSchema.default({ method: 'host' }),
  /**
   * Packages of the host whose configuration the machine carries; what they depend on comes with them. Each must be
   * installed on the host. More can be added in place; the files of one that is taken off the list stay. Refused with
   * bootstrap.method "skeleton", which carries no package's configuration.
   * @default ["dbus", "libpam-systemd", "libnss-systemd", "frr"]
   */
  packages: z.array(packageName).default(defaultPackages),
  /** Whether the machine runs on the host's `/usr`. False, with `"debootstrap"`, keeps a full system of its own. @default true */
  shareUsr: z.boolean().default(true),
  /** The name that the machine has in `/etc/hostname`. @default its machine name */
  hostname: hostnameSchema.optional(),
  /**
   * Files in the machine, by their absolute path; changed in place while it runs. One that is taken off the list becomes
   * what it was before, or goes, unless somebody has changed it since. Its folder is made where it is missing, and stays.
   */
  files: z.record(filePath, fileSchema).optional(),
  /** Units that start with the machine or do not, as `systemctl enable`, `disable` and `mask` do; effective at its next start. */
  units: z
    .strictObject({
      /** Units of the host's `/usr`, or given in `files`, to start. `frr.service` is among them where `packages` has frr. */
      enable: z.array(unitName).optional(),
      /** Units that are not to start by themselves. */
      disable: z.array(unitName).optional(),
      /** Units that cannot be started at all. */
      mask: z.array(unitName).optional(),
    })
    .optional(),
  /** Take over a rootfs of this name that exists and is not managed; it is kept, and only what differs is changed. @default false */
  adopt: z.boolean().optional(),
});

/** Checked inputs of a rootfs. */
export type HostRootfsInputs = z.output<typeof hostRootfsSchema>;
