import * as pulumi from '@pulumi/pulumi';
import { type ConnectionArgs, formatPlan, Topology } from 'pulumi-nspawn';

/** A host from the stack's config: how to reach it, and its address for the other hosts; none behind NAT. */
interface Host {
  connection: ConnectionArgs;
  underlay?: string;
}

const config = new pulumi.Config();
const privateKey = config.getSecret('privateKey');
const hosts = Object.entries(config.requireObject<Record<string, Host>>('hosts'));
const perHost = config.getNumber('perHost') ?? 1;

const names = hosts.flatMap(([host]) =>
  Array.from({ length: perHost }, (_, index) => ({ name: `${host}-${index + 1}`, host })),
);

const mesh = new Topology('wireguard-mesh', {
  hosts: Object.fromEntries(
    hosts.map(([name, { connection, underlay }]) => [
      name,
      { connection: { ...connection, privateKey }, underlay },
    ]),
  ),
  routers: Object.fromEntries(names.map(({ name, host }) => [name, { host }])),
  // Every router with every other one. Links between hosts are encrypted; those on one host never leave it.
  links: names.flatMap(({ name: a }, index) =>
    names.slice(index + 1).map(({ name: b }): [string, string] => [a, b]),
  ),
  policy: { asn: 'none', tunnel: { kind: 'wireguard' } },
});

export const plan = formatPlan(mesh.plan);
export const routers = Object.entries(mesh.plan.routers).map(([name, { host, routerId }]) => ({
  name,
  host,
  loopback: routerId,
}));
