import type { PlannedLink, PlannedSegment } from './planned';
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

/** Hosts that tunnels leave and that have no address for the others. WireGuard needs one of the two. */
export const missingUnderlays = (
  { hosts }: TopologySettings,
  links: ReadonlyMap<string, PlannedLink>,
  segments: ReadonlyMap<string, PlannedSegment>,
): string[] => {
  const lacks = (host: string) => hosts[host]?.underlay === undefined;
  const told = new Set<string>();
  const ofLinks = [...links].flatMap(([name, { kind, a, b }]) => {
    const lacking = kind === 'veth' ? [] : [a.host, b.host].filter(lacks);
    return kind === 'wireguard' && lacking.length < 2
      ? []
      : lacking.map((host) => ({ host, what: `link ${name}` }));
  });
  const ofSegments = [...segments].flatMap(([name, { tunnels }]) =>
    Object.values(tunnels)
      .flatMap(({ a, b }) => [a.host, b.host].filter(lacks))
      .map((host) => ({ host, what: `segment ${name}, whose tunnels are VXLAN,` })),
  );
  return [...ofLinks, ...ofSegments].flatMap(({ host, what }) => {
    if (told.has(host)) return [];
    told.add(host);
    return [
      `hosts.${host}.underlay: it is missing, and ${what} leaves this host; accepted is its address for the other hosts`,
    ];
  });
};
