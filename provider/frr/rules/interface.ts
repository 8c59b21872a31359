import { canonicalIp } from '../address';
import type { FrrConfiguration } from '../schema';
import { type Refusal, refuseTwice, refuseWhen } from './failure';
import { gives, type Known } from './known';

/** What interfaces cannot be. */
export const interfaceRefusals = ({ interfaces = {} }: Known<FrrConfiguration>): Refusal[] => [
  ...refuseTwice(
    Object.entries(interfaces).flatMap(([name, settings]) =>
      (settings?.addresses ?? []).map((address, index) => ({
        address,
        path: ['interfaces', name, 'addresses', index],
      })),
    ),
    ({ path }) => path,
    ({ address }) => (address === undefined ? undefined : canonicalIp(address).replace(/\/.*/, '')),
    'address',
  ),
  ...loopbackRefusals(interfaces.lo ?? {}),
  ...Object.entries(interfaces).flatMap(([name, settings]) => {
    const advertised = settings?.ipv6RouterAdvertisements;
    if (typeof advertised !== 'object') return [];
    const { lifetime = 0, interval = gives(advertised, 'interval') ? 0 : 600 } = advertised;
    return refuseWhen(
      lifetime > 0 && lifetime < interval,
      ['interfaces', name, 'ipv6RouterAdvertisements', 'lifetime'],
      `received ${lifetime}, and the interval is ${interval}; accepted is 0, or at least the interval`,
    );
  }),
];

const loopbackRefusals = (
  loopback: NonNullable<Known<FrrConfiguration>['interfaces']>[string] & object,
): Refusal[] => {
  const refused = (holds: unknown, ...path: string[]) =>
    refuseWhen(
      holds,
      ['interfaces', 'lo', ...path],
      'it is given for lo; accepted is it for other interfaces',
    );
  return [
    ...refused(loopback.ospf && gives(loopback.ospf, 'network'), 'ospf', 'network'),
    ...refused(loopback.ospf6 && gives(loopback.ospf6, 'network'), 'ospf6', 'network'),
    ...refused(loopback.ipv6RouterAdvertisements, 'ipv6RouterAdvertisements'),
  ];
};
