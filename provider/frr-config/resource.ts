import { sha256 } from '../digest';
import { frrRules } from '../frr/rules';
import { defineResource } from '../resource';
import { isRecord } from '../unknown';
import { changeConfiguration, identity, parts } from './change';
import { configurationDigest, configurationText, wantedDaemons } from './configuration';
import { drift } from './drift';
import { frrConfigSchema } from './schema';
import { withoutSecrets } from './secrets';

/** FrrConfig: see schema.ts for what it takes. */
export const frrConfig = defineResource({
  kind: 'FrrConfig',
  schema: frrConfigSchema,
  derived: {
    text: {
      from: ['machineName', 'config'],
      value: (inputs) => withoutSecrets(configurationText(inputs)),
    },
    daemons: { from: ['machineName', 'config', 'daemons'], value: wantedDaemons },
    digest: { from: ['machineName', 'config', 'daemons'], value: configurationDigest },
    // As asked for. `read` tells what has become of it, and the next update makes it so again.
    applied: { from: [], value: () => true },
  },
  rules: ({ config }) => (isRecord(config) ? frrRules(config) : []),
  replaceOn: ['machineName'],
  deleteBeforeReplace: true,
  id: ({ machineName }) => machineName,

  apply: async (task) => {
    await changeConfiguration(task);
    return {};
  },

  read: async ({ inputs, host }) => {
    const { values } = await host.run({
      action: 'read the FRR configuration',
      machine: inputs.machineName,
      script: [...parts, 'frr-config/read.sh'],
      values: { machine: inputs.machineName, text_sha: sha256(configurationText(inputs)) },
    });
    if (values.present !== '1') return undefined;
    return { facts: {}, drift: drift(inputs, values) };
  },

  delete: async ({ inputs, host, progress }) => {
    await host.run({
      action: 'give back the FRR configuration of before',
      machine: inputs.machineName,
      script: [...parts, 'frr-config/delete.sh'],
      values: identity(inputs),
      timeoutSeconds: 480,
      onStep: progress,
    });
  },
});
