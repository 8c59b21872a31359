import * as pulumi from '@pulumi/pulumi';
import { type ConnectionArgs, HostRootfs, Machine, type MachineArgs, NspawnConfig } from 'pulumi-nspawn';

const config = new pulumi.Config();
const hosts = config.requireSecretObject<ConnectionArgs[]>('hosts');
const settings = config.requireObject<{ generation: string; machine: Partial<MachineArgs> }>('settings');

for (const [index, name] of ['ro-a', 'ro-b', 'ro-c'].entries()) {
  const connection = hosts.apply((all) => all[index % 2] as ConnectionArgs);
  const rootfs = new HostRootfs(name, { connection });
  const nspawn = new NspawnConfig(name, { connection, machineName: rootfs.machineName });
  new Machine(name, {
    connection,
    machineName: rootfs.machineName,
    restartTriggers: [nspawn.restartDigest, settings.generation],
    ...settings.machine,
  });
}
