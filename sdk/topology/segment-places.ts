import { isInside } from './declared-networks';
import type { DeclaredSegment } from './declared-segments';
import { fitted } from './interface-name';
import type { Place } from './links';
import { byPreference } from './placement';
import type { PlannedTunnel } from './planned';

/** A segment whose ends are on their hosts. */
export interface PlacedSegment {
  name: string;
  declared: DeclaredSegment;
  ends: PlacedEnd[];
}

/** An end of it. */
export interface PlacedEnd extends Place {
  /** Its router, or its machine and host: `web@paris`. */
  label: string;
  router?: string;
  interface?: string;
  addresses?: string[];
  metric?: number;
  mac?: string;
  asn?: number;
  number?: number;
}

/** Puts the ends of segments on their hosts. */
export const placedSegments = (
  declared: DeclaredSegment[],
  placeOf: (router: string) => Place,
): { segments: PlacedSegment[]; problems: string[] } => {
  const placed = declared.map((segment) => placedSegment(segment, placeOf));
  return {
    segments: placed.map(({ segment }) => segment),
    problems: placed.flatMap(({ segment, problems }) =>
      problems.map((problem) => `${segment.declared.label}.ends: ${problem}`),
    ),
  };
};

/** The hosts that a segment is on. */
export const hostsOf = ({ ends }: PlacedSegment): string[] =>
  [...new Set(ends.map(({ host }) => host))].sort();

/** The tunnels of a segment: from the host that its name prefers to each of the others, so that there is no loop. */
export const tunnelsOf = (segment: PlacedSegment): Record<string, PlannedTunnel> => {
  const { name, declared } = segment;
  const [middle = '', ...others] = declared.tunnel === false ? [] : byPreference(name, hostsOf(segment));
  // Two `_`, as a router can have the name of a host.
  const portTo = (host: string) => fitted(`${name}__${host}`);
  return Object.fromEntries(
    others
      .sort()
      .map((host) => [host, { a: { host: middle, port: portTo(host) }, b: { host, port: portTo(middle) } }]),
  );
};

const placedSegment = (
  declared: DeclaredSegment,
  placeOf: (router: string) => Place,
): { segment: PlacedSegment; problems: string[] } => {
  const routers = declared.ends.filter(isInside).map(({ router }) => placeOf(router).host);
  const hosts = [...new Set(routers)].sort();
  const problems: string[] = [];
  const ends = declared.ends.map((end): PlacedEnd => {
    if (isInside(end)) {
      const { session: _, ...rest } = end;
      return { ...rest, ...placeOf(end.router), label: end.router };
    }
    if (end.host === true && hosts.length > 1) {
      problems.push(
        `received host: true for ${end.machineName}, and its routers are on ${hosts.join(' and ')}; accepted is the name of a host`,
      );
    }
    const host = end.host === true ? (hosts[0] ?? '') : end.host;
    return { ...end, host, label: `${end.machineName}@${host}` };
  });
  const machines = ends.map(({ host, machineName }) => `${machineName} on ${host}`);
  const twice = machines.filter((machine, index) => machines.indexOf(machine) !== index);
  return {
    segment: { name: declared.name, declared, ends },
    problems: [
      ...problems,
      ...(problems.length > 0
        ? []
        : [...new Set(twice)].map(
            (machine) => `received machine ${machine} twice; accepted is each machine once`,
          )),
    ],
  };
};
