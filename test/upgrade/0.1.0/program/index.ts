import * as pulumi from '@pulumi/pulumi';
import {
  type ConnectionArgs,
  FrrConfig,
  HostRootfs,
  HostRuntime,
  Link,
  Machine,
  NspawnConfig,
  Router,
  RoutingCheck,
  Topology,
  TunnelPeering,
  VethPeering,
} from 'pulumi-nspawn';

/** A host from the config: how to reach it, and its address on the network between the hosts. */
interface Place {
  connection: ConnectionArgs;
  underlay: string;
}

const config = new pulumi.Config();
const places = config.requireObject<Record<'h1' | 'h2', Place>>('hosts');
const privateKey = config.requireSecret('privateKey');
const password = config.requireSecret('password');
const place = ({ connection, underlay }: Place) => ({ connection: { ...connection, privateKey }, underlay });
const [h1, h2] = [place(places.h1), place(places.h2)];

// Each kind by itself, with what it takes: nested secrets, lists, maps, numbers, switches.
const runtime = new HostRuntime('runtime', {
  connection: h1.connection,
  sysctls: { 'net.ipv4.ip_default_ttl': 63 },
});
const rootfs = new HostRootfs(
  'kept-1',
  {
    connection: h1.connection,
    hostname: 'kept',
    files: {
      '/etc/motd': { content: 'kept\n' },
      '/etc/secret': { content: password, mode: '0600', owner: 'root', group: 0 },
    },
    units: { mask: ['cron.service'] },
  },
  { dependsOn: runtime },
);
const settings = new NspawnConfig('kept-1', {
  connection: h1.connection,
  machineName: rootfs.machineName,
  exec: { environment: { SECRET: password }, capability: ['CAP_NET_ADMIN', 'CAP_NET_RAW', 'CAP_SYS_TIME'] },
  service: { memoryMax: '128M', cpuQuota: '50%', tasksMax: 300, extra: { UMask: '0027' } },
});
const text = new FrrConfig('kept-1', {
  connection: h1.connection,
  machineName: rootfs.machineName,
  config: pulumi.interpolate`router bgp 65001
 bgp router-id 10.94.255.1
 neighbor 10.94.9.1 remote-as 65009
 neighbor 10.94.9.1 password ${password}
exit
`,
});
const machine = new Machine(
  'kept-1',
  {
    connection: h1.connection,
    machineName: rootfs.machineName,
    restartTriggers: [settings.restartDigest],
    waitFor: { units: ['frr.service'], timeoutSeconds: 120 },
    drain: {},
    restart: { batchSize: 2, scope: 'host' },
    restartPolicy: { restart: 'on-failure', restartSeconds: 2 },
  },
  { dependsOn: text },
);
new VethPeering('kept-1-host', {
  connection: h1.connection,
  a: { interface: 'to-kept-1', addresses: ['10.94.1.0/31'] },
  b: {
    machineName: machine.machineName,
    interface: 'eth1',
    addresses: ['10.94.1.1/31', 'fd00:94::1/64'],
    metric: 20,
  },
  mtu: 1400,
});
const tunnel = new TunnelPeering('kept-1-h2', {
  kind: 'wireguard',
  a: { ...h1, machineName: machine.machineName, interface: 'wg1', addresses: ['10.94.2.0/31'] },
  b: { ...h2, interface: 'wg1', addresses: ['10.94.2.1/31'] },
});

// Components, and what they are made of: a typed configuration, a machine without systemd, a VXLAN, a check.
const small = new Router('kept-2', {
  connection: h2.connection,
  config: {
    interfaces: { eth1: { ospf: { area: 0, authentication: { type: 'message-digest', password: 'kept' } } } },
    ospf: { routerId: '10.94.255.2' },
  },
  rootfs: { bootstrap: { method: 'skeleton' } },
});
new Link('kept-1-2', {
  a: { machineName: machine.machineName, ...h1, interface: 'to-kept-2', addresses: ['10.94.3.0/31'] },
  b: { router: small, underlay: h2.underlay, interface: 'eth1', addresses: ['10.94.3.1/31'] },
});
const pair = new Topology('pair', {
  hosts: { h1, h2 },
  routers: { 'kept-a': { host: 'h1' }, 'kept-b': { host: 'h2' } },
  links: [['kept-a', 'kept-b']],
  policy: { password },
});
new RoutingCheck(
  'kept',
  {
    connection: h1.connection,
    routers: [
      { machineName: 'kept-a', bgp: { count: 1 } },
      { connection: h2.connection, machineName: 'kept-b', bgp: {} },
    ],
    timeoutSeconds: 120,
  },
  { dependsOn: pair },
);

export const keys = tunnel.publicKeys;
export const routers = Object.keys(pair.routers);
