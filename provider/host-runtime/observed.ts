import { sha256 } from '../digest';
import { toldNumber } from '../host/number';
import type { Outcome } from '../host/session';
import { osRelease } from '../host-rootfs/facts';
import type { HostRuntimeInputs } from './schema';
import { sysctlsOf } from './sysctl';

type Values = Outcome['values'];

/** What the host says of itself. */
export const factsOf = (values: Values) => {
  const shared = lines(values.shared);
  const version = (name: string) => shared.find((line) => line.startsWith(`${name} `))?.split(' ')[1];
  const frrVersion = version('frr') ?? values.frr_version;
  return {
    systemdVersion: version('systemd') ?? values.systemd_version ?? '',
    ...(frrVersion ? { frrVersion } : {}),
    osRelease: osRelease(values.os_release ?? ''),
    kernelVersion: values.kernel ?? '',
    memoryBytes: toldNumber(values.memory_kib) * 1024,
    usrDigest: usrDigest(shared.length > 0 ? shared : [values.systemd_version ?? '', frrVersion ?? '']),
  };
};

/** Changes with the version of any of these packages, in whatever order they come. */
const usrDigest = (shared: string[]) => sha256([...shared].sort().join('\n'));

/** What the host no longer has, property by property; as `drift`, in words, where there is no property for it. */
export const driftOf = (inputs: HostRuntimeInputs, values: Values): Record<string, unknown> => {
  const missing = lines(values.missing);
  const absent = lines(values.absent_modules);
  const sysctls = sysctlDrift(inputs, values);
  const notes = lines(values.altered_files).map((path) => `${path} is not as it was written`);
  return {
    ...(missing.length > 0 ? { packages: inputs.packages.filter((name) => !missing.includes(name)) } : {}),
    ...(absent.length > 0
      ? { kernelModules: (inputs.kernelModules ?? []).filter((name) => !absent.includes(name)) }
      : {}),
    ...(Object.keys(sysctls).length > 0 ? { sysctls: { ...inputs.sysctls, ...sysctls } } : {}),
    ...(notes.length > 0 ? { drift: notes } : {}),
  };
};

const sysctlDrift = (inputs: HostRuntimeInputs, values: Values): Record<string, string | number> => {
  const there = new Map(lines(values.sysctls_now).map((line) => line.split('\t', 2) as [string, string]));
  const different = sysctlsOf(inputs).filter(({ path, value, least }) => {
    const now = there.get(path) ?? '';
    return least ? Number(now) < Number(value) : now !== value;
  });
  return Object.fromEntries(
    different.map(({ name, path, least }) => {
      const now = there.get(path) ?? '';
      const asNumber = least || typeof inputs.sysctls?.[name] === 'number';
      return [name, asNumber && /^-?\d+$/.test(now) ? Number(now) : now];
    }),
  );
};

const lines = (text: string | undefined) => (text ?? '').split('\n').filter(Boolean);
