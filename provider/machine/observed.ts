import type { Outcome } from '../host/session';
import type { Facts, Task } from '../resource';
import { dropInDrift } from './drop-in';
import type { MachineInputs } from './schema';

type Values = Outcome['values'];

/** What only the host knows. */
export const factsOf = (values: Values): Facts => ({
  addresses: lines(values.addresses),
  ...(values.settings ? { settingsDigest: values.settings } : {}),
});

/**
 * Only what is no longer as it was asked for; as `drift`, in words, where there is no property for it.
 * `recorded` is what the last operation saw.
 */
export const driftOf = (
  inputs: Task<MachineInputs>['inputs'],
  recorded: Record<string, unknown>,
  values: Values,
): Record<string, unknown> => {
  const { note, ...policy } = dropInDrift(
    inputs,
    // read.sh puts an x after it, so that its last new line is not lost.
    values.drop_in_present === '1' ? (values.drop_in ?? '').slice(0, -1) : undefined,
  );
  const notes = [...(note ? [note] : []), ...failure(values), ...settingsNote(inputs, recorded, values)];
  const failed = failedUnits(inputs, values);
  const stale = inputs.restart?.staleBinaries === false ? [] : lines(values.stale);
  return {
    ...(values.state === inputs.state ? {} : { state: values.state, running: values.state === 'running' }),
    ...((values.enabled === '1') === inputs.enabled ? {} : { enabled: values.enabled === '1' }),
    ...policy,
    ...(failed.length > 0 ? { failedUnits: failed } : {}),
    ...(stale.length > 0 ? { staleBinaries: stale } : {}),
    ...(notes.length > 0 ? { drift: notes } : {}),
  };
};

const failure = ({ state, result, restarts = '0' }: Values): string[] => {
  if (state !== 'failed') return [];
  const given = restarts === '0' ? '' : `: systemd has started it again ${restarts} times, and given it up`;
  return [`its unit failed (${result})${given}`];
};

/** In `drift`: the machine is to restart. */
export const otherSettings = 'it was started with other settings than those that were declared';

// Somebody edited its files and started it again; the files may have been repaired since.
const settingsNote = (
  { restartTriggers }: MachineInputs,
  { settingsDigest }: Record<string, unknown>,
  { settings }: Values,
): string[] =>
  restartTriggers && settingsDigest && settings && settings !== settingsDigest ? [otherSettings] : [];

// Who waits for some units alone has no interest in the others.
const failedUnits = ({ waitFor }: MachineInputs, values: Values): string[] => {
  const failed = lines(values.failed_units);
  return waitFor?.units ? failed.filter((unit) => waitFor.units?.includes(unit)) : failed;
};

const lines = (text: string | undefined) => (text ?? '').split('\n').filter(Boolean);
