import * as pulumi from '@pulumi/pulumi';
import { type ConnectionArgs, HostRootfs, Machine, NspawnConfig, VethPeering } from 'pulumi-nspawn';

// Without `connection` in the stack's config, the host is the machine that runs Pulumi.
const config = new pulumi.Config();
const connection = config.getObject<ConnectionArgs>('connection');
const asn = config.getNumber('asn') ?? 65001;
const hostAsn = config.getNumber('hostAsn') ?? 65000;
const password = config.requireSecret('bgpPassword');

const rootfs = new HostRootfs('r1', {
  connection,
  files: {
    '/etc/frr/daemons': { content: 'bgpd=yes\nvtysh_enable=yes\n', mode: '0640', owner: 'frr', group: 'frr' },
    '/etc/frr/frr.conf': {
      mode: '0640',
      owner: 'frr',
      group: 'frr',
      content: pulumi.interpolate`frr defaults traditional
hostname r1
log syslog informational
service integrated-vtysh-config
ip forwarding
!
interface lo
 ip address 10.255.0.1/32
exit
!
router bgp ${asn}
 bgp router-id 10.255.0.1
 no bgp ebgp-requires-policy
 neighbor 10.0.0.0 remote-as ${hostAsn}
 neighbor 10.0.0.0 password ${password}
 !
 address-family ipv4 unicast
  network 10.255.0.1/32
 exit-address-family
exit
!
`,
    },
  },
});

const settings = new NspawnConfig('r1', {
  connection,
  machineName: rootfs.machineName,
  service: { memoryMax: '128M', cpuQuota: '50%' },
});

const machine = new Machine('r1', {
  connection,
  machineName: rootfs.machineName,
  restartTriggers: [settings.restartDigest],
});

const link = new VethPeering(
  'r1',
  {
    connection,
    a: { interface: 'to-r1', addresses: ['10.0.0.0/31'] }, // the host's end
    b: { machineName: rootfs.machineName, interface: 'eth1', addresses: ['10.0.0.1/31'] },
  },
  { dependsOn: machine },
);

export const unit = machine.unit;
export const hostEnd = link.a;
export const size = rootfs.bytes;
