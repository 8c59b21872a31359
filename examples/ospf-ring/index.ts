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
const size = config.getNumber('size') ?? 4;
// Links that are out of service, such as ["ring1_ring2"].
const down = config.getObject<string[]>('down') ?? [];
// A router to lead traffic around, before work on it.
const drain = config.get('drain');

const names = Array.from({ length: size }, (_, index) => `ring${index + 1}`);
// Neighbours stay together as far as the hosts go round.
const hostOf = (index: number) => hosts[Math.floor((index * hosts.length) / size)]?.[0] as string;
const nameOf = (a: string, b: string) => [a, b].sort().join('_');

const ring = new Topology('ring', {
  hosts: Object.fromEntries(
    hosts.map(([name, { connection, underlay }]) => [
      name,
      { connection: { ...connection, privateKey }, underlay },
    ]),
  ),
  routers: Object.fromEntries(
    names.map((name, index) => [name, { id: index + 1, host: hostOf(index), drain: name === drain }]),
  ),
  links: names.map((a, index) => {
    const b = names[(index + 1) % size] as string;
    return { a, b, adminState: down.includes(nameOf(a, b)) ? 'down' : 'up' };
  }),
  // OSPF alone, over links without addresses of their own. BFD notices within a second what the interface does not show,
  // between hosts.
  policy: { asn: 'none', unnumbered: true, bfd: true },
});

export const plan = formatPlan(ring.plan);
export const routers = Object.entries(ring.plan.routers).map(([name, { host, routerId }]) => ({
  name,
  host,
  loopback: routerId,
}));
