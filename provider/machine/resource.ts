import { createHash } from 'node:crypto';
import type { Outcome } from '../host/session';
import { defineResource, type Task } from '../resource';
import { type MachineInputs, machineSchema } from './schema';

/** Machine: see schema.ts for what it takes. */
export const machine = defineResource({
  kind: 'Machine',
  schema: machineSchema,
  derived: {
    unit: { from: ['machineName'], value: ({ machineName }) => `systemd-nspawn@${machineName}.service` },
    state: { from: ['running'], value: ({ running }) => (running ? 'running' : 'stopped') },
  },
  replaceOn: ['machineName'],
  deleteBeforeReplace: true,
  id: ({ machineName }) => machineName,

  apply: async ({ inputs, host, progress, old }) => {
    const { waitFor, stopTimeoutSeconds } = inputs;
    const { timeoutSeconds = 90 } = waitFor ?? {};
    const { values } = await host.run({
      action: inputs.running ? 'start the machine' : 'stop the machine',
      machine: inputs.machineName,
      script: ['machine/life.sh', 'machine/apply.sh'],
      values: {
        ...identity(inputs),
        adopt: flag(inputs.adopt),
        running: flag(inputs.running),
        enabled: flag(inputs.enabled),
        triggers: digest(inputs.restartTriggers),
        old_triggers: old ? digest(old.restartTriggers) : '',
        wait_units: (waitFor?.units ?? []).join(' '),
        wait_seconds: String(timeoutSeconds),
        stop_seconds: String(stopTimeoutSeconds),
      },
      timeoutSeconds: 2 * stopTimeoutSeconds + timeoutSeconds + 120,
      onStep: progress,
    });
    return facts(values);
  },

  read: async ({ inputs, host }) => {
    const { values } = await host.run({
      action: 'read the machine',
      machine: inputs.machineName,
      script: ['machine/life.sh', 'machine/read.sh'],
      values: identity(inputs),
    });
    if (values.present !== '1') return undefined;
    return { facts: facts(values), drift: drift(inputs, values) };
  },

  delete: async ({ inputs, host, progress }) => {
    const { stopTimeoutSeconds } = inputs;
    await host.run({
      action: 'stop and disable the machine',
      machine: inputs.machineName,
      script: ['machine/life.sh', 'machine/delete.sh'],
      values: { ...identity(inputs), stop_seconds: String(stopTimeoutSeconds) },
      timeoutSeconds: 2 * stopTimeoutSeconds + 120,
      onStep: progress,
    });
  },
});

const identity = ({ machineName, owner }: MachineInputs) => ({ machine: machineName, owner });

const facts = (values: Outcome['values']) => ({
  addresses: (values.addresses ?? '').split('\n').filter(Boolean),
});

// Only what is no longer as it was asked for.
const drift = (
  inputs: Task<MachineInputs>['inputs'],
  values: Outcome['values'],
): Record<string, unknown> => ({
  ...(values.state === inputs.state ? {} : { state: values.state, running: values.state === 'running' }),
  ...((values.enabled === '1') === inputs.enabled ? {} : { enabled: values.enabled === '1' }),
});

const digest = (triggers: unknown) =>
  createHash('sha256')
    .update(JSON.stringify(triggers ?? []))
    .digest('hex');
const flag = (value: boolean | undefined) => (value ? '1' : '0');
