import { parse } from 'ini';
import { toldNumber } from '../host/number';
import type { Outcome } from '../host/session';

/** What only the host knows of a rootfs. */
export const facts = (values: Outcome['values']): Record<string, unknown> => ({
  osRelease: osRelease(values.os_release ?? ''),
  packageVersions: packageVersions(values.versions ?? ''),
  bytes: toldNumber(values.bytes),
});

/** os-release(5): what the system in the tree calls itself. */
export const osRelease = (text: string): { id: string; versionId: string; prettyName: string } => {
  const { ID = 'linux', VERSION_ID = '', PRETTY_NAME = 'Linux' } = parse(text) as Record<string, string>;
  return { id: String(ID), versionId: String(VERSION_ID), prettyName: String(PRETTY_NAME) };
};

const packageVersions = (text: string): Record<string, string> =>
  Object.fromEntries(
    text
      .split('\n')
      .filter(Boolean)
      .map((line) => line.split(' ') as [string, string])
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
