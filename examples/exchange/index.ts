import * as pulumi from '@pulumi/pulumi';
import { type ConnectionArgs, formatPlan, Topology } from 'pulumi-nspawn';

/** A host from the stack's config: how to reach it, and its address on the network between the hosts. */
interface Host {
  connection: ConnectionArgs;
  underlay: string;
}

const config = new pulumi.Config();
const privateKey = config.getSecret('privateKey');
const hosts = Object.entries(config.requireObject<Record<string, Host>>('hosts'));
const members = Array.from({ length: config.getNumber('members') ?? 4 }, (_, index) => `member${index + 1}`);

const exchange = new Topology('exchange', {
  hosts: Object.fromEntries(
    hosts.map(([name, { connection, underlay }]) => [
      name,
      { connection: { ...connection, privateKey }, underlay },
    ]),
  ),
  // An id of its own for each: on the LAN a member's address ends in it.
  routers: Object.fromEntries(
    members.map((name, index) => [
      name,
      {
        id: index + 1,
        host: hosts[index % hosts.length]?.[0] as string,
        networks: [`198.18.${index + 1}.0/24`],
      },
    ]),
  ),
  links: [],
  // A bridge on each host, and tunnels between the bridges. Every member has a session with every other.
  segments: { ix: { ends: members } },
  policy: {
    ipv6: true,
    pools: { lan4: '100.64.0.0/16', lan4Length: 24 },
    bgp: { external: { ipv4: { maximumPrefix: 50 } } },
  },
});

export const plan = formatPlan(exchange.plan);
export const routers = Object.entries(exchange.plan.routers).map(([name, { host, routerId }]) => ({
  name,
  host,
  loopback: routerId,
}));
