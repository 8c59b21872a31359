import type { PlannedLink } from './planned';
import type { TopologySettings } from './schema';

/** Hosts that routers name and that are not there. */
export const strangeHosts = ({ hosts, routers }: TopologySettings): string[] => {
  const known = Object.keys(hosts);
  if (known.length === 0) return ['hosts: it is empty; accepted is at least one host'];
  return Object.entries(routers)
    .filter(([, { host }]) => host !== undefined && !known.includes(host))
    .map(
      ([name, { host }]) =>
        `routers.${name}.host: received ${JSON.stringify(host)}; accepted is ${known.map((each) => JSON.stringify(each)).join(', ')}`,
    );
};

/** Machines of one name on one host. */
export const sharedMachines = (
  { routers }: TopologySettings,
  hosts: ReadonlyMap<string, string>,
  identities: ReadonlyMap<string, { machineName: string }>,
): string[] => {
  const taken = new Map<string, string>();
  return Object.keys(routers).flatMap((name) => {
    const machineName = identities.get(name)?.machineName ?? name;
    const key = `${hosts.get(name)} ${machineName}`;
    const first = taken.get(key);
    taken.set(key, name);
    return first === undefined
      ? []
      : [
          `routers.${name}.machineName: received ${JSON.stringify(machineName)}, which ${first} has on the same host; accepted is a name of its own`,
        ];
  });
};

/** Hosts that tunnels leave and that have no address for the others. */
export const missingUnderlays = (
  { hosts }: TopologySettings,
  links: ReadonlyMap<string, PlannedLink>,
): string[] => {
  const tunnels = [...links].filter(([, { kind }]) => kind === 'tunnel');
  return Object.entries(hosts).flatMap(([name, { underlay }]) => {
    const [link] = tunnels.find(([, { a, b }]) => a.host === name || b.host === name) ?? [];
    return underlay !== undefined || link === undefined
      ? []
      : [
          `hosts.${name}.underlay: it is missing, and link ${link} leaves this host; accepted is its address for the other hosts`,
        ];
  });
};
