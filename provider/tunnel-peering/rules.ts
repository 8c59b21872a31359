import { isDeepStrictEqual } from 'node:util';
import { canonicalAddress, familyOf } from '../link/address';
import { linkRules } from '../link/rules';
import type { CheckFailure } from '../resource';
import { holdsUnknown, isRecord, isUnknown } from '../unknown';

/** Checks that span properties of a tunnel. Unknown parts are skipped. */
export const tunnelRules = (inputs: Record<string, unknown>): CheckFailure[] => [
  ...kindNotAvailable(inputs),
  ...connectionOfNeither(inputs),
  ...oneHost(inputs),
  ...underlays(inputs),
  ...linkRules(inputs),
];

const kindNotAvailable = ({ kind }: Record<string, unknown>): CheckFailure[] =>
  kind === 'wireguard'
    ? [{ property: 'kind', reason: 'received "wireguard", which is not available yet; accepted is "vxlan"' }]
    : [];

const connectionOfNeither = ({ connection }: Record<string, unknown>): CheckFailure[] =>
  connection === undefined
    ? []
    : [
        {
          property: 'connection',
          reason: 'a tunnel has two hosts; accepted are a.connection and b.connection',
        },
      ];

const oneHost = ({ a, b }: Record<string, unknown>): CheckFailure[] => {
  if (!isRecord(a) || !isRecord(b) || holdsUnknown(a.connection) || holdsUnknown(b.connection)) return [];
  if (!isDeepStrictEqual(a.connection, b.connection)) return [];
  const reason = 'both ends are on one host; accepted are two hosts (on one, use a VethPeering)';
  return [{ property: 'b.connection', reason }];
};

const underlays = ({ a, b }: Record<string, unknown>): CheckFailure[] => {
  const [one, other] = [a, b].map((end) => (isRecord(end) ? end.underlay : undefined));
  if (typeof one !== 'string' || typeof other !== 'string' || isUnknown(one) || isUnknown(other)) return [];
  if (canonicalAddress(one) === canonicalAddress(other)) {
    return [
      {
        property: 'b.underlay',
        reason: `received ${other}, which end a has too; accepted is the other host's own`,
      },
    ];
  }
  if (familyOf(one) === familyOf(other)) return [];
  const reason = `received ${other}, and end a has ${one}; accepted are two of one kind, IPv4 or IPv6`;
  return [{ property: 'b.underlay', reason }];
};
