import * as pulumi from '@pulumi/pulumi';
import { FrrConfig, HostRootfs, HostRuntime, Machine, NspawnConfig, VethPeering } from 'pulumi-nspawn';

const config = new pulumi.Config();
const connection = config.requireSecretObject<{ host: string }>('connection');

const runtime = new HostRuntime('runtime', { connection, deleteContents: true });
const withHost = { dependsOn: runtime, deletedWith: runtime };

const machines = ['wh-a', 'wh-b', 'wh-elsewhere'].map((name) => {
  const elsewhere = name === 'wh-elsewhere' ? { path: `/srv/wh/${name}` } : {};
  const rootfs = new HostRootfs(name, { connection, ...elsewhere }, withHost);
  const settings = new NspawnConfig(name, { connection, machineName: rootfs.machineName }, withHost);
  return new Machine(
    name,
    { connection, machineName: rootfs.machineName, restartTriggers: [settings.restartDigest] },
    withHost,
  );
});
const [a, b] = machines as [Machine, Machine];
new FrrConfig('wh-a', { connection, machineName: a.machineName, config: 'hostname wh-a\n' }, withHost);
new VethPeering(
  'wh-a-b',
  {
    connection,
    a: { machineName: a.machineName, interface: 'to-b', addresses: ['10.8.0.0/31'] },
    b: { machineName: b.machineName, interface: 'to-a', addresses: ['10.8.0.1/31'] },
  },
  { ...withHost, dependsOn: machines },
);
new VethPeering(
  'wh-host-a',
  {
    connection,
    a: { interface: 'to-wh-a', addresses: ['10.8.1.0/31'] },
    b: { machineName: a.machineName, interface: 'to-host', addresses: ['10.8.1.1/31'] },
  },
  { ...withHost, dependsOn: a },
);
