import * as pulumi from '@pulumi/pulumi';
import { type ConnectionArgs, formatPlan, Topology, type TopologyArgs } from 'pulumi-nspawn';

/** A host from the stack's config: how to reach it, its address for the other hosts, and the memory that routers may take. */
interface Host {
  connection: ConnectionArgs;
  underlay: string;
  memory?: string;
}

// All of it stands in the stack's config: see Pulumi.dev.yaml.
const config = new pulumi.Config();
const privateKey = config.getSecret('privateKey');
const hosts = Object.entries(config.requireObject<Record<string, Host>>('hosts'));

const fleet = new Topology('fleet', {
  ...config.requireObject<Omit<TopologyArgs, 'hosts'>>('topology'),
  hosts: Object.fromEntries(
    hosts.map(([name, { connection, ...host }]) => [
      name,
      { ...host, connection: { ...connection, privateKey } },
    ]),
  ),
});

export const plan = formatPlan(fleet.plan);
export const routers = Object.entries(fleet.plan.routers).map(([name, { host, routerId }]) => ({
  name,
  host,
  loopback: routerId,
}));
