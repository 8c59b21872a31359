import * as pulumi from '@pulumi/pulumi';
import { HostRootfs, HostRuntime, Machine, NspawnConfig } from 'pulumi-nspawn';

const config = new pulumi.Config();
const connection = config.requireSecretObject<{ host: string }>('connection');

const runtime = new HostRuntime('runtime', { connection, ...config.requireObject<object>('runtime') });
const rootfs = new HostRootfs('rt-machine', { connection }, { dependsOn: runtime });
const settings = new NspawnConfig('rt-machine', { connection, machineName: rootfs.machineName });
new Machine('rt-machine', {
  connection,
  machineName: rootfs.machineName,
  restartTriggers: [settings.restartDigest, runtime.usrDigest],
});
