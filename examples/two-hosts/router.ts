import type * as pulumi from '@pulumi/pulumi';
import { type ConnectionArgs, HostRootfs, Machine, NspawnConfig } from 'pulumi-nspawn';

/** What a router is told. */
export interface RouterArgs {
  connection: ConnectionArgs;
  asn: number;
  /** Its router id, and the prefix that it announces. */
  loopback: string;
  neighbours: { address: string; asn: number }[];
  memoryMax?: string;
}

/** A BGP router: a rootfs with its configuration, the settings of its machine, and the machine. */
export const router = (name: string, args: RouterArgs, options?: pulumi.CustomResourceOptions) => {
  const { connection, memoryMax = '128M' } = args;
  const frr = { mode: '0640', owner: 'frr', group: 'frr' };
  const rootfs = new HostRootfs(
    name,
    {
      connection,
      files: {
        '/etc/frr/daemons': { content: 'bgpd=yes\nvtysh_enable=yes\n', ...frr },
        '/etc/frr/frr.conf': { content: frrConf(name, args), ...frr },
      },
    },
    options,
  );
  const settings = new NspawnConfig(
    name,
    { connection, machineName: rootfs.machineName, service: { memoryMax, cpuQuota: '50%' } },
    options,
  );
  return new Machine(
    name,
    {
      connection,
      machineName: rootfs.machineName,
      restartTriggers: [settings.restartDigest, rootfs.digest],
    },
    options,
  );
};

const frrConf = (name: string, { asn, loopback, neighbours }: RouterArgs) => `frr defaults traditional
hostname ${name}
log syslog informational
service integrated-vtysh-config
ip forwarding
!
interface lo
 ip address ${loopback}/32
exit
!
router bgp ${asn}
 bgp router-id ${loopback}
 no bgp ebgp-requires-policy
 timers bgp 3 9
${neighbours.map((neighbour) => ` neighbor ${neighbour.address} remote-as ${neighbour.asn}\n`).join('')} !
 address-family ipv4 unicast
  network ${loopback}/32
 exit-address-family
exit
!
`;
