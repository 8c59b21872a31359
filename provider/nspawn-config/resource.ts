import type { Outcome } from '../host/session';
import { defineResource } from '../resource';
import { serviceOptions } from '../systemd/resource-control';
import { refusedCombinations } from './combinations';
import { settingsOf } from './defaults';
import { driftOf } from './drift';
import { liveDifferences, parseShow, shownProperties } from './live';
import { digestOf, liveEntries, renderFiles, restartDigestOf, sectionsOf } from './render';
import { requirementsOf } from './requirements';
import { type NspawnConfigInputs, nspawnConfigSchema } from './schema';
import { warningsOf } from './warnings';

const configuration = ['machineName', 'owner', 'init', 'exec', 'files', 'network', 'service'] as const;

/** NspawnConfig: see schema.ts for what it takes, defaults.ts for what it adds. */
export const nspawnConfig = defineResource({
  kind: 'NspawnConfig',
  schema: nspawnConfigSchema,
  derived: {
    nspawnPath: {
      from: ['machineName'],
      value: ({ machineName }) => `/etc/systemd/nspawn/${machineName}.nspawn`,
    },
    dropInPath: {
      from: ['machineName'],
      value: ({ machineName }) =>
        `/etc/systemd/system/systemd-nspawn@${machineName}.service.d/50-pulumi-nspawn.conf`,
    },
    digest: { from: [...configuration], value: (inputs) => digestOf(renderFiles(inputs)) },
    restartDigest: {
      from: [...configuration],
      value: (inputs) => restartDigestOf(sectionsOf(settingsOf(inputs))),
    },
  },
  told: [['drift']],
  rules: refusedCombinations,
  replaceOn: ['machineName'],
  deleteBeforeReplace: true,
  id: ({ machineName }) => machineName,

  apply: async ({ inputs, host, progress }) => {
    const files = renderFiles(inputs);
    const { values } = await host.run({
      action: 'configure the machine',
      machine: inputs.machineName,
      script: ['systemd/reload.sh', 'systemd/unit.sh', 'nspawn-config/files.sh', 'nspawn-config/apply.sh'],
      values: {
        ...identity(inputs),
        adopt: inputs.adopt ? '1' : '0',
        // Without the last new line, which the here-document adds.
        nspawn: files.nspawn.trimEnd(),
        nspawn_mode: inputs.exec?.environment ? '600' : '644',
        drop_in: files.dropIn.trimEnd(),
        drop_in_mode: inputs.service?.environment ? '600' : '644',
        live_settings: liveEntries(sectionsOf(settingsOf(inputs)))
          .map(({ key, value }) => `${key}=${value}`)
          .join('\n'),
        required: requirementsOf(settingsOf(inputs))
          .map(({ property, version }) => `${property}\t${version}`)
          .join('\n'),
      },
      onStep: progress,
    });
    return { warnings: [...warnings(inputs, values), ...overridden(inputs, values)] };
  },

  read: async ({ inputs, host }) => {
    const { values } = await host.run({
      action: 'read the configuration of the machine',
      machine: inputs.machineName,
      script: ['nspawn-config/files.sh', 'nspawn-config/read.sh'],
      values: identity(inputs),
    });
    const nspawn = fileText(values, 'nspawn');
    const dropIn = fileText(values, 'drop_in');
    if (nspawn === undefined && dropIn === undefined) return undefined;
    const live = parseShow(values.live ?? '');
    const overrides = (values.overrides ?? '').split('\n').filter(Boolean);
    return {
      facts: { warnings: warnings(inputs, values) },
      drift: driftOf(inputs, { nspawn, dropIn, live, overrides }),
    };
  },

  delete: async ({ inputs, host, progress }) => {
    await host.run({
      action: 'remove the configuration of the machine',
      machine: inputs.machineName,
      script: ['systemd/reload.sh', 'nspawn-config/files.sh', 'nspawn-config/delete.sh'],
      values: { ...identity(inputs), machine_id: settingsOf(inputs).exec.machineID ?? '' },
      onStep: progress,
    });
  },
});

const identity = (inputs: NspawnConfigInputs) => ({
  machine: inputs.machineName,
  owner: inputs.owner,
  live_keys: Object.entries(serviceOptions)
    .filter(([property, { live }]) => live && property in settingsOf(inputs).service)
    .map(([, { key }]) => key)
    .join(' '),
  show_arguments: shownProperties.map((property) => `-p ${property}`).join(' '),
});

// read.sh puts an x after a text, so that its last new line is not lost.
const fileText = (values: Outcome['values'], name: 'nspawn' | 'drop_in') =>
  values[`${name}_present`] === '1' ? (values[name] ?? '').slice(0, -1) : undefined;

const warnings = (inputs: NspawnConfigInputs, values: Outcome['values']) =>
  warningsOf(settingsOf(inputs), { unifiedCgroups: values.unified === '1' });

// What systemd still has otherwise, after it has read our drop-in.
const overridden = (inputs: NspawnConfigInputs, values: Outcome['values']) =>
  Object.entries(liveDifferences(settingsOf(inputs).service, parseShow(values.live ?? ''))).map(
    ([property, value]) => `service.${property}: the host has ${value}, from another drop-in of the unit`,
  );
