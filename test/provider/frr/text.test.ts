import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { canonicalIp, isIp, prefixSchema } from '../../../provider/frr/address';
import {
  canonicalCommunities,
  canonicalExtendedCommunities,
  canonicalLargeCommunities,
} from '../../../provider/frr/community';
import { daemonsOf, renderDaemons } from '../../../provider/frr/daemons';
import { normalizeText, rawTextSchema } from '../../../provider/frr/raw-text';
import { renderFrr } from '../../../provider/frr/render';
import { everything } from './everything';

const normalize = (text: string) => normalizeText(text, { hostname: 'r1' });

test('raw text gets plain line ends, and the lines that FRR always has', () => {
  assert.equal(
    normalize('router bgp 65000\r\n\tbgp router-id 10.0.0.1  \r\n\r\n'),
    'frr defaults traditional\nhostname r1\nip forwarding\nipv6 forwarding\nservice integrated-vtysh-config\n!\nrouter bgp 65000\n bgp router-id 10.0.0.1\n',
  );
});

test('raw text that says them is left as it is, a second time too', () => {
  const text =
    'frr defaults datacenter\nhostname x\nno ip forwarding\nipv6 forwarding\nservice integrated-vtysh-config\n!\nline vty\n';
  assert.equal(normalize(text), text);
  fc.assert(fc.property(fc.string(), (any) => normalize(normalize(any)) === normalize(any)));
  assert.equal(
    normalize(renderFrr(everything, { hostname: 'r1' })),
    renderFrr(everything, { hostname: 'r1' }),
  );
});

test('what show running-config prints above the configuration is dropped', () => {
  assert.doesNotMatch(
    normalize('Building configuration...\n\nCurrent configuration:\n!\nfrr version 8.4.4\n'),
    /onfiguration[:.]/,
  );
});

test('raw text that no editor would write is refused, with the line', () => {
  const why = (text: string) => rawTextSchema.safeParse(text).error?.issues[0]?.message ?? '';
  assert.equal(why('router bgp 65000\r\n\tdescription Ünïcode\n'), '');
  for (const character of ['\0', '\u001b', '\r', '\u0007', '\ud800', '\u0085']) {
    assert.match(why(`!\n a${character}b\n`), /^line 2 holds a control character/);
  }
  assert.match(why(`!\n${'x'.repeat(4001)}`), /^line 2 has 4001 bytes; accepted are at most 4000/);
  for (const line of ['output file /x', ' ou f /x', '\twr', 'write memory']) {
    assert.match(why(`!\n${line}\n`), /^line 2 is a command of vtysh that writes a file/, line);
  }
  assert.match(why('!\ninterface lo\n description a | b\n'), /^line 3 holds "\| "/);
  for (const line of [
    '! a | b',
    '# a | b',
    'bgp as-path access-list A permit ^(1|2)$',
    'outer',
    'output-filter x',
  ]) {
    assert.equal(why(`${line}\n`), '', line);
  }
  assert.match(why('!\n'.repeat(524289)), /^it has 1048578 bytes; accepted are at most 1048576/);
});

test('the daemons come from what is typed, and from what raw text says', () => {
  assert.deepEqual(daemonsOf({}), []);
  assert.deepEqual(daemonsOf(everything), ['bgpd', 'ospfd', 'ospf6d', 'bfdd']);
  assert.deepEqual(daemonsOf(renderFrr(everything, { hostname: 'r1' })), daemonsOf(everything));
  assert.deepEqual(daemonsOf({ interfaces: { eth1: { ospf: { area: 0, bfd: true } } } }), ['ospfd', 'bfdd']);
  assert.deepEqual(daemonsOf({ bgp: { asn: 65000 }, text: 'router isis x\n' }), ['bgpd', 'isisd']);
  assert.deepEqual(daemonsOf('! router rip\nno router ripng\nip route 10.0.0.0/8 blackhole\n'), []);
  assert.deepEqual(daemonsOf('router ospf6\ninterface eth1\n ip ospf area 0\n ip pim\nvrrp 5\n'), [
    'ospfd',
    'ospf6d',
    'pimd',
    'vrrpd',
  ]);
});

test('/etc/frr/daemons turns on what is needed, and lets no terminal listen beyond the loopback', () => {
  const text = renderDaemons(['bgpd', 'bfdd']);
  assert.deepEqual(text.match(/^.*=yes$/gm), ['bgpd=yes', 'bfdd=yes', 'vtysh_enable=yes']);
  for (const [, options] of text.matchAll(/^\w+_options="(.*)"$/gm))
    assert.match(options ?? '', /-A (127\.0\.0\.1|::1)/);
});

test('addresses come out as FRR writes them', () => {
  fc.assert(
    fc.property(fc.ipV6(), (text) => {
      if (isIp(text)) assert.equal(canonicalIp(text), new URL(`http://[${text}]/`).hostname.slice(1, -1));
    }),
  );
  assert.equal(canonicalIp('2001:DB8:0::/48'), '2001:db8::/48');
  for (const no of [
    '::ffff:192.0.2.1',
    '::192.0.2.1',
    'fe80::1%eth0',
    '10.0.0.0/08',
    '10.0.0/8',
    '1.2.3.4/33',
    '10.0.0.0',
    '',
  ]) {
    assert.equal(prefixSchema.safeParse(no).success, false, no);
  }
});

test('communities come out in FRR’s order, each once, well-known ones by name', () => {
  assert.deepEqual(canonicalCommunities(['no-export', '65535:0', '10:2', '9:1', '10:2']), [
    '9:1',
    '10:2',
    'graceful-shutdown',
    'no-export',
  ]);
  assert.deepEqual(canonicalLargeCommunities(['10:0:2', '9:9:9', '10:0:1']), ['9:9:9', '10:0:1', '10:0:2']);
  assert.deepEqual(
    canonicalExtendedCommunities(['rt 4200000000:7', 'soo 65000:2', 'rt 192.0.2.1:5', 'rt 65000:1']),
    ['rt 65000:1', 'soo 65000:2', 'rt 192.0.2.1:5', 'rt 4200000000:7'],
  );
});
