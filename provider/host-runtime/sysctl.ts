import type { HostRuntimeInputs } from './schema';

/** One sysctl that is to have a value, or at least a value. */
export interface Sysctl {
  name: string;
  /** Under /proc/sys. */
  path: string;
  value: string;
  least: boolean;
}

const least = { 'fs.inotify.max_user_instances': 1024 };

/** All that are to be set: those given, and the defaults which these do not name. */
export const sysctlsOf = ({ sysctls = {} }: Pick<HostRuntimeInputs, 'sysctls'>): Sysctl[] => {
  const given = Object.entries(sysctls).map(([name, value]) => ({ name, value, least: false }));
  const named = new Set(given.map(({ name }) => sysctlPath(name)));
  const defaults = Object.entries(least)
    .filter(([name]) => !named.has(sysctlPath(name)))
    .map(([name, value]) => ({ name, value, least: true }));
  return [...given, ...defaults]
    .filter(({ value }) => value !== false)
    .map((each) => ({ ...each, path: sysctlPath(each.name), value: oneBlank(String(each.value)) }));
};

/**
 * Where a sysctl is under /proc/sys. The separator that comes first separates, the other one is part of a name:
 * `net.ipv4.conf.eth0/100.forwarding` is `net/ipv4/conf/eth0.100/forwarding` (sysctl.d(5)).
 */
export const sysctlPath = (name: string): string => {
  const first = /[./]/.exec(name)?.[0];
  return first === '/' ? name : name.replace(/[./]/g, (separator) => (separator === '.' ? '/' : '.'));
};

// The kernel separates the fields of a value by tabs, people by blanks.
const oneBlank = (value: string) => value.trim().split(/\s+/).join(' ');
