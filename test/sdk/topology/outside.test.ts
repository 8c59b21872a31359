import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { formatPlan, planTopology, type TopologyArgs } from '../../../sdk';
import { problemsOf } from './refusals';

const args: TopologyArgs = {
  hosts: { paris: { underlay: '192.0.2.1' }, tokyo: { underlay: '192.0.2.2' } },
  routers: { r1: { id: 1, host: 'paris' }, r2: { id: 2, host: 'paris' } },
  links: [
    { a: 'r1', b: 'r2', id: 1 },
    { a: 'r1', b: { host: true, asn: 65000 }, id: 2 },
    { a: 'r2', b: { host: true, machineName: 'web' }, id: 3 },
    { a: 'r2', b: { host: 'tokyo' }, id: 4 },
  ],
  policy: { pools: { loopback4: '10.255.0.0/24', p2p4: '10.0.0.0/24' } },
};

describe('links with what is no router', () => {
  test('go to the host of the router, a machine there, or another host', () => {
    const { links } = planTopology(args);
    assert.deepEqual(links['r1_.host']?.b, {
      host: 'paris',
      interface: 'to-r1',
      addresses: ['10.0.0.3/31'],
      asn: 65000,
    });
    assert.equal(links['r1_.host']?.a.interface, 'to-host');
    assert.deepEqual(links.r2_web?.b, {
      host: 'paris',
      machineName: 'web',
      interface: 'to-r2',
      addresses: ['10.0.0.5/31'],
    });
    assert.equal(links['r2_.host']?.kind, 'vxlan');
    assert.equal(links['r2_.host']?.a.interface, 'to-host_tokyo');
  });

  test('have a session where an AS is there, for which nobody waits, and are announced where none is', () => {
    const { routers } = planTopology(args);
    assert.deepEqual(routers.r1?.configuration.bgp?.neighbors?.['10.0.0.3'], {
      remoteAs: 65000,
      description: 'the host',
      ipv4: {},
    });
    assert.deepEqual(routers.r1?.expected.bgp, ['10.0.0.1']);
    assert.deepEqual(routers.r1?.configuration.bgp?.ipv4?.networks, ['10.255.0.1/32']);
    assert.deepEqual(routers.r2?.configuration.bgp?.ipv4?.networks, [
      '10.255.0.2/32',
      '10.0.0.4/31',
      '10.0.0.6/31',
    ]);
    const inside = planTopology({
      ...args,
      routers: { r1: { id: 1, host: 'paris' }, r2: { id: 2, host: 'paris' } },
      policy: { ...args.policy, asn: 64512 },
    }).routers;
    assert.deepEqual(inside.r2?.configuration.interfaces?.['to-web']?.ospf, {
      area: '0.0.0.0',
      passive: true,
    });
    assert.equal(inside.r1?.configuration.interfaces?.['to-host']?.ospf, undefined);
    // The host learns what is behind the border.
    assert.deepEqual(inside.r1?.configuration.bgp?.ipv4?.networks, ['10.255.0.1/32', '10.255.0.2/32']);
  });

  test('show in the plan', () => {
    assert.match(
      formatPlan(planTopology(args)),
      /^r1:to-host +\.host:to-r1 +veth +10\.0\.0\.2–3\/31 +ebgp$/m,
    );
  });

  test('are refused where they cannot be', () => {
    const link = (b: object, more: object = {}) =>
      problemsOf({ ...args, ...more, links: [{ a: 'r1', b: b as { host: true } }] });
    assert.deepEqual(link({ host: 'rome' }), [
      'links[0]: there is no host "rome"; accepted is true, or "paris", "tokyo"',
    ]);
    assert.deepEqual(link({ host: true, asn: 65000 }, { policy: { asn: 'none' } }), [
      'links[0]: received asn 65000, and r1 has no BGP; accepted is an `asn` of the router, or none here',
    ]);
    assert.deepEqual(
      problemsOf({
        ...args,
        links: [
          ['r1', { host: true }],
          ['r2', { host: true, interface: 'to-r1' }],
        ],
      }),
      [
        'links r1_.host and r2_.host: both have interface "to-r1" in .host; give one another with { host: …, interface: … }',
      ],
    );
  });
});
