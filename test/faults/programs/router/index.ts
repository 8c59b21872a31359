import * as pulumi from '@pulumi/pulumi';
import { type ConnectionArgs, Router, VethPeering } from 'pulumi-nspawn';

const config = new pulumi.Config();
const connection = config.requireSecretObject<ConnectionArgs>('connection');
const name = config.require('name');
const change = config.require('change');
const bgpPassword = config.requireSecret('bgpPassword');
const content = config.requireSecret('fileSecret');
const variable = config.requireSecret('variableSecret');

const router = new Router(name, {
  connection,
  config: {
    bgp: {
      asn: 65001,
      routerId: '10.92.0.1',
      neighbors: { '10.92.0.0': { remoteAs: 65000, password: bgpPassword, description: change } },
    },
  },
  rootfs: { files: { '/etc/secret': { content, mode: '0600' }, '/etc/motd': { content: `${change}\n` } } },
  nspawn: {
    exec: { environment: { SECRET: variable } },
    service: { tasksMax: change === 'first' ? 400 : 500 },
  },
});
new VethPeering(
  name,
  {
    connection,
    a: { interface: `to-${name}`, addresses: ['10.92.0.0/31'] },
    b: { machineName: router.machineName, interface: 'eth1', addresses: ['10.92.0.1/31'] },
    mtu: change === 'first' ? 1500 : 1400,
  },
  { dependsOn: router },
);
