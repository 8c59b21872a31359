import { isDeepStrictEqual } from 'node:util';
import { familyOf } from '../address';
import { canonicalAddress } from '../link/address';
import { sides } from '../link/end';
import { linkRules } from '../link/rules';
import type { CheckFailure } from '../resource';
import { holdsUnknown, isRecord, isUnknown } from '../unknown';

/** Checks that span properties of a tunnel. Unknown parts are skipped. */
export const tunnelRules = (inputs: Record<string, unknown>): CheckFailure[] => [
  ...ofTheOtherKind(inputs),
  ...missingUnderlays(inputs),
  ...connectionOfNeither(inputs),
  ...oneHost(inputs),
  ...underlays(inputs),
  ...linkRules(inputs),
];

const ofTheOtherKind = (inputs: Record<string, unknown>): CheckFailure[] => {
  const { kind } = inputs;
  if (isUnknown(kind)) return [];
  const wireguard = kind === 'wireguard';
  const properties = wireguard ? ['vni'] : ['persistentKeepalive', 'rekey'];
  const ofEnds = wireguard ? 'mac' : 'port';
  const reason = `received, and kind is ${JSON.stringify(kind)}, which has none; accepted with kind "${wireguard ? 'vxlan' : 'wireguard'}" only`;
  return [
    ...properties.filter((name) => inputs[name] !== undefined),
    ...sides
      .filter((side) => isRecord(inputs[side]) && inputs[side][ofEnds] !== undefined)
      .map((side) => `${side}.${ofEnds}`),
  ].map((property) => ({ property, reason }));
};

const missingUnderlays = ({ kind, ...inputs }: Record<string, unknown>): CheckFailure[] => {
  if (isUnknown(kind)) return [];
  const missing = sides.filter((side) => {
    const end = inputs[side];
    return isRecord(end) && end.underlay === undefined;
  });
  if (missing.length === 0 || (kind === 'wireguard' && missing.length === 1)) return [];
  const accepted = kind === 'wireguard' ? ', on one end at least' : '';
  const reason = `it is missing; accepted is the address of the host, such as "192.0.2.1" or "2001:db8::1"${accepted}`;
  return missing.map((side) => ({ property: `${side}.underlay`, reason }));
};

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
