import * as pulumi from '@pulumi/pulumi';
import { type ConnectionArgs, HostRootfs, Machine, NspawnConfig, VethPeering } from 'pulumi-nspawn';

/** What the tests change between two deployments. */
interface Settings {
  memoryMax: string;
  motd: string;
  /** The second address of a's end of the link. */
  secondAddress: string;
  /** An option that needs a restart. */
  environment?: Record<string, string>;
  /** The name of machine b. */
  nameOfB: string;
  /** How the rootfs is made. */
  method: 'host' | 'debootstrap';
}

const config = new pulumi.Config();
const hosts = config.requireObject<{ name: string; connection: ConnectionArgs }[]>('hosts');
const settings = config.requireObject<Settings>('settings');
const privateKey = config.requireSecret('privateKey');
const secret = config.requireSecret('secret');

const frrConf = (
  name: string,
  asn: number,
  loopback: string,
  neighbours: [string, number][],
) => `frr defaults traditional
hostname ${name}
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
 timers bgp 1 3
 timers connect 1
${neighbours.map(([address, remote]) => ` neighbor ${address} remote-as ${remote}\n neighbor ${address} timers connect 1\n`).join('')} !
 address-family ipv4 unicast
  network ${loopback}/32
 exit-address-family
exit
!
`;

for (const host of hosts) {
  const connection = { ...host.connection, privateKey };
  const machine = (machineName: string, conf: string, restless: boolean) => {
    const frr = { mode: '0640', owner: 'frr', group: 'frr' };
    const name = `${host.name}-${restless ? 'a' : 'b'}`;
    const rootfs = new HostRootfs(name, {
      connection,
      machineName,
      bootstrap: settings.method === 'host' ? { method: 'host' } : { method: 'debootstrap' },
      files: {
        '/etc/motd': { content: settings.motd },
        '/etc/secret': { content: secret, mode: '0600' },
        '/etc/frr/daemons': { content: 'bgpd=yes\nvtysh_enable=yes\n', ...frr },
        '/etc/frr/frr.conf': { content: conf, ...frr },
      },
    });
    const nspawn = new NspawnConfig(name, {
      connection,
      machineName: rootfs.machineName,
      ...(restless && settings.environment ? { exec: { environment: settings.environment } } : {}),
      service: { memoryMax: settings.memoryMax },
    });
    return new Machine(name, {
      connection,
      machineName: rootfs.machineName,
      restartTriggers: [nspawn.restartDigest],
    });
  };
  const a = machine('life-a', frrConf('life-a', 65001, '10.255.1.1', [['10.1.0.1', 65002]]), true);
  const b = machine(
    settings.nameOfB,
    frrConf(settings.nameOfB, 65002, '10.255.1.2', [['10.1.0.0', 65001]]),
    false,
  );
  new VethPeering(
    `${host.name}-a-b`,
    {
      connection,
      a: {
        machineName: a.machineName,
        interface: 'to-b',
        addresses: ['10.1.0.0/31', settings.secondAddress],
      },
      b: { machineName: b.machineName, interface: 'to-a', addresses: ['10.1.0.1/31', 'fd00:1::2/64'] },
      mtu: 1400,
    },
    { dependsOn: [a, b] },
  );
  new VethPeering(
    `${host.name}-host-a`,
    {
      connection,
      a: { interface: 'to-life-a', addresses: ['10.1.1.0/31'] },
      b: { machineName: a.machineName, interface: 'to-host', addresses: ['10.1.1.1/31'] },
    },
    { dependsOn: a },
  );
}
