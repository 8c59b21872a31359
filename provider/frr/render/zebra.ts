import type { FrrConfiguration } from '../schema';
import { given } from './lines';

/** What zebra does with the routes of protocols, and with next hops, as FRR has it: at the end. */
export const renderZebra = (configuration: FrrConfiguration): string[] => {
  const lines = [
    ...nextHopLines('ip', configuration.ipNhtResolveViaDefault, configuration.defaults),
    ...nextHopLines('ipv6', configuration.ipv6NhtResolveViaDefault, configuration.defaults),
    ...protocolLines('ip', configuration.ipProtocol),
    ...protocolLines('ipv6', configuration.ipv6Protocol),
  ];
  return lines.length > 0 ? [...lines, '!'] : [];
};

// Where it is the default anyway, which depends on the release, FRR writes it nowhere, and to say it again changes nothing.
// With the defaults of a data center it is off in both.
const nextHopLines = (
  family: 'ip' | 'ipv6',
  resolve: boolean | undefined,
  defaults: FrrConfiguration['defaults'],
): string[] => {
  if (resolve === undefined || (!resolve && defaults === 'datacenter')) return [];
  return [`${resolve ? '' : 'no '}${family} nht resolve-via-default`];
};

type Protocols = Partial<
  NonNullable<FrrConfiguration['ipProtocol']> & NonNullable<FrrConfiguration['ipv6Protocol']>
>;

const protocolLines = (family: 'ip' | 'ipv6', protocols: Protocols | undefined): string[] =>
  (['any', 'bgp', 'connected', 'kernel', 'ospf', 'ospf6', 'static'] as const).flatMap((protocol) =>
    given(protocols?.[protocol], ({ routeMap }) => `${family} protocol ${protocol} route-map ${routeMap}`),
  );
