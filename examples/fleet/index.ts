import * as pulumi from '@pulumi/pulumi';
import { type ConnectionArgs, formatGraph, formatPlan, Topology, type TopologyArgs } from 'pulumi-nspawn';

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

const topology = config.requireObject<Omit<TopologyArgs, 'hosts'>>('topology');

const fleet = new Topology('fleet', {
  ...topology,
  policy: {
    ...topology.policy,
    // Secrets, so they stand by themselves: `pulumi config set --secret bgpPassword …`.
    password: config.getSecret('bgpPassword'),
    ospf: { ...topology.policy?.ospf, password: config.getSecret('ospfPassword') },
  },
  hosts: Object.fromEntries(
    hosts.map(([name, { connection, ...host }]) => [
      name,
      { ...host, connection: { ...connection, privateKey } },
    ]),
  ),
});

export const plan = formatPlan(fleet.plan);
export const graph = formatGraph(fleet.plan); // Mermaid
export const { prefixes } = fleet;
export const routers = Object.entries(fleet.plan.routers).map(([name, { host, routerId }]) => ({
  name,
  host,
  loopback: routerId,
}));
