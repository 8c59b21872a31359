import assert from 'node:assert/strict';
import { test } from 'node:test';
import { check } from '../../../provider/check';
import { frrConfig } from '../../../provider/frr-config/resource';
import type { Resource } from '../../../provider/resource';
import { UNKNOWN } from '../../../provider/unknown';

const resource = frrConfig as unknown as Resource;
const common = { owner: 'p/s/r1', machineName: 'r1' };
const typed = (more: object = {}) => ({
  ...common,
  config: {
    bgp: { asn: 65001, neighbors: { '10.0.0.1': { remoteAs: 65002, password: 'hunter2', ...more } } },
  },
});

test('text, daemons and digest are known before anything is made, and show no password', () => {
  const { inputs, failures } = check(resource, typed());
  assert.deepEqual(failures, []);
  assert.match(String(inputs.text), /^router bgp 65001$/m);
  assert.doesNotMatch(String(inputs.text), /hunter2/);
  assert.deepEqual(inputs.daemons, ['bgpd']);
  assert.equal(inputs.applied, true);
});

test('the digest changes with a password that the text does not show', () => {
  const [one, other] = [typed(), typed({ password: 'other' })].map(
    (inputs) => check(resource, inputs).inputs,
  );
  assert.equal(one?.text, other?.text);
  assert.notEqual(one?.digest, other?.digest);
});

test('what is unknown leaves what is made from it unknown', () => {
  const { inputs, failures } = check(resource, typed({ password: UNKNOWN }));
  assert.deepEqual(failures, []);
  assert.deepEqual([inputs.text, inputs.daemons, inputs.digest], [UNKNOWN, UNKNOWN, UNKNOWN]);
});

test('a typed configuration is checked whole', () => {
  const { failures } = check(resource, typed({ ipv4: { routeMapIn: 'NOWHERE' } }));
  assert.equal(failures.length, 1);
  assert.match(String(failures[0]?.property), /^config\.bgp\.neighbors\["10\.0\.0\.1"\]\.ipv4\.routeMapIn$/);
});

test('a text that holds a control character is refused, and not repeated', () => {
  const { failures } = check(resource, { ...common, config: 'password hunter2\n\u0007' });
  assert.equal(failures.length, 1);
  assert.doesNotMatch(JSON.stringify(failures), /hunter2/);
});
