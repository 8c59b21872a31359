import * as pulumi from '@pulumi/pulumi';
import { type ConnectionArgs, HostRuntime, Topology } from 'pulumi-nspawn';

/** What the topology is called, was called, and where its second router is. */
interface Settings {
  name: string;
  was?: string;
  protect: boolean;
  second: string;
  cpuQuota?: string;
  ioWeight?: number;
}

const config = new pulumi.Config();
const hosts = config.requireObject<Record<string, { connection: ConnectionArgs; underlay: string }>>('hosts');
const privateKey = config.requireSecret('privateKey');
const { name, was, protect, second, cpuQuota, ioWeight } = config.requireObject<Settings>('settings');
const places = Object.fromEntries(
  Object.entries(hosts).map(([host, { connection, underlay }]) => [
    host,
    { connection: { ...connection, privateKey }, underlay },
  ]),
);

const [first = ''] = Object.keys(hosts);
const runtime = new HostRuntime('before', { connection: places[first]?.connection });

const topology = new Topology(
  name,
  {
    hosts: places,
    routers: { 'co-1': { id: 1, host: first }, 'co-2': { id: 2, host: second } },
    links: [{ a: 'co-1', b: 'co-2', id: 1 }],
    policy: { asn: 'none' },
  },
  {
    protect,
    dependsOn: [runtime],
    ...(was === undefined ? {} : { aliases: [{ name: was }] }),
    transformations: [
      ({ type, props, opts }) =>
        type.endsWith(':NspawnConfig') && cpuQuota !== undefined
          ? { props: { ...props, service: { ...props.service, cpuQuota } }, opts }
          : undefined,
    ],
    // The engine calls back for these, which only the real one does.
    ...(ioWeight === undefined
      ? {}
      : {
          transforms: [
            ({ type, props, opts }) =>
              type.endsWith(':NspawnConfig')
                ? { props: { ...props, service: { ...props.service, ioWeight } }, opts }
                : undefined,
          ],
        }),
  },
);

export const { loopbacks, addresses, prefixes } = topology;
