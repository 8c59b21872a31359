import { z } from 'zod';
import { commonInputs } from '../resource';

const packageName = z.string().regex(/^[a-z0-9][a-z0-9+.-]*[a-z0-9+.](:[a-z0-9-]+)?$/, {
  error: 'accepted is the name of a Debian package, such as "frr"',
});

const moduleName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,54}$/, {
  error: 'accepted is the name of a kernel module, such as "vrf"',
});

const sysctlText = 'accepted is one line of text, a whole number, or false to leave it alone';
const sysctlValue = z.union(
  [
    z.string().regex(/^(?! )[\x20-\x7e\t]{1,512}(?<! )$/, { error: sysctlText }),
    z.number().refine(Number.isSafeInteger, { error: sysctlText }),
    z.literal(false),
  ],
  { error: sysctlText },
);

/** What a host must have before machines run on it. There is one for each host. */
export const hostRuntimeSchema = z.strictObject({
  ...commonInputs,
  /**
   * Debian packages that must be installed, without what they recommend; real names, not virtual ones. What is
   * there is not upgraded, and nothing is ever removed: not in favour of these, and not by a destroy. `[]`: none, for hosts
   * that are not Debian.
   * @default `['systemd-container', 'frr', 'frr-pythontools', 'iproute2']`
   */
  packages: z.array(packageName).default(['systemd-container', 'frr', 'frr-pythontools', 'iproute2']),
  /**
   * Whether services of packages that are installed now may start, and start at boot, as they do by themselves. Where they
   * may not, a `/usr/sbin/policy-rc.d` keeps them from it during the installation, unless the host has one of its own, and they
   * are disabled after it: FRR is there for the machines then. Services that were there before are left as they are.
   * @default false
   */
  startServices: z.boolean().default(false),
  /**
   * Kernel modules that must be there, loaded now and at boot (modules-load.d(5)); a machine cannot load its own. Those of
   * veth and vxlan links come by themselves; `vrf`, `mpls_router` or `sch_netem` do not. One that the kernel does not have
   * is refused. A destroy leaves them loaded until the next boot.
   * @default none
   */
  kernelModules: z.array(moduleName).optional(),
  /**
   * Sysctls by name, in force at once and at boot (sysctl.d(5)); `false` leaves one alone. One that the kernel does not have or
   * that is read-only is refused. What is no longer declared is put back to what it was, unless somebody has changed it since.
   * Later files win at boot: on Debian 12, those of `/etc/sysctl.conf`.
   * @default `fs.inotify.max_user_instances` at least 1024: the kernel's 128 is used up by some 20 machines, each of whose
   * systemds takes several; a host that has more keeps it
   */
  sysctls: z.record(z.string(), sysctlValue).optional(),
  /**
   * Whether its deletion first takes away all that its stack has on the host: machines at once, without draining, then links,
   * settings and trees. With `deletedWith: runtime` on these, a destroy leaves all of it to this one. Of a tunnel, the end on
   * this host goes; the other end is its own host's. It must be in the state by then: deploy it before the destroy. @default false
   */
  deleteContents: z.boolean().optional(),
  /** Take over a host that another stack's HostRuntime has; its sysctls and modules give way to these. @default false */
  adopt: z.boolean().optional(),
});

/** Checked inputs of a host's runtime. */
export type HostRuntimeInputs = z.output<typeof hostRuntimeSchema>;
