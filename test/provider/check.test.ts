import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { resources } from '../../provider';
import { check } from '../../provider/check';
import { frrConfig } from '../../provider/frr-config/resource';
import { machine } from '../../provider/machine/resource';
import type { Resource } from '../../provider/resource';
import { UNKNOWN } from '../../provider/unknown';
import { runs } from '../fuzz';
import { acceptedInputsOf, anything, disturbed, inputsOf, partlyUnknown } from './inputs';
import { assertPlain } from './plain';

const machineCheck = (news: Record<string, unknown>) =>
  check(machine as unknown as Resource, { owner: 'project/stack/r1', ...news });

test('inputs that are right come back as given, with what is derived from them and without defaults', () => {
  assert.deepEqual(machineCheck({ machineName: 'r1', waitFor: undefined }), {
    inputs: {
      owner: 'project/stack/r1',
      machineName: 'r1',
      unit: 'systemd-nspawn@r1.service',
      state: 'running',
    },
    failures: [],
  });
});

test('each failure names the property, what was received and what is accepted', () => {
  const { failures } = machineCheck({
    machineName: 'no spaces',
    running: 'yes',
    waitFor: { timeoutSeconds: 0, units: ['frr'] },
    runing: true,
  });
  assert.deepEqual(
    failures.map(({ property }) => property),
    ['machineName', 'running', 'waitFor.units[0]', 'waitFor.timeoutSeconds', 'runing'],
  );
  assert.match(failures[0]?.reason ?? '', /received "no spaces"; accepted is a machine name/);
  assert.match(failures[1]?.reason ?? '', /received "yes"; accepted is a boolean/);
  assert.match(failures[3]?.reason ?? '', /received 0; accepted is at least 1/);
});

test('a missing property is said to be missing', () => {
  assert.deepEqual(machineCheck({}).failures, [
    { property: 'machineName', reason: 'it is missing; accepted is a string' },
  ]);
});

test('the secrets of a connection are not repeated in a failure', () => {
  const { failures } = machineCheck({
    machineName: 'r1',
    connection: { host: 'h', password: 'hunter2\n', privateKey: 12345, sudo: { password: 'hunter3\n' } },
  });
  assert.ok(failures.length >= 3);
  assert.doesNotMatch(JSON.stringify(failures), /hunter|12345/);
});

test('a value that is unknown in a preview passes, and what is derived from it is unknown', () => {
  const { inputs, failures } = machineCheck({ machineName: UNKNOWN, restartTriggers: [UNKNOWN] });
  assert.deepEqual(failures, []);
  assert.equal(inputs.unit, UNKNOWN);
  assert.equal(inputs.state, 'running');
});

test('unknowns hide no other mistake', () => {
  const { failures } = machineCheck({
    machineName: UNKNOWN,
    waitFor: { units: UNKNOWN, timeoutSeconds: -1 },
  });
  assert.deepEqual(
    failures.map(({ property }) => property),
    ['waitFor.timeoutSeconds'],
  );
});

test('unknowns in a typed configuration hide no other mistake in it', () => {
  const config = { bgp: { asn: UNKNOWN, routerId: 'x' }, ospff: {} };
  const { failures } = check(frrConfig as unknown as Resource, {
    owner: 'p/s/r1',
    machineName: 'r1',
    config,
  });
  assert.deepEqual(
    failures.map(({ property }) => property),
    ['config.bgp.routerId', 'config.ospff'],
  );
});

test('names that are shell code, options, paths or new lines are no machine names', () => {
  for (const machineName of [
    'a;rm -rf /',
    '$(id)',
    '`id`',
    'a\nb',
    '-a',
    'a-',
    '..',
    '.',
    '',
    'a/b',
    '.host',
    'a_b',
    'ü',
    'a'.repeat(65),
  ]) {
    assert.notEqual(machineCheck({ machineName }).failures.length, 0, JSON.stringify(machineName));
  }
});

test("what the engine hands back with ignoreChanges: ['*'] is taken, and worked out anew", () => {
  const { inputs } = machineCheck({ machineName: 'r1' });
  const seen = {
    ...inputs,
    state: 'failed',
    failedUnits: ['frr.service'],
    drift: ['its unit failed (signal)'],
  };
  assert.deepEqual(check(machine as unknown as Resource, seen), { inputs, failures: [] });
});

for (const resource of resources) {
  const { kind } = resource;

  test(`whatever a ${kind} is given, check answers by properties, and nothing leaks into objects`, () => {
    const given = fc.oneof(fc.dictionary(fc.string(), anything), disturbed(inputsOf(resource)));
    fc.assert(
      fc.property(given, (news) => {
        const { inputs, failures } = check(resource, news as Record<string, unknown>);
        for (const { property, reason } of failures) {
          assert.match(property, /\S/);
          assert.match(reason, /\S/);
        }
        assertPlain(inputs);
      }),
      runs(60),
    );
  });

  test(`a ${kind} with something unknown, wherever it is, is not refused for it`, () => {
    fc.assert(
      fc.property(partlyUnknown(acceptedInputsOf(resource)), (news) => {
        assert.deepEqual(check(resource, news).failures, []);
      }),
      runs(40),
    );
  });

  test(`what check has made of a ${kind} stays as it is when it is checked again`, () => {
    fc.assert(
      fc.property(acceptedInputsOf(resource), (news) => {
        const { inputs } = check(resource, news);
        assert.deepEqual(check(resource, inputs), { inputs, failures: [] });
      }),
      runs(20),
    );
  });
}
