import { isHostPrefix, withoutPrefix } from '../../provider/link/address';
import { endLabel, hostMachine } from '../../provider/link/end';
import { interfaceNameSchema } from '../../provider/names';
import type { PlannedEnd, PlannedLink, PlannedSegment } from './planned';

/** What has an interface, or is one. */
interface Use {
  kind: 'link' | 'segment';
  /** The link's or segment's name. */
  name: string;
  host: string;
  /** Its machine; undefined: the host itself. */
  machineName?: string;
  interface: string;
  /** How problems name the machine. */
  place: string;
  /** What to do about a name that cannot be, where something can be given there: `{ router: "r1", interface: … }`. */
  remedy?: string;
}

/** Interfaces that two would have, or that nobody can have. */
export const interfaceProblems = (
  links: ReadonlyMap<string, PlannedLink>,
  segments: ReadonlyMap<string, PlannedSegment>,
): string[] => {
  const taken = new Map<string, Use>();
  const uses = [
    ...[...links].flatMap(([name, { a, b }]) => [a, b].map((end) => useOf('link', name, end))),
    ...[...segments].flatMap(([name, segment]) => segmentUses(name, segment)),
  ];
  return uses.flatMap((use) => {
    const key = `${use.host} ${endLabel(use)}`;
    const first = taken.get(key);
    taken.set(key, use);
    if (first !== undefined) return [clash(first, use)];
    const refused = interfaceNameSchema.safeParse(use.interface).error?.issues[0]?.message;
    return refused === undefined
      ? []
      : [
          `${use.kind} ${use.name}: interface ${JSON.stringify(use.interface)} of ${use.place}; ${refused}; give it another ${use.remedy === undefined ? 'name' : 'with { router, interface }'}`,
        ];
  });
};

const useOf = (kind: Use['kind'], name: string, end: PlannedEnd): Use => {
  const place = end.router ?? end.machineName ?? hostMachine;
  return {
    kind,
    name,
    host: end.host,
    ...(end.machineName === undefined ? {} : { machineName: end.machineName }),
    interface: end.interface,
    place,
    remedy: `one another with { ${end.router === undefined ? 'host: …' : `router: ${JSON.stringify(place)}`}, interface: … }`,
  };
};

// What a segment has on its hosts beside what is in machines: bridges, and their ports.
const segmentUses = (name: string, { ends, bridge, tunnels }: PlannedSegment): Use[] => {
  const all = Object.values(ends);
  const onHost = (host: string, own: string, remedy?: string): Use => ({
    kind: 'segment',
    name,
    host,
    interface: own,
    place: `the host ${host}`,
    ...(remedy === undefined ? {} : { remedy }),
  });
  return [
    ...all.map((end) => useOf('segment', name, end)),
    ...[...new Set(all.map(({ host }) => host))].map((host) =>
      onHost(host, bridge, 'the segment another `bridge`'),
    ),
    ...all.map(({ host, port }) => onHost(host, port)),
    ...Object.values(tunnels).flatMap(({ a, b }) => [a, b].map(({ host, port }) => onHost(host, port))),
  ];
};

const clash = (first: Use, use: Use): string => {
  const who =
    first.kind === use.kind
      ? `${use.kind}s ${first.name} and ${use.name}`
      : `${first.kind} ${first.name} and ${use.kind} ${use.name}`;
  return `${who}: both have interface ${JSON.stringify(use.interface)} in ${use.place}; give ${use.remedy ?? first.remedy ?? 'one of them another name'}`;
};

/** Addresses that two would have: those that are given may be where the pools have put others. */
export const sharedAddresses = (
  links: ReadonlyMap<string, PlannedLink>,
  segments: ReadonlyMap<string, PlannedSegment>,
): string[] => {
  const taken = new Map<string, { on: string; place: string }>();
  const ends = [
    ...[...links].flatMap(([name, { a, b }]) => [a, b].map((end) => ({ on: `link ${name}`, end }))),
    ...[...segments].flatMap(([name, segment]) =>
      Object.values(segment.ends).map((end): { on: string; end: PlannedEnd } => ({
        on: `segment ${name}`,
        end,
      })),
    ),
  ];
  return ends.flatMap(({ on, end }) =>
    (end.addresses ?? []).flatMap((text) => {
      const address = withoutPrefix(text);
      const place = `${end.host} ${end.machineName}`;
      const first = taken.get(address);
      taken.set(address, { on, place });
      // Loopbacks on unnumbered links are their router's on each.
      return first === undefined || (isHostPrefix(text) && first.place === place)
        ? []
        : [`${on}: ${address} is on ${first.on} too; accepted is each address once`];
    }),
  );
};
