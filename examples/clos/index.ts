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
const names = (kind: string, count: number) =>
  Array.from({ length: count }, (_, index) => `${kind}${index + 1}`);
const spines = names('spine', config.getNumber('spines') ?? 2);
const leaves = names('leaf', config.getNumber('leaves') ?? 4);

const clos = new Topology('clos', {
  hosts: Object.fromEntries(
    hosts.map(([name, { connection, underlay }]) => [
      name,
      { connection: { ...connection, privateKey }, underlay },
    ]),
  ),
  // Spines and leaves go round the hosts. Any other way would do: `host` can be left out.
  routers: Object.fromEntries(
    [spines, leaves].flatMap((tier) =>
      tier.map((name, index) => [name, { host: hosts[index % hosts.length]?.[0] as string }]),
    ),
  ),
  links: leaves.flatMap((leaf) => spines.map((spine): [string, string] => [leaf, spine])),
  // An AS for each, sessions over link-local addresses, IPv4 and IPv6 routes over them: links need no addresses.
  policy: { unnumbered: true, ipv6: true, bfd: true },
});

export const plan = formatPlan(clos.plan);
export const routers = Object.entries(clos.plan.routers).map(([name, { host, routerId }]) => ({
  name,
  host,
  loopback: routerId,
}));
