import * as pulumi from '@pulumi/pulumi';
import { type ConnectionArgs, formatPlan, Topology } from 'pulumi-nspawn';
import { responder } from './responder';

/** A host from the stack's config: how to reach it, and its address on the network between the hosts. */
interface Host {
  connection: ConnectionArgs;
  underlay: string;
}

const config = new pulumi.Config();
const privateKey = config.getSecret('privateKey');
const hosts = Object.entries(config.requireObject<Record<string, Host>>('hosts'));
// The one address of the service, which each site has on its loopback and announces.
const service = config.get('service') ?? '192.0.2.80';
// A site to take out of service: others answer before it stops.
const drain = config.get('drain');

const sites = ['site1', 'site2', 'site3'];
const hostOf = (index: number) => hosts[index % hosts.length]?.[0] as string;

const fromLoopback = (loopback: string) => `route-map from-loopback permit 10
 set src ${loopback}
exit
!
ip protocol bgp route-map from-loopback
`;

const anycast = new Topology('anycast', {
  hosts: Object.fromEntries(
    hosts.map(([name, { connection, underlay }]) => [
      name,
      { connection: { ...connection, privateKey }, underlay },
    ]),
  ),
  routers: {
    ...Object.fromEntries(
      sites.map((site, index) => [
        site,
        {
          host: hostOf(index),
          drain: site === drain,
          // Merged into what is worked out: its own loopback, and its session with the client.
          config: {
            interfaces: { lo: { addresses: [`${service}/32`] } },
            bgp: { ipv4: { networks: [`${service}/32`] } },
          },
          router: { rootfs: responder(service) },
        },
      ]),
    ),
    // Several ways lead to the service, and only loopbacks are announced: what the client sends must come from its own,
    // or a site may answer to an address of a link that it has no route to.
    client: { host: hostOf(0), id: 1, config: fromLoopback('10.192.0.1') },
  },
  links: sites.map((site): [string, string] => ['client', site]),
});

export const plan = formatPlan(anycast.plan);
export const routers = Object.entries(anycast.plan.routers).map(([name, { host, routerId }]) => ({
  name,
  host,
  loopback: routerId,
}));
