import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { canonicalAddress } from '../../../provider/link/address';
import { derivedVni, linkAlias, linkId, stackOf } from '../../../provider/link/identity';
import { derivedLinkLocal, derivedMac, macSchema } from '../../../provider/link/mac';
import { type LinkPlan, linkData, unmanaged } from '../../../provider/link/plan';
import { linkUnits, linkWants } from '../../../provider/link/unit';
import { UNKNOWN } from '../../../provider/unknown';

const a = {
  machineName: 'r1',
  interface: 'eth1',
  mac: '02:00:00:00:00:01',
  addresses: ['10.0.0.0/31', 'fd00::1/64'],
};
const host = { interface: 'eth7', mac: '02:00:00:00:00:02' };
const plan: LinkPlan = {
  id: '0123456789abcdef',
  owner: 'project/stack/link',
  label: 'r1:eth1 to .host:eth7',
  mtu: 1500,
  adminState: 'up',
  ends: [
    { side: 'a', end: a },
    { side: 'b', end: host },
  ],
};

test("a link's data are lines of words, and the host's end has machined's name for the host", () => {
  assert.equal(
    linkData(plan),
    `id 0123456789abcdef
mtu 1500
end a r1 eth1 02:00:00:00:00:01 only
address a 10.0.0.0/31
address a fd00::1/64
end b .host eth7 02:00:00:00:00:02 any
alias pulumi-nspawn project/stack/link 0123456789abcdef
`,
  );
});

test('only what is not usual is among the data', () => {
  const changed: LinkPlan = {
    ...plan,
    adminState: 'down',
    ends: [{ side: 'a', end: { ...a, metric: 7, rate: '1.5M' } }],
  };
  assert.deepEqual(
    linkData(changed)
      .split('\n')
      .filter((line) => !linkData(plan).includes(line)),
    ['admin down', 'metric a 7', 'rate a 1500000'],
  );
});

test('a port is told its bridge, and whose stack that is then', () => {
  const port: LinkPlan = { ...plan, ends: [{ side: 'b', end: { ...host, bridge: 'lan' } }] };
  assert.deepEqual(
    linkData(port)
      .split('\n')
      .filter((line) => line.startsWith('bridge')),
    ['bridge b lan project/stack'],
  );
  assert.equal(stackOf('project/stack/a/b'), 'project/stack');
  assert.equal(stackOf('project/"stack\n/x'), 'project/_stack_');
});

test("a unit runs with its machine's, which it never starts, and nothing waits for it", () => {
  const unit = linkUnits['pulumi-nspawn-links@.service'];
  assert.match(unit, /^BindsTo=systemd-nspawn@%i\.service\nAfter=systemd-nspawn@%i\.service$/m);
  assert.doesNotMatch(unit, /^Before=/m);
  assert.deepEqual(linkWants(plan), [
    { machine: 'r1', path: 'systemd-nspawn@r1.service.wants/pulumi-nspawn-links@r1.service' },
    { machine: '.host', path: 'multi-user.target.wants/pulumi-nspawn-host-links.service' },
  ]);
});

test('two ends in one machine want its unit once', () => {
  const both = { ...plan, ends: plan.ends.map(({ side }) => ({ side, end: a })) };
  assert.equal(linkWants(both).length, 1);
});

test('networkd and NetworkManager are kept away from ends on the host, and from nothing else', () => {
  assert.match(unmanaged(plan)?.networkd ?? '', /^Name=eth7 pn0123456789abb$/m);
  assert.match(unmanaged(plan)?.networkManager ?? '', /interface-name:=eth7/);
  assert.equal(unmanaged({ ...plan, ends: plan.ends.slice(0, 1) }), undefined);
});

test('MAC addresses are stable, unicast, locally administered, and one for each end and owner', () => {
  assert.equal(derivedMac('project/stack/link', 'a'), derivedMac('project/stack/link', 'a'));
  fc.assert(
    fc.property(fc.string(), fc.string(), (one, other) => {
      const mac = derivedMac(one, 'a');
      assert.ok(macSchema.safeParse(mac).success);
      assert.equal(Number.parseInt(mac.slice(0, 2), 16) & 3, 2);
      assert.notEqual(mac, derivedMac(one, 'b'));
      if (one !== other) assert.notEqual(mac, derivedMac(other, 'a'));
    }),
  );
});

test('a link-local address is that of the MAC address, as the kernel would make it', () => {
  fc.assert(
    fc.property(fc.string(), (owner) => {
      const mac = derivedMac(owner, 'a').split(':');
      const first = (Number.parseInt(mac[0] as string, 16) ^ 2).toString(16).padStart(2, '0');
      const words = [first + mac[1], `${mac[2]}ff`, `fe${mac[3]}`, `${mac[4]}${mac[5]}`];
      assert.equal(derivedLinkLocal(owner, 'a'), canonicalAddress(`fe80::${words.join(':')}/64`));
    }),
  );
});

test('a MAC address that no interface can have is refused', () => {
  for (const mac of [
    '01:00:5e:00:00:01',
    '00:00:00:00:00:00',
    '2:0:0:0:0:1',
    '02-00-00-00-00-01',
    '02:00:00:00:00:0g',
    '',
  ]) {
    assert.equal(macSchema.safeParse(mac).success, false, mac);
  }
});

test('a VNI of its own has 24 bits and is not 0', () => {
  fc.assert(
    fc.property(fc.string(), (owner) => {
      const vni = derivedVni(owner);
      assert.ok(vni >= 1 && vni <= 0xffffff);
    }),
  );
});

test('an id stands for both ends, and is unknown while a name is', () => {
  const ids = [
    linkId('veth', { a, b: host }),
    linkId('veth', { a: host, b: a }),
    linkId('tunnel', { a, b: host }),
    linkId('veth', { a: { ...a, machineName: undefined }, b: host }),
    linkId('veth', { a: { machineName: 'r1:eth1', interface: '' }, b: host }),
  ];
  assert.equal(new Set(ids).size, ids.length);
  assert.equal(
    linkId('veth', { a, b: host }),
    linkId('veth', { a: { ...a, addresses: [] }, b: { ...host, mac: '' } }),
  );
  assert.equal(linkId('veth', { a: { ...a, machineName: UNKNOWN }, b: host }), UNKNOWN);
  assert.equal(linkId('veth', { a: UNKNOWN, b: host }), UNKNOWN);
});

test('whatever the owner is called, an alias is what ip -batch reads as it stands, and fits the kernel', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (owner) => {
      const alias = linkAlias(owner, plan.id);
      assert.match(alias, /^pulumi-nspawn [A-Za-z0-9_.:/@ -]* 0123456789abcdef$/);
      assert.ok(Buffer.byteLength(alias) < 256);
    }),
  );
});
