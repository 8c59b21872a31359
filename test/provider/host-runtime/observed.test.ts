import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { check, withDefaults } from '../../../provider/check';
import { driftOf, factsOf } from '../../../provider/host-runtime/observed';
import { hostRuntime } from '../../../provider/host-runtime/resource';
import type { HostRuntimeInputs } from '../../../provider/host-runtime/schema';
import type { Resource } from '../../../provider/resource';
import { UNKNOWN } from '../../../provider/unknown';
import { runs } from '../../fuzz';
import { answersLike } from '../answers';
import { assertPlain } from '../plain';

const resource = hostRuntime as unknown as Resource;
const checked = (given: object) => check(resource, { owner: 'p/s/rt', ...given });
const drift = (given: object, values: Record<string, string>) =>
  driftOf(withDefaults(resource, checked(given).inputs) as unknown as HostRuntimeInputs, {
    sysctls_now: 'fs/inotify/max_user_instances\t8192',
    ...values,
  });
const reasons = (given: object) =>
  checked(given).failures.map(({ property, reason }) => `${property}: ${reason}`);

const shared = ['systemd 252.39-1~deb12u1', 'frr 8.4.4-1.1', 'libc6 2.36-9'];
const facts = (values: Record<string, string> = {}) =>
  factsOf({
    shared: shared.join('\n'),
    memory_kib: '1024',
    kernel: '6.1.0',
    os_release: 'ID=debian\n',
    ...values,
  });

test('versions come from the packages', () => {
  const { usrDigest, osRelease, ...rest } = facts();
  assert.deepEqual(rest, {
    systemdVersion: '252.39-1~deb12u1',
    frrVersion: '8.4.4-1.1',
    kernelVersion: '6.1.0',
    memoryBytes: 1048576,
  });
});

test('without dpkg, they are what the programs say; without FRR there is none', () => {
  const { systemdVersion, ...rest } = facts({ shared: '', systemd_version: '256', frr_version: '' });
  assert.equal(systemdVersion, '256');
  assert.equal('frrVersion' in rest, false);
  assert.notEqual(rest.usrDigest, facts({ shared: '', systemd_version: '257', frr_version: '' }).usrDigest);
});

test('usrDigest does not depend on the order of packages', () => {
  fc.assert(
    fc.property(fc.shuffledSubarray(shared, { minLength: shared.length }), (shuffled) => {
      assert.equal(facts({ shared: shuffled.join('\n') }).usrDigest, facts().usrDigest);
    }),
  );
  assert.notEqual(
    facts({ shared: shared.join('\n').replace('2.36-9', '2.36-10') }).usrDigest,
    facts().usrDigest,
  );
});

test('a host that has all is no drift', () => {
  assert.deepEqual(drift({}, {}), {});
  assert.deepEqual(
    drift({ sysctls: { 'a.b': 1 } }, { sysctls_now: 'a/b\t1\nfs/inotify/max_user_instances\t1024' }),
    {},
  );
});

test('what is missing is taken out of its property, default or not', () => {
  assert.deepEqual(drift({}, { missing: 'frr' }), {
    packages: ['systemd-container', 'frr-pythontools', 'iproute2'],
  });
  assert.deepEqual(drift({ kernelModules: ['vrf', 'vxlan'] }, { absent_modules: 'vrf\n' }), {
    kernelModules: ['vxlan'],
  });
});

test('a sysctl shows with the value that is there, a number where a number was given', () => {
  const sysctls_now = 'a/b\t2\na/c\t3\nfs/inotify/max_user_instances\t128';
  assert.deepEqual(drift({ sysctls: { 'a.b': 1, 'a.c': '1', 'a.d': 1 } }, { sysctls_now }), {
    sysctls: { 'a.b': 2, 'a.c': '3', 'a.d': '', 'fs.inotify.max_user_instances': 128 },
  });
  assert.deepEqual(drift({ sysctls: { 'fs.inotify.max_user_instances': false } }, { sysctls_now }), {});
});

test('an altered file is told in words', () => {
  assert.deepEqual(drift({}, { altered_files: '/etc/sysctl.d/x.conf\n' }), {
    drift: ['/etc/sysctl.d/x.conf is not as it was written'],
  });
});

test('names that could be options, paths or commands are refused', () => {
  for (const name of ['-x', 'frr-', 'a b', '../x', 'Frr', 'f*', ''])
    assert.match(
      reasons({ packages: [name] }).join(),
      /packages\[0\].*accepted is the name of a Debian package/,
    );
  for (const name of ['-x', 'a b', '../x', ''])
    assert.match(reasons({ kernelModules: [name] }).join(), /accepted is the name of a kernel module/);
  for (const name of ['net', '../x.y', 'a..b', 'a/../b', '.a', 'a b.c'])
    assert.match(reasons({ sysctls: { [name]: 1 } }).join(), /sysctls.*accepted is the name of a sysctl/);
  for (const value of ['a\nb', '', 'x ', 1.5, true, null])
    assert.match(
      reasons({ sysctls: { 'a.b': value } }).join(),
      /accepted is one line of text, a whole number, or false/,
    );
});

test('unknowns anywhere in a preview are refused by no rule', () => {
  for (const given of [
    { sysctls: UNKNOWN },
    { sysctls: { 'a.b': UNKNOWN } },
    { packages: UNKNOWN },
    { packages: ['frr', UNKNOWN] },
  ])
    assert.deepEqual(reasons(given), []);
});

test('one sysctl in two ways of writing it is refused', () => {
  assert.deepEqual(reasons({ sysctls: { 'net.ipv4.x': 1, 'net/ipv4/x': 2 } }), [
    'sysctls: received net/ipv4/x twice, in two ways of writing it',
  ]);
});

test('whatever a host answers is told, in properties and in words', () => {
  const given = { packages: ['frr', 'jq'], kernelModules: ['vrf'], sysctls: { 'net.ipv4.ip_forward': 1 } };
  const of = withDefaults(resource, checked(given).inputs) as unknown as HostRuntimeInputs;
  const answers = answersLike({
    shared: shared.join('\n'),
    systemd_version: '252',
    frr_version: '8.4.4',
    memory_kib: '1024',
    kernel: '6.1.0',
    os_release: 'ID=debian\n',
    missing: 'jq\n',
    absent_modules: 'vrf\n',
    altered_files: '/etc/sysctl.d/60-pulumi-nspawn.conf\n',
    sysctls_now: 'net/ipv4/ip_forward\t0\nfs/inotify/max_user_instances\t128\n',
  });
  fc.assert(
    fc.property(answers, (values) => {
      assertPlain(factsOf(values));
      assertPlain(driftOf(of, values));
    }),
    runs(150),
  );
});
