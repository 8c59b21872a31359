import type { CheckFailure } from '../resource';
import { isRecord } from '../unknown';
import type { HostRuntimeInputs } from './schema';
import { sysctlPath } from './sysctl';

/** The names of sysctls: sysctl.d(5) reads both separators; `..` and empty parts would lead out of /proc/sys. */
export const refusedSysctls = ({ sysctls }: HostRuntimeInputs): CheckFailure[] => {
  const names = isRecord(sysctls) ? Object.keys(sysctls) : [];
  const twice = (name: string, index: number) =>
    names.findIndex((other) => sysctlPath(other) === sysctlPath(name)) < index;
  return names.flatMap((name, index) => {
    if (!sysctlName.test(name)) {
      const reason = `received ${JSON.stringify(name)}; accepted is the name of a sysctl, such as "net.ipv4.ip_forward"`;
      return [{ property: 'sysctls', reason }];
    }
    if (twice(name, index))
      return [{ property: 'sysctls', reason: `received ${name} twice, in two ways of writing it` }];
    return [];
  });
};

const sysctlName = /^[A-Za-z0-9_][A-Za-z0-9_-]*([./][A-Za-z0-9_][A-Za-z0-9_-]*)+$/;
