import * as pulumi from '@pulumi/pulumi';
import { type ConnectionArgs, HostRuntime, Topology } from 'pulumi-nspawn';

// Four spines, and leaves with two uplinks each: a larger fabric has all that a smaller one has, and more.
const config = new pulumi.Config();
const count = config.requireNumber('count');
const hosts = config.requireObject<{ name: string; connection: ConnectionArgs; underlay: string }[]>('hosts');

const runtimes = hosts.map(
  ({ name, connection }) =>
    new HostRuntime(name, { connection, sysctls: { 'fs.inotify.max_user_instances': '8192' } }),
);

const spineCount = 4;
const spines = Array.from({ length: spineCount }, (_, index) => `spine${index + 1}`);
const leaves = Array.from({ length: count - spineCount }, (_, index) => `leaf${index + 1}`);
const uplink = (leaf: number, which: number) => spines[(leaf + which) % spineCount] as string;

new Topology(
  'fabric',
  {
    hosts: Object.fromEntries(
      hosts.map(({ name, connection, underlay }) => [name, { connection, underlay }]),
    ),
    routers: Object.fromEntries(
      [...spines, ...leaves].map((name, index) => [name, { id: index + 1, memoryMax: '128M' }]),
    ),
    links: leaves.flatMap((leaf, index) =>
      [0, 1].map((which) => [leaf, uplink(index, which)] as [string, string]),
    ),
    check: { timeoutSeconds: 600 },
  },
  { dependsOn: runtimes },
);
