import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import type { z } from 'zod';
import * as address from '../../../provider/frr/address';
import { neighborKeySchema } from '../../../provider/frr/bgp-schema';
import * as community from '../../../provider/frr/community';
import { logPathSchema } from '../../../provider/frr/log-schema';
import { areaKeySchema, areaSchema } from '../../../provider/frr/ospf-schema';
import { rawTextSchema } from '../../../provider/frr/raw-text';
import { frrRefusals } from '../../../provider/frr/rules';
import { type FrrConfiguration, frrConfiguration } from '../../../provider/frr/schema';
import * as words from '../../../provider/frr/words';
import { machineNameSchema } from '../../../provider/names';
import { type Leaves, valuesOf } from '../values';

/** Any configuration that is accepted: made from the schema itself, so that a new property is in it at once. */
export const anyConfiguration = (): fc.Arbitrary<FrrConfiguration> =>
  (valuesOf(frrConfiguration, leaves) as fc.Arbitrary<FrrConfiguration>).map((given) =>
    repaired(withNames(given)),
  );

/** Some are words of FRR's own, which stand where FRR expects a name. */
const names = ['FROM-PEERS', 'to_all.2', 'permit', 'in', 'seq'];

const number = (least: number, most: number) => fc.integer({ min: least, max: most });
const ipv4 = number(1, 6).map((last) => `192.0.2.${last}`);
const ipv6 = number(1, 6).map((last) => `2001:DB8:0::${last}`);
const prefix4 = fc.constantFrom(
  '0.0.0.0/0',
  '10.0.0.0/8',
  '10.1.0.0/16',
  '10.1.2.0/24',
  '192.0.2.128/25',
  '10.9.9.9/32',
);
const prefix6 = fc.constantFrom(
  '::/0',
  '2001:DB8::/32',
  '2001:db8:1::/48',
  '2001:db8:0:1::/64',
  '2001:db8::9/128',
);
const community2 = fc.oneof(
  fc.tuple(number(1, 65534), number(0, 65535)).map((parts) => parts.join(':')),
  fc.constantFrom('no-export', 'blackhole', 'local-AS', 'graceful-shutdown', '65535:65282'),
);
const extended = fc.oneof(
  fc.tuple(number(1, 65535), number(0, 4294967295)).map((parts) => parts.join(':')),
  fc.tuple(number(65536, 4294967294), number(0, 65535)).map((parts) => parts.join(':')),
  fc.tuple(ipv4, number(0, 65535)).map((parts) => parts.join(':')),
);
const printable = fc.string({
  unit: fc.integer({ min: 33, max: 126 }).map((code) => String.fromCharCode(code)),
  minLength: 1,
  maxLength: 8,
});
const interfaces = fc.constantFrom('eth1', 'eth2', 'to-r2', 'lo', 'eth1.100');

/** What cannot be told from a schema's own rules. */
const leaves: Leaves = new Map<z.ZodType, fc.Arbitrary<unknown>>([
  [words.nameSchema, fc.constantFrom(...names)],
  [words.frrInterfaceSchema, interfaces],
  [words.lineSchema, fc.array(printable, { minLength: 1, maxLength: 4 }).map((parts) => parts.join(' '))],
  [words.regexSchema, fc.constantFrom('^65001_', '.*', '(_65003_|^65004:1$)', '^65000:[1-9]{2,3}')],
  [
    words.asPathRegexSchema,
    fc.constantFrom('^65001_', '_65002$', '.*', '(_65003_|^65004$)', '^[0-9]+ 65000$'),
  ],
  [words.asnSchema, fc.oneof(number(64512, 64520), number(4200000000, 4200000009))],
  [address.ipSchema, fc.oneof(ipv4, ipv6)],
  [address.ipv4Schema, ipv4],
  [address.ipv6Schema, ipv6],
  [address.prefixSchema, fc.oneof(prefix4, prefix6)],
  [address.ipv4PrefixSchema, prefix4],
  [address.ipv6PrefixSchema, prefix6],
  [
    address.addressWithLengthSchema,
    fc.constantFrom('10.255.0.1/32', '10.255.0.2/24', '2001:DB8::1/128', 'fd00::1/64'),
  ],
  [address.routerIdSchema, ipv4],
  [community.communitySchema, community2],
  [
    community.largeCommunitySchema,
    fc.tuple(number(0, 4294967295), number(0, 9), number(0, 9)).map((parts) => parts.join(':')),
  ],
  [community.extendedValueSchema, extended],
  [
    community.extendedCommunitySchema,
    fc.tuple(fc.constantFrom('rt', 'soo'), extended).map((parts) => parts.join(' ')),
  ],
  [neighborKeySchema, fc.oneof(ipv4, ipv6, interfaces)],
  [areaKeySchema, fc.constantFrom('0', '1', '0.0.0.2', '0.0.0.0')],
  [areaSchema, fc.constantFrom(0, 1, '0.0.0.2', '0.0.0.0')],
  [machineNameSchema, fc.constant('r1')],
  [logPathSchema, fc.constant('/var/log/frr/frr.log')],
  [rawTextSchema, fc.constant('')],
]);

// Every name that something may refer to is there.
const withNames = (given: FrrConfiguration): FrrConfiguration => {
  const each = <T>(entry: T) => Object.fromEntries(names.map((name) => [name, [entry]]));
  const prefixes = [
    { action: 'permit', prefix: '10.77.0.0/16' },
    { action: 'permit', prefix: '2001:db8:77::/48' },
  ] as const;
  const defined = {
    ...given,
    routeMaps: { ...each({ action: 'permit' }), ...given.routeMaps },
    prefixLists: Object.fromEntries(
      names.map((name) => [name, [...prefixes, ...(given.prefixLists?.[name] ?? [])]]),
    ),
    communityLists: { ...each({ action: 'permit', communities: ['65000:77'] }), ...given.communityLists },
    largeCommunityLists: {
      ...each({ action: 'permit', communities: ['65000:7:7'] }),
      ...given.largeCommunityLists,
    },
    extendedCommunityLists: {
      ...each({ action: 'permit', communities: ['rt 65000:77'] }),
      ...given.extendedCommunityLists,
    },
    asPathLists: { ...each({ action: 'permit', regex: '_65077_' }), ...given.asPathLists },
    bfd: {
      ...given.bfd,
      profiles: { ...Object.fromEntries(names.map((name) => [name, {}])), ...given.bfd?.profiles },
    },
    ...(given.bgp && {
      bgp: {
        ...given.bgp,
        peerGroups: { ...Object.fromEntries(names.map((name) => [name, {}])), ...given.bgp.peerGroups },
      },
    }),
  };
  const { text: _, hostname: __, ...rest } = defined;
  // FRR 8.4 keeps max-metric with areas, and has an area once an interface of it has an address.
  const area = { addresses: ['10.255.0.9/32'], ospf: { area: 0 } };
  if (given.ospf?.maxMetric) Object.assign(rest, { interfaces: { ...given.interfaces, lo: area } });
  return rest as FrrConfiguration;
};

// What the rules refuse is taken out, one thing at a time, until they accept the rest.
const repaired = (given: FrrConfiguration): FrrConfiguration => {
  const [refusal] = frrRefusals(given);
  return refusal ? repaired(without(given, refusal.path)) : given;
};

// What cannot be missing takes along what it is in.
const without = (given: FrrConfiguration, path: (string | number)[]): FrrConfiguration => {
  const changed = structuredClone(given);
  const name = path.at(-1) as string;
  const holder = path
    .slice(0, -1)
    .reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], changed);
  if (Array.isArray(holder)) holder.splice(Number(name), 1);
  else delete (holder as Record<string, unknown>)[name];
  const still = frrConfiguration.safeParse(changed).success && !isDeepStrictEqual(changed, given);
  return still ? changed : without(given, path.slice(0, -1));
};
