import { familyOf } from '../address';
import type { CheckFailure } from '../resource';
import { isRecord, isUnknown } from '../unknown';
import { isHostPrefix, shareSubnet, withoutPrefix } from './address';
import { type Side, sides } from './end';

/** The checks that both kinds of link share, of what spans properties. Unknown parts are skipped. */
export const linkRules = (inputs: Record<string, unknown>): CheckFailure[] => [
  ...sameMac(inputs),
  ...duplicateAddresses(inputs),
  ...noSharedSubnet(inputs),
  ...smallMtu(inputs),
  ...noPort(inputs),
];

const sameMac = ({ a, b }: Record<string, unknown>): CheckFailure[] => {
  const [one, other] = [a, b].map((end) => (isRecord(end) && typeof end.mac === 'string' ? end.mac : ''));
  if (!one || isUnknown(one) || one.toLowerCase() !== other?.toLowerCase()) return [];
  return [
    {
      property: 'b.mac',
      reason: `received ${one}, which end a has too; accepted is a MAC address of its own`,
    },
  ];
};

const duplicateAddresses = (inputs: Record<string, unknown>): CheckFailure[] => {
  const taken = new Map<string, string>();
  return sides.flatMap((side) =>
    addressesOf(inputs, side).flatMap(({ text, property }) => {
      const address = withoutPrefix(text);
      const first = taken.get(address);
      if (!first) taken.set(address, property);
      return first
        ? [{ property, reason: `received ${text}, which ${first} has too; accepted is each address once` }]
        : [];
    }),
  );
};

// /32 and /128 are for unnumbered links. Otherwise two ends that share no subnet are a slip of the pen.
const noSharedSubnet = (inputs: Record<string, unknown>): CheckFailure[] =>
  ([4, 6] as const).flatMap((family) => {
    const [a, b] = sides.map((side) =>
      addressesOf(inputs, side).filter(({ text }) => familyOf(text) === family && !isHostPrefix(text)),
    );
    if (!a?.[0] || !b?.[0] || a.some((one) => b.some((other) => shareSubnet(one.text, other.text))))
      return [];
    const [first] = a;
    const reason = `received ${b[0].text}, and end a has ${first.text}: they share no subnet; accepted are addresses which do, or /32 and /128`;
    return [{ property: b[0].property, reason }];
  });

const smallMtu = (inputs: Record<string, unknown>): CheckFailure[] => {
  const { mtu } = inputs;
  if (typeof mtu !== 'number' || mtu >= 1280) return [];
  const six = sides.flatMap((side) => addressesOf(inputs, side)).find(({ text }) => familyOf(text) === 6);
  if (!six) return [];
  return [
    {
      property: 'mtu',
      reason: `received ${mtu}, and ${six.property} is IPv6; accepted is at least 1280 (RFC 8200, section 5)`,
    },
  ];
};

// A port's addresses are nobody's: what comes in is the bridge's.
const noPort = (inputs: Record<string, unknown>): CheckFailure[] =>
  sides.flatMap((side) => {
    const end = inputs[side];
    if (!isRecord(end) || end.bridge === undefined) return [];
    const failure = (name: string, reason: string) => [{ property: `${side}.${name}`, reason }];
    const received = `received ${isUnknown(end.bridge) ? 'one' : JSON.stringify(end.bridge)}`;
    if (end.machineName !== undefined && !isUnknown(end.machineName)) {
      return failure(
        'bridge',
        `${received} for an end in a machine; accepted is the bridge of an end on the host itself, without machineName`,
      );
    }
    if (end.bridge === end.interface && !isUnknown(end.bridge)) {
      return failure(
        'bridge',
        `${received}, which is the name of the end's own interface; accepted is another`,
      );
    }
    if (inputs.kind === 'wireguard') {
      return failure(
        'bridge',
        `${received} with kind "wireguard", which carries no frames; accepted with kind "vxlan" only`,
      );
    }
    return (['addresses', 'metric'] as const).flatMap((name) => {
      const given = end[name];
      if (given === undefined || isUnknown(given) || (Array.isArray(given) && given.length === 0)) return [];
      return failure(
        name,
        'received for an end with a bridge, whose port has no addresses; accepted is it without',
      );
    });
  });

const addressesOf = (inputs: Record<string, unknown>, side: Side) => {
  const end = inputs[side];
  const addresses = isRecord(end) && Array.isArray(end.addresses) ? end.addresses : [];
  return addresses
    .map((text: unknown, index) => ({ text, property: `${side}.addresses[${index}]` }))
    .filter(
      (each): each is { text: string; property: string } =>
        typeof each.text === 'string' && !isUnknown(each.text),
    );
};
