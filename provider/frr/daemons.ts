import type { FrrConfiguration } from './schema';

/** The daemons that `/etc/frr/daemons` can turn on, in the order in which FRR starts them (frrcommon.sh). */
export const optionalDaemons = [
  'bgpd',
  'ripd',
  'ripngd',
  'ospfd',
  'ospf6d',
  'isisd',
  'babeld',
  'pimd',
  'pim6d',
  'ldpd',
  'nhrpd',
  'eigrpd',
  'pbrd',
  'bfdd',
  'fabricd',
  'vrrpd',
  'pathd',
] as const;

/**
 * The daemons that a configuration needs, typed or FRR's own text, in FRR's order. zebra and staticd, and mgmtd where FRR
 * has it, always run and are not among them.
 */
export const daemonsOf = (configuration: FrrConfiguration | string): string[] => {
  const needed =
    typeof configuration === 'string'
      ? daemonsOfText(configuration)
      : [...daemonsOfTyped(configuration), ...daemonsOfText(configuration.text ?? '')];
  return optionalDaemons.filter((daemon) => needed.includes(daemon));
};

/** `/etc/frr/daemons`. No daemon's own terminal listens on more than the loopback, as in Debian's file. */
export const renderDaemons = (daemons: readonly string[]): string =>
  [
    ...optionalDaemons.map((daemon) => `${daemon}=${daemons.includes(daemon) ? 'yes' : 'no'}`),
    'vtysh_enable=yes',
    'zebra_options="-A 127.0.0.1 -s 90000000"',
    ...['mgmtd', 'staticd', ...optionalDaemons].map(
      (daemon) =>
        `${daemon}_options="-A ${daemon.includes('6') || daemon === 'ripngd' ? '::1' : '127.0.0.1'}"`,
    ),
    '',
  ].join('\n');

const daemonsOfTyped = ({ bgp, ospf, ospf6, bfd, interfaces = {} }: FrrConfiguration): string[] => {
  const own = Object.values(interfaces);
  const watched = [
    ...Object.values(bgp?.neighbors ?? {}),
    ...Object.values(bgp?.peerGroups ?? {}),
    ...own.flatMap((each) => [each.ospf, each.ospf6]),
  ].some((each) => each?.bfd);
  return [
    ...(bgp ? ['bgpd'] : []),
    ...(ospf || own.some((each) => each.ospf) ? ['ospfd'] : []),
    ...(ospf6 || own.some((each) => each.ospf6) ? ['ospf6d'] : []),
    ...(bfd || watched ? ['bfdd'] : []),
  ];
};

const daemonsOfText = (text: string): string[] => {
  const lines = text.split('\n').map((line) => line.trim().replace(/\s+/g, ' '));
  return Object.entries(commands)
    .filter(([, pattern]) => lines.some((line) => pattern.test(line)))
    .map(([daemon]) => daemon);
};

/** Lines by which a daemon is known to be needed. A line that begins with `no` asks for none. */
const commands: Record<(typeof optionalDaemons)[number], RegExp> = {
  bgpd: /^(router bgp|bgp|rpki)( |$)/,
  ripd: /^(router rip|ip rip)( |$)/,
  ripngd: /^(router ripng|ipv6 ripng)( |$)/,
  ospfd: /^(router ospf|ip ospf)( |$)/,
  ospf6d: /^(router ospf6|ipv6 ospf6)( |$)/,
  isisd: /^(router isis|ip router isis|ipv6 router isis|isis)( |$)/,
  babeld: /^(router babel|babel)( |$)/,
  pimd: /^(router pim|ip pim|ip igmp|ip msdp|ip mroute)( |$)/,
  pim6d: /^(router pim6|ipv6 pim|ipv6 mld|ipv6 mroute)( |$)/,
  ldpd: /^mpls ldp( |$)/,
  nhrpd: /^(ip|ipv6) nhrp( |$)/,
  eigrpd: /^(router eigrp|ip bandwidth-percent eigrp)( |$)/,
  pbrd: /^(pbr-map|pbr-policy|pbr)( |$)/,
  bfdd: /^(bfd|(neighbor \S+|ip ospf|ipv6 ospf6|isis|ip pim) bfd|(ip|ipv6) route .* bfd)( |$)/,
  fabricd: /^(router openfabric|(ip|ipv6) router openfabric|openfabric)( |$)/,
  vrrpd: /^vrrp( |$)/,
  pathd: /^traffic-eng( |$)/,
};
