import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  canonicalAddress,
  hostAddressSchema,
  interfaceAddressSchema,
  shareSubnet,
  withoutPrefix,
} from '../../../provider/link/address';

const accepts = (text: string) => interfaceAddressSchema.safeParse(text).success;

test('addresses with a prefix length are accepted, IPv4 and IPv6', () => {
  for (const text of [
    '10.0.0.0/31',
    '10.0.0.1/31',
    '10.0.0.1/32',
    '10.0.0.1/24',
    'fd00::1/64',
    'FD00::1/127',
    'fe80::1/64',
  ]) {
    assert.ok(accepts(text), text);
  }
});

test('what is no address of an interface is refused, with what is accepted', () => {
  const refused = [
    ...['10.0.0.1', '10.0.0.1/', '10.0.0.1/33', '10.0.0.1/024', '010.0.0.1/24', '10.1/24', '0x0a.0.0.1/24'],
    ...[
      ' 10.0.0.1/24',
      '10.0.0.1/24\n',
      '10.0.0.1/24; reboot',
      'fd00::1',
      'fd00::1/129',
      'fd00::1%eth0/64',
      'fd00:::1/64',
    ],
    ...[
      '10.0.0.0/24',
      '10.0.0.255/24',
      '0.0.0.0/0',
      '127.0.0.1/8',
      '224.0.0.5/24',
      '255.255.255.255/32',
      '240.0.0.1/24',
    ],
    ...['::/0', '::1/128', 'ff02::5/64', '::ffff:10.0.0.1/96', '::10.0.0.1/96', ''],
  ];
  for (const text of refused) assert.equal(accepts(text), false, text);
  const { error } = interfaceAddressSchema.safeParse('10.0.0.255/24');
  assert.match(error?.issues[0]?.message ?? '', /between 10\.0\.0\.0 and 10\.0\.0\.255/);
});

test("a host's address has no prefix length, and is one that another host can reach", () => {
  for (const text of ['192.0.2.1', '2001:db8::1']) assert.ok(hostAddressSchema.safeParse(text).success, text);
  for (const text of ['192.0.2.1/24', 'host', '127.0.0.1', 'fe80::1', '169.254.0.1', '::', '']) {
    assert.equal(hostAddressSchema.safeParse(text).success, false, text);
  }
});

test('one address has one way of being written, as the kernel writes it', () => {
  assert.equal(canonicalAddress('FD00:0:0:0:0:0:0:0001/64'), 'fd00::1/64');
  assert.equal(canonicalAddress('10.0.0.1/31'), '10.0.0.1/31');
  assert.equal(withoutPrefix('FD00::1/64'), 'fd00::1');
  fc.assert(
    fc.property(fc.ipV6(), (text) => {
      const once = canonicalAddress(`${text}/64`);
      assert.equal(canonicalAddress(once), once);
      assert.equal(canonicalAddress(`${text.toUpperCase()}/64`), once);
    }),
  );
});

test('two ends share a subnet when each is in that of the other', () => {
  assert.ok(shareSubnet('10.0.0.0/31', '10.0.0.1/31'));
  assert.ok(shareSubnet('10.0.0.1/24', '10.0.0.2/25'));
  assert.equal(shareSubnet('10.0.0.1/24', '10.0.0.200/30'), false);
  assert.equal(shareSubnet('10.0.0.0/31', '10.0.0.2/31'), false);
  assert.equal(shareSubnet('10.0.0.1/0', 'fd00::1/0'), false);
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 0xffffffff }),
      fc.integer({ min: 0, max: 30 }),
      (number, prefix) => {
        const text = [24, 16, 8, 0].map((shift) => (number >>> shift) & 255).join('.');
        assert.ok(shareSubnet(`${text}/${prefix}`, `${text}/${prefix}`));
      },
    ),
  );
});
