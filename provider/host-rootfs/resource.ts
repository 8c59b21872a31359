import { defineResource } from '../resource';
import { digest } from './digest';
import { drift } from './drift';
import { facts } from './facts';
import { contents, identity, outlineOnly } from './request';
import { rules } from './rules';
import { hostRootfsSchema } from './schema';

const writing = ['place', 'packages', 'tree', 'files', 'units', 'facts'].map(
  (part) => `host-rootfs/${part}.sh`,
);
const making = [
  'stock',
  'accounts',
  'pam',
  'host-tree',
  'debootstrap-tree',
  'skeleton-tree',
  'finish',
  'derive-missing',
  'preflight',
].map((part) => `host-rootfs/${part}.sh`);

/** HostRootfs: see schema.ts for what it takes. */
export const hostRootfs = defineResource({
  kind: 'HostRootfs',
  schema: hostRootfsSchema,
  derived: {
    path: {
      from: ['machineName', 'path'],
      value: ({ machineName, path }) => path ?? `/var/lib/machines/${machineName}`,
    },
    digest: {
      from: ['machineName', 'bootstrap', 'packages', 'shareUsr', 'hostname', 'files', 'units'],
      value: digest,
    },
  },
  rules,
  replaceOn: ['machineName', 'path', 'bootstrap', 'shareUsr'],
  // The init script is a file in the tree like others.
  inPlace: [['bootstrap', 'init']],
  deleteBeforeReplace: true,
  id: ({ machineName }) => machineName,

  apply: async ({ inputs, host, progress }) => {
    const installs = inputs.bootstrap.method === 'debootstrap';
    const { values } = await host.run({
      action: 'make the rootfs',
      machine: inputs.machineName,
      script: [...writing, ...making, 'host-rootfs/apply.sh'],
      values: { ...identity(inputs), ...contents(inputs), adopt: inputs.adopt ? '1' : '0' },
      timeoutSeconds: installs ? 1800 : 300,
      onStep: progress,
    });
    return facts(values);
  },

  read: async ({ inputs, host }) => {
    const { values } = await host.run({
      action: 'read the rootfs',
      machine: inputs.machineName,
      script: [...writing, 'host-rootfs/read.sh'],
      values: { ...identity(inputs), ...outlineOnly(inputs) },
    });
    if (values.present !== '1') return undefined;
    return { facts: facts(values), drift: drift(inputs, values) };
  },

  delete: async ({ inputs, host, progress }) => {
    await host.run({
      action: 'remove the rootfs',
      machine: inputs.machineName,
      script: ['host-rootfs/place.sh', 'systemd/unit.sh', 'host-rootfs/delete.sh'],
      values: identity(inputs),
      timeoutSeconds: 300,
      onStep: progress,
    });
  },
});
