import type { CheckedRouter } from './schema';

/** What must be so on a router, one a line, in the words of frr/sessions.sh. */
export const wantsOf = ({ bgp, ospf, ospf6, bfd, prefixes = [] }: CheckedRouter): string[] => [
  ...Object.entries({ bgp, ospf, ospf6, bfd }).flatMap(([kind, sessions]) =>
    sessions ? sessionWants(kind, sessions) : [],
  ),
  ...Object.entries(bgp?.received ?? {}).flatMap(([neighbor, announced]) =>
    announced.map((prefix) => `received ${neighbor} ${prefix}`),
  ),
  ...Object.entries(bgp?.receivedAtLeast ?? {}).map(([neighbor, count]) => `received ${neighbor} #${count}`),
  ...prefixes.map((prefix) => `route ${prefix}`),
];

const sessionWants = (kind: string, { neighbors, count }: { neighbors?: string[]; count?: number }) => {
  if (neighbors) return neighbors.map((neighbor) => `${kind} ${neighbor}`);
  return [count === undefined ? `${kind} *` : `${kind} #${count}`];
};

/** What `sessions` says when all is as it must be: router → what is wanted → "up". */
export const allUp = (routers: CheckedRouter[]): Sessions =>
  Object.fromEntries(
    routers.map((router) => [
      router.machineName,
      Object.fromEntries(wantsOf(router).map((want) => [want, 'up'])),
    ]),
  );

/** Router → session or route → its state. */
export type Sessions = Record<string, Record<string, string>>;

/** What is not as it must be: a line of frr/sessions.sh's `unmet`, with the router in front. */
export interface Unmet {
  router: string;
  /** `bgp 10.0.0.1`, `route 192.0.2.0/24`. */
  what: string;
  /** FRR's word for what it is instead, "absent" or "missing"; how many there are, of a number that must be. */
  state: string;
  /** What FRR tells of it: how the session ended last, and what was logged. */
  reasons: string[];
}

/** Reads what check.sh found, and the lines `ROUTER KIND NAME TEXT` of why. */
export const readUnmet = (lines: string, reasons = ''): Unmet[] => {
  const why = reasons.split('\n');
  return lines
    .split('\n')
    .filter(Boolean)
    .map((line) => {
      const [router = '', ...words] = line.split(' ');
      const state = words.pop() ?? '';
      const what = words.join(' ');
      const about = `${router} ${what} `;
      const told = why.filter((each) => each.startsWith(about));
      return { router, what, state, reasons: told.map((each) => each.slice(about.length)) };
    });
};

/** `sessions` as they are, where some are not up. */
export const asSeen = (wanted: Sessions, unmet: Unmet[]): Sessions => {
  const seen = new Map(
    Object.entries(wanted).map(([router, states]) => [router, new Map(Object.entries(states))]),
  );
  for (const { router, what, state } of unmet) {
    const states = seen.get(router) ?? new Map<string, string>();
    states.set(keyOf([...states.keys()], what), state);
    seen.set(router, states);
  }
  return Object.fromEntries([...seen].map(([router, states]) => [router, Object.fromEntries(states)]));
};

// FRR names an OSPF neighbour by interface and router id, where one of them was given.
const keyOf = (wants: string[], what: string): string => {
  const [kind, name = ''] = what.split(' ');
  return wants.find((want) => name.split('/').some((part) => want === `${kind} ${part}`)) ?? what;
};

/** For people: `r1: bgp 10.0.0.1 is Active`. */
export const sentence = ({ router, what, state }: Unmet): string => {
  const [kind, name = '', prefix] = what.split(' ');
  if (kind === 'route') return `${router}: there is no route to ${name}`;
  if (kind === 'received' && prefix?.startsWith('#'))
    return `${router}: ${state} of ${prefix.slice(1)} prefixes were received from ${name}`;
  if (kind === 'received') return `${router}: ${prefix} was not received from ${name}`;
  if (name.startsWith('#')) return `${router}: ${state} of ${name.slice(1)} ${words[kind ?? '']} are up`;
  if (name === '*') return `${router}: there are no ${words[kind ?? '']}`;
  return `${router}: ${kind} ${name} is ${state}`;
};

const words: Record<string, string> = {
  bgp: 'BGP sessions',
  ospf: 'OSPF neighbours',
  ospf6: 'OSPFv3 neighbours',
  bfd: 'BFD peers',
};
