import { familyOf, parseAddress } from '../../provider/address';
import { areaText, backbone } from './areas';
import { neighborsOver } from './bgp-configuration';
import { endsOf, type LinkEnd, neighborsOf, networksOf } from './ends';
import { endText, machineText, notesOf, withoutLength } from './format';
import { isIgp, type PlannedRouter, type TopologyPlan } from './planned';
import { type TableStyle, table } from './table';

/** What a report is about. */
export type Report = 'addressing' | 'sessions' | 'routers';

/**
 * A plan by what somebody asks: `"addressing"`, every address in order, and whose it is; `"sessions"`, who speaks what with whom;
 * `"routers"`, all of each router. For a terminal, or as Markdown.
 *
 * @example
 * writeFileSync('addresses.md', formatReport(topology.plan, 'addressing', 'markdown'));
 */
export const formatReport = (plan: TopologyPlan, report: Report, style: TableStyle = 'text'): string =>
  reports[report](plan, style);

const addressing = (plan: TopologyPlan, style: TableStyle): string => {
  const rows = [
    ...Object.entries(plan.routers).flatMap(([name, { loopbacks }]) =>
      loopbacks.map((address) => [address, `${name}:lo`, '']),
    ),
    ...networksOf(plan).flatMap(({ name, ends }) =>
      ends.flatMap((end) => (end.addresses ?? []).map((address) => [address, endText(end), name])),
    ),
  ];
  return table(['address', 'interface', 'link'], rows.sort(byAddress), style);
};

const byAddress = ([one = '', place = '']: string[], [other = '', otherPlace = '']: string[]): number => {
  const [a, b] = [one, other].map((text) => parseAddress(text)?.bigInt() ?? 0n) as [bigint, bigint];
  if (familyOf(one) !== familyOf(other)) return familyOf(one) - familyOf(other);
  if (a !== b) return a < b ? -1 : 1;
  return place < otherPlace ? -1 : 1;
};

const sessions = (plan: TopologyPlan, style: TableStyle): string => {
  const networks = networksOf(plan);
  return table(
    ['router', 'protocol', 'neighbour', 'is', 'over', 'AS', 'area', style === 'markdown' ? 'notes' : ''],
    Object.entries(plan.routers).flatMap(([name, router]) =>
      sessionsOf(plan, endsOf(networks, name), router).map((row) => [name, ...row]),
    ),
    style,
  );
};

const sessionsOf = (plan: TopologyPlan, ends: LinkEnd[], { configuration }: PlannedRouter): string[][] => {
  const over = new Map(ends.flatMap((end) => neighborsOver(end).map((neighbor) => [neighbor, end] as const)));
  const bgp = Object.entries(configuration.bgp?.neighbors ?? {}).map(([neighbor, session]) => {
    const end = over.get(neighbor);
    const families = [session.ipv4 && 'ipv4', session.ipv6 && 'ipv6'].filter(Boolean).join(' ');
    const client = session.ipv4?.routeReflectorClient || session.ipv6?.routeReflectorClient;
    return [
      end ? 'eBGP' : 'iBGP',
      neighbor,
      session.description ?? '',
      end?.own.interface ?? 'lo',
      session.remoteAs === 'internal' ? String(configuration.bgp?.asn) : String(session.remoteAs ?? ''),
      '',
      [families, client ? 'client' : '', notesOfEnd(end)].filter(Boolean).join(', '),
    ];
  });
  const ospf = ends.flatMap((end) =>
    end.link.runs
      .filter(isIgp)
      .flatMap((protocol) =>
        neighborsOf(end).map((router) => [
          protocol === 'ospf' ? 'OSPFv2' : 'OSPFv3',
          plan.routers[router]?.routerId ?? '',
          router,
          end.own.interface,
          '',
          areaText(end.link.area ?? backbone),
          notesOfEnd(end),
        ]),
      ),
  );
  return [...bgp, ...ospf];
};

const notesOfEnd = (end: LinkEnd | undefined): string =>
  [end?.link.bfd ? 'BFD' : '', end?.link.adminState === 'down' ? 'down' : ''].filter(Boolean).join(', ');

const byRouter = (plan: TopologyPlan, style: TableStyle): string => {
  const networks = networksOf(plan);
  return Object.entries(plan.routers)
    .map(([name, router]) => {
      const about = [
        `host ${router.host}`,
        ...(router.asn === undefined ? [] : [`AS ${router.asn}`]),
        `router id ${router.routerId}`,
        ...router.loopbacks.map((loopback) => `loopback ${withoutLength(loopback)}`),
        ...notesOf(router),
      ].join(', ');
      const rows = endsOf(networks, name).flatMap(({ link, own, peers }) => {
        const [first = '', ...others] = own.addresses ?? [];
        const to = peers.map(link.kind === 'segment' ? machineText : endText).join(' ');
        return [
          [own.interface, first, to, link.kind, link.runs.join(' '), String(own.metric ?? '')],
          ...others.map((other) => ['', other]),
        ];
      });
      const heading = style === 'markdown' ? `## ${name}\n\n${about}\n` : `${name}: ${about}\n`;
      const interfaces = table(['interface', 'address', 'to', 'link', 'runs', 'cost'], rows, style);
      return interfaces === '' ? heading : `${heading}${style === 'markdown' ? '\n' : ''}${interfaces}`;
    })
    .join('\n');
};

const reports: Record<Report, (plan: TopologyPlan, style: TableStyle) => string> = {
  addressing,
  sessions,
  routers: byRouter,
};
