import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { z } from 'zod';
import { renderFrr } from '../../../provider/frr/render';
import { frrRules } from '../../../provider/frr/rules';
import { type FrrConfiguration, frrConfiguration } from '../../../provider/frr/schema';
import { isRecord } from '../../../provider/unknown';
import { runs } from '../../fuzz';
import { anyConfiguration } from './arbitrary';
import { everything } from './everything';

const render = (configuration: FrrConfiguration) => renderFrr(configuration, { hostname: 'r1' });
const lines = (configuration: FrrConfiguration) => render(configuration).split('\n');
/** The lines of a block, without its head and end. */
const blockOf = (configuration: FrrConfiguration, head: string) => {
  const all = lines(configuration);
  const start = all.indexOf(head);
  return start < 0 ? [] : all.slice(start + 1, all.indexOf('exit', start)).map((line) => line.trim());
};

test('the least configuration says what FRR would otherwise take from the kernel: name and forwarding', () => {
  assert.deepEqual(lines({}), [
    'frr defaults traditional',
    'hostname r1',
    'log syslog informational',
    'ip forwarding',
    'ipv6 forwarding',
    'service integrated-vtysh-config',
    '!',
    '',
  ]);
  assert.match(
    render({ ipForwarding: false, ipv6Forwarding: false }),
    /^no ip forwarding\nno ipv6 forwarding$/m,
  );
});

test('entries of lists and route maps always have their sequences, and stand in their order', () => {
  const entry = { action: 'permit', prefix: '10.0.0.0/8' } as const;
  const { prefixLists, routeMaps } = {
    prefixLists: {
      P: [
        entry,
        { ...entry, sequence: 2, le: 9 },
        { ...entry, le: 10 },
        { ...entry, prefix: '2001:DB8::/32' },
      ],
    },
    routeMaps: { R: [{ action: 'permit' }, { action: 'deny', sequence: 15 }, { action: 'permit' }] },
  } as const satisfies FrrConfiguration | object;
  const text = render({ prefixLists: { P: [...prefixLists.P] }, routeMaps: { R: [...routeMaps.R] } });
  assert.deepEqual(text.match(/^(ip|ipv6) prefix-list .*$/gm), [
    'ip prefix-list P seq 2 permit 10.0.0.0/8 le 9',
    'ip prefix-list P seq 5 permit 10.0.0.0/8',
    'ip prefix-list P seq 7 permit 10.0.0.0/8 le 10',
    'ipv6 prefix-list P seq 12 permit 2001:db8::/32',
  ]);
  assert.deepEqual(text.match(/^route-map .*$/gm), [
    'route-map R permit 10',
    'route-map R deny 15',
    'route-map R permit 25',
  ]);
});

test("what is FRR's default is written nowhere, by the profile", () => {
  const bgp = {
    asn: 65000,
    ebgpRequiresPolicy: true,
    timers: { keepalive: 60, holdtime: 180 },
    gracefulRestart: { restartTime: 120 },
    fastExternalFailover: true,
    defaultLocalPreference: 100,
  };
  assert.deepEqual(blockOf({ bgp }, 'router bgp 65000'), [
    'no bgp default ipv4-unicast',
    'bgp graceful-restart',
  ]);
  assert.deepEqual(
    blockOf(
      { defaults: 'datacenter', bgp: { ...bgp, timers: { keepalive: 3, holdtime: 9 } } },
      'router bgp 65000',
    ),
    ['bgp ebgp-requires-policy', 'no bgp default ipv4-unicast', 'bgp graceful-restart'],
  );
  const ospf = { area: 0, helloInterval: 10, priority: 1, network: 'broadcast', passive: false } as const;
  assert.deepEqual(blockOf({ interfaces: { eth1: { ospf } } }, 'interface eth1'), ['ip ospf area 0.0.0.0']);
  assert.match(render({ bfd: { profiles: { p: { detectMultiplier: 3 } } } }), /^ profile p\n exit$/m);
});

test('dampening says its half life alone, or all four values, or nothing where that is the default', () => {
  const dampening = (given: NonNullable<NonNullable<FrrConfiguration['bgp']>['ipv4']>['dampening']) =>
    lines({ bgp: { asn: 65000, ipv4: { dampening: given } } }).filter((line) => line.includes('dampening'));
  assert.deepEqual(dampening(true), ['  bgp dampening']);
  assert.deepEqual(dampening({ halfLife: 15, reuse: 750 }), ['  bgp dampening']);
  assert.deepEqual(dampening({ halfLife: 20 }), ['  bgp dampening 20']);
  assert.deepEqual(dampening({ halfLife: 20, suppress: 3000 }), ['  bgp dampening 20 750 3000 80']);
  assert.deepEqual(dampening({ maximumSuppressTime: 50 }), ['  bgp dampening 15 750 2000 50']);
});

test('a help for OSPF restarts is for all, or for the routers that are named, and says no default', () => {
  const ospf = (given: NonNullable<FrrConfiguration['ospf']>) => blockOf({ ospf: given }, 'router ospf');
  assert.deepEqual(ospf({ gracefulRestart: { gracePeriod: 120 }, gracefulRestartHelper: true }), [
    'graceful-restart',
    'graceful-restart helper enable',
  ]);
  const named = {
    routerIds: ['10.255.0.10', '10.255.0.9'],
    strictLsaChecking: true,
    supportedGraceTime: 1800,
  };
  assert.deepEqual(ospf({ gracefulRestartHelper: named }), [
    'graceful-restart helper enable 10.255.0.9',
    'graceful-restart helper enable 10.255.0.10',
  ]);
  assert.deepEqual(
    blockOf({ ospf6: { gracefulRestartHelper: { strictLsaChecking: false } } }, 'router ospf6'),
    ['graceful-restart helper enable', 'graceful-restart helper lsa-check-disable'],
  );
});

test('how next hops are found is said where it is given, but for the data center, where it is off anyway', () => {
  const nht = (given: FrrConfiguration) => render(given).match(/^.*nht.*$/gm);
  assert.deepEqual(nht({ ipNhtResolveViaDefault: true, ipv6NhtResolveViaDefault: false }), [
    'ip nht resolve-via-default',
    'no ipv6 nht resolve-via-default',
  ]);
  assert.equal(nht({ defaults: 'datacenter', ipNhtResolveViaDefault: false }), null);
  assert.equal(nht({}), null);
});

test('ASes of a confederation stand in one order, whatever the program has', () => {
  const confederation = { identifier: 65100, peers: [4200000001, 65020, 65003] };
  assert.deepEqual(blockOf({ bgp: { asn: 65000, confederation } }, 'router bgp 65000'), [
    'no bgp default ipv4-unicast',
    'bgp confederation identifier 65100',
    'bgp confederation peers 65003 65020 4200000001',
  ]);
});

test('an interface that takes part in OSPF brings the router with it, and no other does', () => {
  assert.match(
    render({ interfaces: { eth1: { ospf: { area: 0 }, ospf6: { area: 0 } } } }),
    /^router ospf\nexit\n!\nrouter ospf6\nexit$/m,
  );
  assert.doesNotMatch(render({ interfaces: { eth1: { description: 'x' } } }), /router/);
});

test('families are for the neighbors of their own address, unless they are said', () => {
  const external = { remoteAs: 'external' } as const;
  const bgp = {
    asn: 65000,
    neighbors: {
      '192.0.2.1': external,
      '2001:db8::1': external,
      eth1: external,
      '192.0.2.2': { ...external, ipv6: {} },
      '192.0.2.3': { ...external, ipv4: { activate: false } },
    },
  };
  const text = render({ bgp });
  const family = (name: string) =>
    text
      .match(new RegExp(`address-family ${name} unicast\\n([^]*?) exit-address`))?.[1]
      ?.match(/neighbor .*/g);
  assert.deepEqual(family('ipv4'), ['neighbor eth1 activate', 'neighbor 192.0.2.1 activate']);
  assert.deepEqual(family('ipv6'), [
    'neighbor eth1 activate',
    'neighbor 192.0.2.2 activate',
    'neighbor 2001:db8::1 activate',
  ]);
});

test('a member says only what its group does not', () => {
  const bgp = {
    asn: 65000,
    peerGroups: { G: { remoteAs: 'internal', ipv4: {} } },
    neighbors: {
      '192.0.2.1': { peerGroup: 'G' },
      '192.0.2.2': { peerGroup: 'G', ipv4: { activate: false }, ipv6: {} },
    },
  } as const;
  const text = render({ bgp });
  assert.match(text, /neighbor 192\.0\.2\.1 peer-group G/);
  assert.doesNotMatch(text, /neighbor 192\.0\.2\.1 (activate|remote-as)/);
  assert.match(text, /no neighbor 192\.0\.2\.2 activate/);
});

test('policies stand before what uses them, and raw text after everything', () => {
  const text = render({ ...everything, text: 'router bgp 4200000001\n bgp bestpath bandwidth ignore\n\n' });
  assert.ok(text.indexOf('route-map ONE') < text.indexOf('router bgp'));
  assert.ok(text.endsWith('router bgp 4200000001\n bgp bestpath bandwidth ignore\n!\n'));
});

test('addresses, areas, communities and notes stand as FRR writes them', () => {
  const text = render({
    interfaces: { eth1: { description: 'to  FE80::0:A', ospf: { area: 256 } } },
    communityLists: {
      C: [{ action: 'permit', communities: ['65535:65281', '65000:2', '65000:1', '65000:2'] }],
    },
    staticRoutes: [{ prefix: '2001:DB8:0::/48', via: 'FE80:0::1', interface: 'eth1' }],
  });
  assert.match(text, /^ description to fe80::a$/m);
  assert.match(text, /^ ip ospf area 0\.0\.1\.0$/m);
  assert.match(text, /permit 65000:1 65000:2 no-export$/m);
  assert.match(text, /^ipv6 route 2001:db8::\/48 fe80::1 eth1$/m);
});

test('the order of properties in a program means nothing', () => {
  const reversed = (value: unknown): unknown =>
    isRecord(value)
      ? Object.fromEntries(
          Object.entries(value)
            .reverse()
            .map(([key, part]) => [key, reversed(part)]),
        )
      : Array.isArray(value)
        ? value.map(reversed)
        : value;
  assert.equal(render(reversed(everything) as FrrConfiguration), render(everything));
  fc.assert(
    fc.property(anyConfiguration(), (given) =>
      assert.equal(render(reversed(given) as FrrConfiguration), render(given)),
    ),
    runs(15),
  );
});

test('every property of the schema is in the configuration that real FRR is tried with', () => {
  assert.deepEqual(frrRules(everything), []);
  const tried = namesIn(everything);
  const untried = propertiesOf(frrConfiguration).filter((name) => !tried.has(name));
  assert.deepEqual(untried, ['hostname', 'ipForwarding', 'ipv6Forwarding', 'text']);
});

test('whatever text is given, it is refused, or makes no line of its own', () => {
  const heads = new Set(lines({ ...everything }).map((line) => line.trim().split(' ').slice(0, 2).join(' ')));
  const places = stringsIn(everything, []);
  const hostile = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 30 }),
    fc
      .tuple(
        fc.string(),
        fc.constantFrom('\n', '\r', '\r\n', '\0', '\u2028', '\u0085', '\v', '\n!\n', '\nrouter bgp 1\n'),
        fc.string(),
      )
      .map((parts) => parts.join('')),
  );
  fc.assert(
    fc.property(fc.constantFrom(...places), hostile, fc.boolean(), (path, text, asKey) => {
      const changed = withText(everything, path, text, asKey);
      const parsed = frrConfiguration.safeParse(changed);
      if (!parsed.success || frrRules(parsed.data).length > 0) return;
      const rendered = lines(parsed.data);
      assert.ok(rendered.length <= lines(everything).length);
      for (const line of rendered) {
        assert.doesNotMatch(line, /\p{Cc}/u);
        const head = line.trim().split(' ').slice(0, 2).join(' ');
        assert.ok(heads.has(head) || line.includes(text.trim()), line);
      }
    }),
    runs(1500),
  );
});

const propertiesOf = (schema: z.ZodType): string[] => {
  const { shape = {}, def } = schema as unknown as {
    shape?: Record<string, z.ZodType>;
    def: { innerType?: z.ZodType; element?: z.ZodType; valueType?: z.ZodType; options?: z.ZodType[] };
  };
  const inner = [def.innerType, def.element, def.valueType, ...(def.options ?? [])].filter(
    (each) => each !== undefined,
  );
  const own = Object.entries(shape).flatMap(([name, property]) => [name, ...propertiesOf(property)]);
  return [...new Set([...own, ...inner.flatMap(propertiesOf)])];
};

const namesIn = (value: unknown): Set<string> =>
  new Set(
    typeof value === 'object' && value !== null
      ? Object.entries(value).flatMap(([name, part]) => [name, ...namesIn(part)])
      : [],
  );

const stringsIn = (value: unknown, path: (string | number)[]): (string | number)[][] =>
  typeof value === 'string'
    ? [path]
    : typeof value === 'object' && value !== null
      ? Object.entries(value).flatMap(([key, part]) =>
          stringsIn(part, [...path, Array.isArray(value) ? Number(key) : key]),
        )
      : [];

// With another text at a place, or as the name of the property that it is in.
const withText = (
  value: unknown,
  [name, ...rest]: (string | number)[],
  text: string,
  asKey: boolean,
): unknown => {
  if (name === undefined) return text;
  if (Array.isArray(value)) {
    return value.map((part, index) => (index === name ? withText(part, rest, text, asKey) : part));
  }
  const last = asKey && rest.filter((key) => typeof key === 'string').length === 1;
  return Object.fromEntries(
    Object.entries(value as object).map(([key, part]) =>
      key !== name ? [key, part] : last ? [text, part] : [key, withText(part, rest, text, asKey)],
    ),
  );
};
