import { isDeepStrictEqual } from 'node:util';
import type { CheckFailure } from '../resource';
import { holdsUnknown, isRecord, isUnknown } from '../unknown';
import { initPath } from './request';
import { defaultPackages, type HostRootfsInputs } from './schema';

/** Checks that span properties. */
export const rules = ({
  machineName,
  bootstrap,
  packages,
  shareUsr,
  files,
  units,
}: HostRootfsInputs): CheckFailure[] => [
  // Trees are built as .NAME.partial-* beside their place.
  ...(machineName.includes('.partial-')
    ? [
        refused(
          'machineName',
          `received ${JSON.stringify(machineName)}; accepted is a name without ".partial-"`,
        ),
      ]
    : []),
  ...(isRecord(bootstrap) && bootstrap.method === 'skeleton' ? withoutPackages(packages, files, units) : []),
  ...(isRecord(bootstrap) &&
  bootstrap.method !== 'debootstrap' &&
  !isUnknown(bootstrap.method) &&
  shareUsr === false
    ? [
        refused(
          'shareUsr',
          `received false with bootstrap.method ${JSON.stringify(bootstrap.method)}, which has no /usr of its own; accepted is true, or bootstrap.method "debootstrap"`,
        ),
      ]
    : []),
  ...(isRecord(files) && '/etc/hostname' in files
    ? [refused('files["/etc/hostname"]', 'the file is made from hostname; give that')]
    : []),
  ...nested(Object.keys(isRecord(files) ? files : {})),
  ...twice(units),
  ...hidden(files, units),
];

const refused = (property: string, reason: string): CheckFailure => ({ property, reason });

const withoutPackages = (
  packages: HostRootfsInputs['packages'],
  files: HostRootfsInputs['files'],
  units: HostRootfsInputs['units'],
): CheckFailure[] => [
  // The default is filled in by now.
  ...(holdsUnknown(packages) || isDeepStrictEqual(packages, defaultPackages)
    ? []
    : [
        refused(
          'packages',
          'cannot be given with bootstrap.method "skeleton", which carries no package\'s configuration; put what is needed in files',
        ),
      ]),
  ...(units === undefined
    ? []
    : [
        refused(
          'units',
          'cannot be given with bootstrap.method "skeleton", in which no systemd runs; its init script starts what is to run',
        ),
      ]),
  ...(isRecord(files) && initPath in files
    ? [refused(`files["${initPath}"]`, 'the file is made from bootstrap.init; give that')]
    : []),
];

const nested = (paths: string[]): CheckFailure[] => {
  const folders = new Set(paths.flatMap(ancestors));
  return paths
    .filter((path) => folders.has(path))
    .map((path) =>
      refused(`files[${JSON.stringify(path)}]`, 'is a file, and another path in files has it as its folder'),
    );
};

const ancestors = (path: string) =>
  path
    .split('/')
    .slice(1, -1)
    .map((_, index) =>
      path
        .split('/')
        .slice(0, index + 2)
        .join('/'),
    );

const twice = (units: HostRootfsInputs['units']): CheckFailure[] => {
  if (!isRecord(units) || holdsUnknown(units)) return [];
  const { enable = [], disable = [], mask = [] } = units as NonNullable<HostRootfsInputs['units']>;
  return enable
    .filter((unit) => !isUnknown(unit) && (disable.includes(unit) || mask.includes(unit)))
    .map((unit) =>
      refused(
        'units.enable',
        `received ${JSON.stringify(unit)}, which is in units.disable or units.mask too`,
      ),
    );
};

// A mask is a link in the place of the file.
const hidden = (files: HostRootfsInputs['files'], units: HostRootfsInputs['units']): CheckFailure[] => {
  if (!isRecord(files) || !isRecord(units) || !Array.isArray(units.mask)) return [];
  return units.mask
    .filter((unit) => `/etc/systemd/system/${unit}` in files)
    .map((unit) =>
      refused('units.mask', `received ${JSON.stringify(unit)}, whose file is in files; leave one out`),
    );
};
