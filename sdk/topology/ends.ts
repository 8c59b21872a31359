import { networkOf } from '../../provider/link/address';
import {
  isIgp,
  type LinkProtocol,
  type PlannedEnd,
  type PlannedLink,
  type PlannedSegment,
  type TopologyPlan,
} from './planned';

/** A link or a segment, with all of its ends. */
export interface Network {
  name: string;
  link: PlannedLink | PlannedSegment;
  ends: PlannedEnd[];
}

/** A link or a segment as one of its routers sees it. */
export interface LinkEnd {
  name: string;
  link: PlannedLink | PlannedSegment;
  own: PlannedEnd;
  /** What is at its other ends: one on a link, any number on a segment. */
  peers: PlannedEnd[];
}

/** The links and segments of a plan. Their ends have the ASes of routers too. */
export const networksOf = ({
  links,
  segments,
  routers,
}: Pick<TopologyPlan, 'links' | 'segments'> & { routers: Record<string, { asn?: number }> }): Network[] => {
  const withAsn = (end: PlannedEnd): PlannedEnd => {
    const asn = end.router === undefined ? undefined : routers[end.router]?.asn;
    return asn === undefined ? end : { ...end, asn };
  };
  return [
    ...Object.entries(links).map(([name, link]) => ({ name, link, ends: [link.a, link.b].map(withAsn) })),
    ...Object.entries(segments).map(([name, segment]) => ({
      name,
      link: segment,
      ends: Object.values(segment.ends).map(withAsn),
    })),
  ];
};

/** The subnets that ends are in. */
export const prefixesOf = (ends: PlannedEnd[]): string[] => [
  ...new Set(ends.flatMap(({ addresses = [] }) => addresses.map(networkOf))),
];

/** A router's ends of links and segments. */
export const endsOf = (networks: Network[], router: string): LinkEnd[] =>
  networks.flatMap(({ name, link, ends }) =>
    ends
      .filter((end) => end.router === router)
      .map((own) => ({ name, link, own, peers: ends.filter((end) => end !== own) })),
  );

/** Those at other ends with which it has an eBGP session: routers of other ASes, and whatever else has an AS. */
export const externalPeers = ({ link, own, peers }: LinkEnd): PlannedEnd[] =>
  link.runs.includes('ebgp') && own.asn !== undefined
    ? peers.filter(({ router, asn }) => asn !== undefined && (router === undefined || asn !== own.asn))
    : [];

/** The routers at other ends with which it speaks anything. */
export const neighborsOf = (end: LinkEnd): string[] =>
  (end.link.runs.some(isIgp) ? end.peers : externalPeers(end)).flatMap(({ router }) => router ?? []);

/** What is spoken at an end: by a machine that is made elsewhere, BGP at most. */
export const spokenAt = (
  { runs }: PlannedLink | PlannedSegment,
  { router, asn }: PlannedEnd,
): LinkProtocol[] =>
  router === undefined ? runs.filter((protocol) => protocol === 'ebgp' && asn !== undefined) : runs;
