import * as pulumi from '@pulumi/pulumi';
import { type ConnectionArgs, Topology } from 'pulumi-nspawn';

const config = new pulumi.Config();
const hosts = config.requireObject<Record<string, { connection: ConnectionArgs; underlay: string }>>('hosts');
const privateKey = config.requireSecret('privateKey');
const [first = '', second = ''] = Object.keys(hosts);

const { plan } = new Topology('lan', {
  hosts: Object.fromEntries(
    Object.entries(hosts).map(([host, { connection, underlay }]) => [
      host,
      { connection: { ...connection, privateKey }, underlay },
    ]),
  ),
  routers: {
    'sg-1': { id: 1, host: first },
    'sg-2': { id: 2, host: first },
    'sg-3': { id: 3, host: second },
    'sg-4': { id: 4, host: second },
  },
  links: [],
  segments: {
    office: {
      ends: ['sg-1', 'sg-2', 'sg-3', 'sg-4'],
      ospf: { helloInterval: 1, deadInterval: 4 },
      rate: '50M',
      adminState: config.get('state') === 'down' ? 'down' : 'up',
    },
  },
  policy: { asn: 'none', ipv6: true },
});

export const routers = Object.entries(plan.routers).map(([name, { host, routerId }]) => ({
  name,
  host,
  loopback: routerId,
}));
