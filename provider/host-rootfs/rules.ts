import type { CheckFailure } from '../resource';
import { holdsUnknown, isRecord, isUnknown } from '../unknown';
import type { HostRootfsInputs } from './schema';

/** Checks that span properties. */
export const rules = ({
  machineName,
  bootstrap,
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
  ...(isRecord(bootstrap) && bootstrap.method === 'skeleton'
    ? [
        refused(
          'bootstrap.method',
          'received "skeleton", which is not available yet; accepted is "host" or "debootstrap"',
        ),
      ]
    : []),
  ...(isRecord(bootstrap) && bootstrap.method === 'host' && shareUsr === false
    ? [
        refused(
          'shareUsr',
          'received false with bootstrap.method "host", which has no /usr of its own; accepted is true, or bootstrap.method "debootstrap"',
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
