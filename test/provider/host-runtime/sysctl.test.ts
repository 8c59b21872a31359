import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { sysctlPath, sysctlsOf } from '../../../provider/host-runtime/sysctl';

const least = {
  name: 'fs.inotify.max_user_instances',
  path: 'fs/inotify/max_user_instances',
  value: '1024',
  least: true,
};

test('the separator that comes first separates, the other is part of a name', () => {
  assert.equal(sysctlPath('net.ipv4.ip_forward'), 'net/ipv4/ip_forward');
  assert.equal(sysctlPath('net.ipv4.conf.eth0/100.forwarding'), 'net/ipv4/conf/eth0.100/forwarding');
  assert.equal(sysctlPath('net/ipv4/conf/eth0.100/forwarding'), 'net/ipv4/conf/eth0.100/forwarding');
});

test('both ways of writing a name are the same path', () => {
  const part = fc.stringMatching(/^[a-z0-9_]+(\.[a-z0-9_]+)?$/);
  const parts = fc.tuple(fc.stringMatching(/^[a-z0-9_]+$/), fc.array(part, { minLength: 1 }));
  fc.assert(
    fc.property(parts, ([first, rest]) => {
      const slashed = [first, ...rest].join('/');
      const dotted = [first, ...rest.map((each) => each.replace('.', '/'))].join('.');
      assert.equal(sysctlPath(dotted), slashed);
      assert.equal(sysctlPath(slashed), slashed);
    }),
  );
});

test('by default there are enough inotify instances for a fleet, and a host that has more keeps them', () => {
  assert.deepEqual(sysctlsOf({}), [least]);
  assert.deepEqual(sysctlsOf({ sysctls: { 'vm.swappiness': 10 } }), [
    { name: 'vm.swappiness', path: 'vm/swappiness', value: '10', least: false },
    least,
  ]);
});

test('what is given takes the place of the default, in either way of writing it; false leaves it alone', () => {
  assert.deepEqual(sysctlsOf({ sysctls: { 'fs/inotify/max_user_instances': 256 } }), [
    { ...least, name: least.path, value: '256', least: false },
  ]);
  assert.deepEqual(sysctlsOf({ sysctls: { [least.name]: false } }), []);
});

test('fields of a value are one blank apart', () => {
  assert.equal(sysctlsOf({ sysctls: { 'a.b': '1\t2   3' } })[0]?.value, '1 2 3');
});
