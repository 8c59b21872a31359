import * as pulumi from '@pulumi/pulumi';
import { type ConnectionArgs, Router, RoutingCheck, TunnelPeering, VethPeering } from 'pulumi-nspawn';

/** What the tests change between two deployments; see test/faults/secrets.ts. */
interface Secrets {
  neighbour: string;
  ospf: string;
  ospf6: string;
  file: string;
  variable: string;
  serviceVariable: string;
}

const config = new pulumi.Config();
const change = config.get('change');
const secrets = config.requireSecretObject<Secrets>('secrets');
// One connection is a secret as a whole; of the other, the SDK seals what is one.
const one = config.requireSecretObject<ConnectionArgs>('one');
const other: ConnectionArgs = {
  ...config.requireObject<ConnectionArgs>('other'),
  privateKey: config.requireSecret('privateKey'),
  privateKeyPassword: config.requireSecret('passphrase'),
};

const typed = new Router('sec-1', {
  connection: one,
  config: {
    interfaces: {
      eth1: {
        ospf: {
          area: 0,
          network: 'point-to-point',
          authentication: { type: 'message-digest', password: secrets.ospf },
        },
        ospf6: { area: 0, network: 'point-to-point', authentication: { password: secrets.ospf6 } },
      },
    },
    ospf: { routerId: '10.93.255.1' },
    ospf6: { routerId: '10.93.255.1' },
    bgp: {
      asn: 65001,
      routerId: '10.93.255.1',
      neighbors: {
        '10.93.0.1': { remoteAs: 65002, password: secrets.neighbour, timers: { connect: 1 } },
      },
    },
  },
  rootfs: {
    files: {
      '/etc/secret': { content: secrets.file, mode: '0600' },
      ...(change === 'no-such-folder' ? { '/etc/passwd/secret': { content: secrets.file } } : {}),
    },
  },
  nspawn: {
    exec: { environment: { VARIABLE: secrets.variable } },
    service: { environment: { SERVICE_VARIABLE: secrets.serviceVariable } },
  },
});

const text = secrets.apply(
  ({ neighbour, ospf }) => `interface eth1
 ip ospf area 0
 ip ospf network point-to-point
 ip ospf authentication message-digest
 ip ospf message-digest-key 1 md5 ${ospf}
exit
router ospf
 ospf router-id 10.93.255.2
exit
router bgp 65002
 bgp router-id 10.93.255.2
 no bgp ebgp-requires-policy
 neighbor 10.93.0.0 remote-as 65001
 neighbor 10.93.0.0 password ${change === 'one-sided' ? `${neighbour}-of-one` : neighbour}
 neighbor 10.93.0.0 timers connect 1
${change === 'no-such-character' ? ` neighbor 10.93.0.0 password ${neighbour}\0\n` : ''}${change === 'no-such-command' ? ` neighbor 10.93.0.0 password ${neighbour} and more\n` : ''}exit
`,
);
const written = new Router('sec-2', {
  connection: other,
  config: text,
  verify: { timeoutSeconds: change === 'one-sided' ? 3 : 60, stableSeconds: 0 },
});

const link = new TunnelPeering(
  'sec-1-2',
  {
    kind: 'wireguard',
    a: {
      connection: one,
      machineName: typed.machineName,
      interface: 'eth1',
      addresses: ['10.93.0.0/31'],
      underlay: config.require('underlayOfOne'),
    },
    b: {
      connection: other,
      machineName: written.machineName,
      interface: 'eth1',
      addresses: ['10.93.0.1/31'],
      underlay: config.require('underlayOfOther'),
    },
  },
  { dependsOn: [typed, written] },
);
new VethPeering(
  'sec-1-host',
  {
    connection: one,
    a: { interface: 'to-sec-1', addresses: ['10.93.1.0/31'] },
    b: { machineName: typed.machineName, interface: 'eth2', addresses: ['10.93.1.1/31'] },
  },
  { dependsOn: typed },
);
new RoutingCheck(
  'sec',
  {
    routers: [
      { connection: one, machineName: typed.machineName, bgp: {}, ospf: {} },
      { connection: other, machineName: written.machineName, bgp: {} },
    ],
    triggers: [typed.digest, written.digest],
  },
  { dependsOn: link },
);

/** What a program shows of its own. */
export const shown = { text: typed.frr.text, digest: typed.digest, keys: link.publicKeys };
