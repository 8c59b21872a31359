import { sha256 } from '../digest';
import type { Outcome } from '../host/session';
import { defineResource, type Task } from '../resource';
import { liveSettings } from '../systemd/resource-control';
import { renderDropIn } from './drop-in';
import { driftOf, factsOf, otherSettings } from './observed';
import { type MachineInputs, machineSchema } from './schema';
import { inTurn } from './turn';

const scripts = [
  'host-rootfs/place.sh',
  'host/in-machine.sh',
  'systemd/reload.sh',
  'systemd/unit.sh',
  'frr/quiet.sh',
  ...['life', 'settings', 'drain', 'wait', 'stale'].map((part) => `machine/${part}.sh`),
];

/** Machine: see schema.ts for what it takes. */
export const machine = defineResource({
  kind: 'Machine',
  schema: machineSchema,
  derived: {
    unit: { from: ['machineName'], value: ({ machineName }) => `systemd-nspawn@${machineName}.service` },
    state: { from: ['running'], value: ({ running }) => (running ? 'running' : 'stopped') },
  },
  told: [['failedUnits'], ['staleBinaries'], ['drift']],
  replaceOn: ['machineName'],
  deleteBeforeReplace: true,
  id: ({ machineName }) => machineName,

  apply: async (task) => {
    const { inputs, host } = task;
    const { strategy = 'rolling', batchSize = 1, scope = 'stack' } = inputs.restart ?? {};
    const rolling = strategy === 'rolling';
    const values = await applied(task, { mayRestart: !rolling });
    if (values.restart_due === undefined) return factsOf(values);
    const stack = inputs.owner.split('/').slice(0, 2).join('/');
    const turn = {
      scope: scope === 'stack' ? stack : `${stack} ${host.label}`,
      batchSize,
      name: `${inputs.machineName} on ${host.label}`,
    };
    return factsOf(await inTurn(turn, () => applied(task, { mayRestart: true, slots: batchSize })));
  },

  read: async ({ inputs, host, state }) => {
    const { values } = await host.run({
      action: 'read the machine',
      machine: inputs.machineName,
      script: [...scripts, 'machine/read.sh'],
      values: identity(inputs),
    });
    if (values.present !== '1') return undefined;
    // What it was started with is compared until the next operation, not from one refresh to the next.
    const { settingsDigest = factsOf(values).settingsDigest } = state;
    return {
      facts: { ...factsOf(values), ...(settingsDigest ? { settingsDigest } : {}) },
      drift: driftOf(inputs, state, values),
    };
  },

  delete: async ({ inputs, host, progress }) => {
    const { stopTimeoutSeconds } = inputs;
    await host.run({
      action: 'stop and disable the machine',
      machine: inputs.machineName,
      script: [...scripts, 'machine/delete.sh'],
      values: { ...identity(inputs), stop_seconds: String(stopTimeoutSeconds) },
      timeoutSeconds: 2 * stopTimeoutSeconds + drainSeconds(inputs) + 120,
      onStep: progress,
    });
  },
});

type MachineTask = Task<MachineInputs> & { old: Record<string, unknown> | undefined };

/** One pass over the host. Where a restart is due and may not be yet, `restart_due` says why, and nothing waits. */
const applied = async (
  { inputs, host, progress, old }: MachineTask,
  { mayRestart, slots = 0 }: { mayRestart: boolean; slots?: number },
): Promise<Outcome['values']> => {
  const { waitFor, stopTimeoutSeconds, restartTriggers } = inputs;
  const { timeoutSeconds = 90, units = [], command = [] } = waitFor ?? {};
  const { values } = await host.run({
    action: inputs.running ? 'start the machine' : 'stop the machine',
    machine: inputs.machineName,
    script: [...scripts, 'machine/turns.sh', 'machine/apply.sh'],
    values: {
      ...identity(inputs),
      drop_in: renderDropIn(inputs).trimEnd(),
      adopt: flag(inputs.adopt),
      running: flag(inputs.running),
      enabled: flag(inputs.enabled),
      triggers: digest(restartTriggers),
      old_triggers: old ? digest(old.restartTriggers) : '',
      // What a refresh has shown; no restart may come as a surprise.
      was_started_otherwise: flag([old?.drift].flat().includes(otherSettings)),
      was_stale: flag(old?.staleBinaries !== undefined),
      had_failed: flag(old?.failedUnits !== undefined),
      may_restart: flag(mayRestart),
      restart_slots: String(slots),
      wait_units: units.join(' '),
      wait_seconds: String(timeoutSeconds),
      ...wordsOf(command),
      stop_seconds: String(stopTimeoutSeconds),
    },
    timeoutSeconds:
      2 * stopTimeoutSeconds + drainSeconds(inputs) + timeoutSeconds + 120 + (slots > 0 ? 900 : 0),
    onStep: progress,
  });
  return values;
};

const identity = (inputs: MachineInputs) => ({
  machine: inputs.machineName,
  owner: inputs.owner,
  live_keys: Object.values(liveSettings)
    .map(({ key }) => key)
    .join('|'),
  drain_seconds: inputs.drain ? String(drainSeconds(inputs)) : '',
});

const drainSeconds = ({ drain }: MachineInputs) => (drain ? (drain.timeoutSeconds ?? 10) : 0);

const wordsOf = (command: string[]): Record<string, string> => ({
  wait_words: String(command.length),
  ...Object.fromEntries(command.map((word, index) => [`wait_word_${index}`, word])),
});

const digest = (triggers: unknown) => sha256(JSON.stringify(triggers ?? []));
const flag = (value: boolean | undefined) => (value ? '1' : '0');
