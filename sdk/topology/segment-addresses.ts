import { familyOf } from '../../provider/address';
import { shareSubnet } from '../../provider/link/address';
import { numberOf, numbersOf } from './numbering';
import { hostAt, hostsIn } from './pool';
import type { Protocols } from './protocols';
import type { TopologySettings } from './schema';
import type { PlacedEnd, PlacedSegment } from './segment-places';
import { type Subnet, subnetsOf } from './subnets';

/** What an end of a segment has: its addresses, and where they are from the pools, its number. */
export interface EndAddresses {
  addresses: string[];
  number?: number;
}

/** The addresses of the ends of segments, by segment and end. */
export const segmentAddresses = (
  segments: PlacedSegment[],
  settings: TopologySettings,
  protocols: Protocols,
): { addresses: Map<string, Map<string, EndAddresses>>; problems: string[] } => {
  const wanting = segments.filter(({ ends }) => ends.some(({ addresses }) => addresses === undefined));
  const { subnets, problems } = subnetsOf(
    wanting.map(({ declared }) => declared),
    settings,
    protocols,
  );
  const all = segments.map((segment) => ({
    segment,
    ...inSubnets(segment, subnets.get(segment.name) ?? [], settings),
  }));
  return {
    addresses: new Map(all.map(({ segment, addresses }) => [segment.name, addresses])),
    problems: [
      ...problems,
      ...all.flatMap(({ segment, problems: bad, addresses }) =>
        [
          ...bad,
          ...(bad.length > 0 ? [] : oneSubnet(segment, addresses)),
          ...lackingFamilies(segment, addresses, protocols),
        ].map((problem) => `${segment.declared.label}: ${problem}`),
      ),
    ],
  };
};

const inSubnets = (
  { ends }: PlacedSegment,
  subnets: Subnet[],
  { routers }: TopologySettings,
): { addresses: Map<string, EndAddresses>; problems: string[] } => {
  const count = Math.min(2 ** 31, ...subnets.map(({ pool, length }) => hostsIn(pool.family, length)));
  const wishOf = ({ router, number }: PlacedEnd) => number ?? routers[router ?? '']?.id;
  const nameOf = (end: PlacedEnd) =>
    end.number === undefined && wishOf(end) !== undefined ? `${end.label} by its id` : end.label;
  const keyOf = ({ router, machineName }: PlacedEnd) => router ?? machineName;
  const { problems } = numbersOf(
    ends
      .filter(({ addresses }) => addresses === undefined)
      .map((end) => ({ label: nameOf(end), key: keyOf(end), id: wishOf(end), count })),
    { property: 'number', from: 'its subnet has', more: 'a larger subnet' },
  );
  return {
    problems,
    addresses: new Map(
      ends.map((end): [string, EndAddresses] => {
        if (end.addresses !== undefined) return [end.label, { addresses: end.addresses }];
        const number = wishOf(end) ?? numberOf(keyOf(end), count);
        return [
          end.label,
          {
            number,
            addresses: subnets.map((subnet) => hostAt(subnet.pool, subnet.length, subnet.number, number)),
          },
        ];
      }),
    ),
  };
};

// Those that are given may be anywhere.
const oneSubnet = ({ ends }: PlacedSegment, addresses: ReadonlyMap<string, EndAddresses>): string[] => {
  const all = [...addresses].flatMap(([label, own]) => own.addresses.map((text) => ({ label, text })));
  const given = new Set(ends.filter((end) => end.addresses !== undefined).map(({ label }) => label));
  // What is from the pools says where the others are to be.
  const inOrder = [
    ...all.filter(({ label }) => !given.has(label)),
    ...all.filter(({ label }) => given.has(label)),
  ];
  return inOrder.flatMap(({ label, text }) => {
    const first = inOrder.find((each) => familyOf(each.text) === familyOf(text));
    return first === undefined || shareSubnet(first.text, text)
      ? []
      : [
          `${label} has ${text}, and ${first.label} has ${first.text}: they share no subnet; accepted are addresses in one`,
        ];
  });
};

// Whoever is to speak over it needs an address of each kind.
const lackingFamilies = (
  { ends, declared }: PlacedSegment,
  addresses: ReadonlyMap<string, EndAddresses>,
  { families }: Protocols,
): string[] => {
  const wanted = families(declared);
  if (wanted.length === 0) return ['it has no addresses; accepted is ipv4 or ipv6, and a pool that has it'];
  return ends
    .filter(({ router, asn }) => router !== undefined || asn !== undefined)
    .flatMap(({ label }) =>
      wanted
        .filter((family) => !addresses.get(label)?.addresses.some((each) => familyOf(each) === family))
        .map(
          (family) =>
            `${label} has no IPv${family} address, and others have; accepted is one for each of them`,
        ),
    );
};
