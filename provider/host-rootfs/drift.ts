import { sha256 } from '../digest';
import type { Outcome } from '../host/session';
import { initPath, type Wanted, wantedFiles } from './request';
import type { HostRootfsInputs } from './schema';

type Files = NonNullable<HostRootfsInputs['files']>;
type Units = NonNullable<HostRootfsInputs['units']>;

/** The inputs that the tree no longer agrees with, as they are there. */
export const drift = (inputs: Wanted, values: Outcome['values']): Record<string, unknown> => ({
  ...hostnameDrift(inputs, values),
  ...filesDrift(inputs, values),
  ...initDrift(inputs, values),
  ...unitsDrift(inputs, values),
});

const hostnameDrift = ({ hostname, machineName }: Wanted, values: Outcome['values']) => {
  const seen = (values.hostname ?? '').trim();
  return seen === (hostname ?? machineName) ? {} : { hostname: seen };
};

const filesDrift = (inputs: Wanted, values: Outcome['values']) => {
  const given = inputs.files ?? {};
  const seen: Files = {};
  let differs = false;
  for (const [index, wanted] of wantedFiles(inputs).entries()) {
    const before = given[wanted.path];
    // What nobody gave is the init script.
    if (!before) continue;
    const after = seenFile(before, wanted, values[`file_${index}`] ?? 'missing', values[`content_${index}`]);
    if (after !== before) differs = true;
    if (after) seen[wanted.path] = after;
  }
  return differs ? { files: seen } : {};
};

const initDrift = (inputs: Wanted, values: Outcome['values']) => {
  const { bootstrap } = inputs;
  const index = wantedFiles(inputs).findIndex(({ path }) => path === initPath);
  const wanted = wantedFiles(inputs)[index];
  if (bootstrap.method !== 'skeleton' || !wanted) return {};
  const before = { content: wanted.content };
  const after = seenFile(before, wanted, values[`file_${index}`] ?? 'missing', values[`content_${index}`]);
  if (after === before) return {};
  const { content = '', mode = wanted.mode, owner = 'root', group = 'root' } = after ?? {};
  const seen = content === wanted.content ? `(of mode ${mode}, owner ${owner}:${group})` : content;
  return { bootstrap: { ...bootstrap, init: seen } };
};

// Undefined: it is not there. The same object: it is as it was given.
const seenFile = (
  given: Files[string],
  wanted: ReturnType<typeof wantedFiles>[number],
  look: string,
  content: string | undefined,
): Files[string] | undefined => {
  const [mode = '', owner = '', group = '', sha = ''] = look.split('\t');
  if (mode === 'missing') return undefined;
  if (mode === 'other') return { ...given, content: `(a ${owner})` };
  const changed = {
    ...(mode === wanted.mode ? {} : { mode: mode.padStart(4, '0') }),
    ...(owner === wanted.owner ? {} : { owner: account(owner) }),
    ...(group === wanted.group ? {} : { group: account(group) }),
    ...(sha === sha256(wanted.content) ? {} : { content: text(content, sha) }),
  };
  return Object.keys(changed).length === 0 ? given : { ...given, ...changed };
};

// A number, where the machine has no name for it.
const account = (seen: string) => (/^\d+$/.test(seen) ? Number(seen) : seen);

// A binary or large file is told by its digest.
const text = (content: string | undefined, sha: string): string => {
  const shown = content?.replace(/x$/, '');
  return shown === undefined || /[\0\uFFFD]/.test(shown) ? `sha256:${sha}` : shown;
};

const unitsDrift = ({ units = {}, packages }: Wanted, values: Outcome['values']) => {
  const states = new Map(
    (values.units ?? '')
      .split('\n')
      .filter(Boolean)
      .map((line) => line.split(' ') as [string, string]),
  );
  const { enable = [], disable = [], mask = [] } = units;
  const seen: Units = {
    enable: enable.filter((unit) => states.get(unit) === 'enabled'),
    disable: disable.filter((unit) => states.get(unit) !== 'enabled'),
    mask: mask.filter((unit) => states.get(unit) === 'masked'),
  };
  // frr.service starts where nobody says otherwise; that it no longer does reads as if somebody had.
  const silent = packages.includes('frr') && ![...enable, ...disable, ...mask].includes('frr.service');
  const frr = states.get('frr.service');
  if (silent && frr === 'disabled') seen.disable?.push('frr.service');
  if (silent && frr === 'masked') seen.mask?.push('frr.service');
  const same = (['enable', 'disable', 'mask'] as const).every(
    (list) => (seen[list] ?? []).join() === (units[list] ?? []).join(),
  );
  if (same) return {};
  const told = Object.entries(seen).filter(([list, names]) => names.length > 0 || list in units);
  return { units: Object.fromEntries(told) };
};
