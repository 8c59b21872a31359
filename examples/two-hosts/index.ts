import * as pulumi from '@pulumi/pulumi';
import { type ConnectionArgs, TunnelPeering, VethPeering } from 'pulumi-nspawn';
import { router } from './router';

/** A host from the stack's config: how to reach it, and its address on the network between the hosts. */
interface Host {
  connection: ConnectionArgs;
  underlay: string;
}

// r1 ── veth ── r2 ── vxlan ── r3 ── veth ── r4
// └── first host ──┘           └─ second host ─┘
const config = new pulumi.Config();
const [west, east] = config.requireObject<[Host, Host]>('hosts');
const memoryMax = config.get('memoryMax');
const place = (host: Host) => ({
  ...host.connection,
  privateKey: config.getSecret('privateKey'),
});
const [left, right] = [place(west), place(east)];

const common = memoryMax === undefined ? {} : { memoryMax };
const r1 = router('r1', {
  ...common,
  connection: left,
  asn: 65001,
  loopback: '10.255.0.1',
  neighbours: [{ address: '10.0.12.1', asn: 65002 }],
});
const r2 = router('r2', {
  ...common,
  connection: left,
  asn: 65002,
  loopback: '10.255.0.2',
  neighbours: [
    { address: '10.0.12.0', asn: 65001 },
    { address: '10.0.23.1', asn: 65003 },
  ],
});
const r3 = router('r3', {
  ...common,
  connection: right,
  asn: 65003,
  loopback: '10.255.0.3',
  neighbours: [
    { address: '10.0.23.0', asn: 65002 },
    { address: '10.0.34.1', asn: 65004 },
  ],
});
const r4 = router('r4', {
  ...common,
  connection: right,
  asn: 65004,
  loopback: '10.255.0.4',
  neighbours: [{ address: '10.0.34.0', asn: 65003 }],
});

new VethPeering(
  'r1-r2',
  {
    connection: left,
    a: { machineName: r1.machineName, interface: 'eth-r2', addresses: ['10.0.12.0/31'] },
    b: { machineName: r2.machineName, interface: 'eth-r1', addresses: ['10.0.12.1/31'] },
  },
  { dependsOn: [r1, r2] },
);
new VethPeering(
  'r3-r4',
  {
    connection: right,
    a: { machineName: r3.machineName, interface: 'eth-r4', addresses: ['10.0.34.0/31'] },
    b: { machineName: r4.machineName, interface: 'eth-r3', addresses: ['10.0.34.1/31'] },
  },
  { dependsOn: [r3, r4] },
);
new TunnelPeering(
  'r2-r3',
  {
    a: {
      connection: left,
      machineName: r2.machineName,
      interface: 'vx-r3',
      addresses: ['10.0.23.0/31'],
      underlay: west.underlay,
    },
    b: {
      connection: right,
      machineName: r3.machineName,
      interface: 'vx-r2',
      addresses: ['10.0.23.1/31'],
      underlay: east.underlay,
    },
  },
  { dependsOn: [r2, r3] },
);

export const routers = [r1, r2, r3, r4].map((machine) => machine.machineName);
