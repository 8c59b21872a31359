import { defineResource } from '../resource';
import { deleteContents } from './contents';
import { driftOf, factsOf } from './observed';
import { refusedSysctls } from './rules';
import { type HostRuntimeInputs, hostRuntimeSchema } from './schema';
import { sysctlsOf } from './sysctl';

const parts = ['host-runtime/packages.sh', 'host-runtime/kernel.sh'];

/** HostRuntime: see schema.ts for what it takes. */
export const hostRuntime = defineResource({
  kind: 'HostRuntime',
  schema: hostRuntimeSchema,
  derived: {},
  told: [['drift']],
  rules: refusedSysctls,
  replaceOn: [],
  deleteBeforeReplace: true,
  id: () => 'runtime',

  apply: async ({ inputs, host, progress }) => {
    const { values } = await host.run({
      action: 'prepare the host',
      script: [...parts, 'host-runtime/install.sh', 'host-runtime/apply.sh'],
      values: {
        ...wanted(inputs),
        adopt: inputs.adopt ? '1' : '0',
        start_services: inputs.startServices ? '1' : '0',
        lock_seconds: '300',
      },
      timeoutSeconds: 1800,
      onStep: progress,
    });
    return factsOf(values);
  },

  read: async ({ inputs, host }) => {
    const { values } = await host.run({
      action: 'read what the host has',
      script: [...parts, 'host-runtime/read.sh'],
      values: wanted(inputs),
    });
    if (values.present !== '1') return undefined;
    return { facts: factsOf(values), drift: driftOf(inputs, values) };
  },

  delete: async ({ inputs, host, progress }) => {
    if (inputs.deleteContents) await deleteContents(host, inputs.owner, progress);
    await host.run({
      action: 'put the host back',
      script: [...parts, 'host-runtime/install.sh', 'host-runtime/delete.sh'],
      values: { ...wanted(inputs), start_services: '1' },
      onStep: progress,
    });
  },
});

const wanted = (inputs: HostRuntimeInputs) => ({
  owner: inputs.owner,
  packages: inputs.packages.join(' '),
  modules: (inputs.kernelModules ?? []).join(' '),
  sysctls: sysctlsOf(inputs)
    .map(({ least, path, name, value }) => `${least ? 'least' : 'exact'}\t${path}\t${name}\t${value}`)
    .join('\n'),
});
