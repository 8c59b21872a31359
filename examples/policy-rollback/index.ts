import * as pulumi from '@pulumi/pulumi';
import { type ConnectionArgs, Link, Router } from 'pulumi-nspawn';

// Both routers are on one host: the machine that runs Pulumi, unless the stack's config has `connection`.
const config = new pulumi.Config();
const given = config.getObject<ConnectionArgs>('connection');
const connection = given && { ...given, privateKey: config.getSecret('privateKey') };
// The policy that is tried: how many prefixes the edge takes before it ends the session. The upstream announces four.
const maximumPrefix = config.getNumber('maximumPrefix') ?? 10;

const customers = ['198.51.100.0/25', '198.51.100.128/25', '203.0.113.0/24'];

const upstream = new Router('upstream', {
  connection,
  config: {
    defaults: 'datacenter',
    interfaces: { lo: { addresses: ['10.255.7.1/32'] } },
    staticRoutes: customers.map((prefix) => ({ prefix, blackhole: true })),
    bgp: {
      asn: 64500,
      routerId: '10.255.7.1',
      neighbors: { '10.7.0.1': { remoteAs: 64501, ipv4: {} } },
      ipv4: { networks: [...customers, '10.255.7.1/32'] },
    },
  },
});
const edge = new Router('edge', {
  connection,
  config: {
    defaults: 'datacenter',
    interfaces: { lo: { addresses: ['10.255.7.2/32'] } },
    bgp: {
      asn: 64501,
      routerId: '10.255.7.2',
      neighbors: { '10.7.0.0': { remoteAs: 64500, ipv4: { maximumPrefix } } },
      ipv4: { networks: ['10.255.7.2/32'] },
    },
  },
  // A change after which the session does not come back is taken back by the host.
  verify: { timeoutSeconds: 15 },
});
const link = new Link('edge-upstream', {
  a: { router: upstream, addresses: ['10.7.0.0/31'] },
  b: { router: edge, addresses: ['10.7.0.1/31'] },
});

export const applied = edge.digest;
export const state = link.state;
