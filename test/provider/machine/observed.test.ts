import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { check } from '../../../provider/check';
import { renderDropIn } from '../../../provider/machine/drop-in';
import { driftOf, factsOf } from '../../../provider/machine/observed';
import { machine } from '../../../provider/machine/resource';
import type { MachineInputs } from '../../../provider/machine/schema';
import type { Resource } from '../../../provider/resource';
import { runs } from '../../fuzz';
import { answersLike } from '../answers';
import { assertPlain } from '../plain';

const inputs = (changes: object = {}) => {
  const given = { owner: 'p/s/r1', machineName: 'r1', running: true, enabled: true, ...changes };
  const checked = check(machine as unknown as Resource, given);
  assert.deepEqual(checked.failures, []);
  return checked.inputs as MachineInputs & Record<string, unknown>;
};
const well = (of: MachineInputs) => ({
  state: 'running',
  enabled: '1',
  result: 'success',
  drop_in_present: '1',
  drop_in: `${renderDropIn(of)}x`,
});

describe('what is seen of a machine', () => {
  test('is no drift where it is as it was asked for', () => {
    assert.deepEqual(driftOf(inputs(), {}, well(inputs())), {});
    assert.deepEqual(factsOf({ addresses: '10.0.0.2\nfd00::2\n', settings: 'abc' }), {
      addresses: ['10.0.0.2', 'fd00::2'],
      settingsDigest: 'abc',
    });
  });

  test('names units that have failed; of those that are waited for, where these were given', () => {
    const seen = { ...well(inputs()), failed_units: 'a.service\nb.service\n' };
    assert.deepEqual(driftOf(inputs(), {}, seen), { failedUnits: ['a.service', 'b.service'] });
    const some = inputs({ waitFor: { units: ['b.service'] } });
    assert.deepEqual(driftOf(some, {}, seen), { failedUnits: ['b.service'] });
  });

  test('names replaced files that it runs, unless that was not wanted', () => {
    const seen = { ...well(inputs()), stale: '/usr/lib/frr/bgpd\n' };
    assert.deepEqual(driftOf(inputs(), {}, seen), { staleBinaries: ['/usr/lib/frr/bgpd'] });
    assert.deepEqual(driftOf(inputs({ restart: { staleBinaries: false } }), {}, seen), {});
  });

  test('says that it was started with other settings, where something depends on them', () => {
    const seen = { ...well(inputs()), settings: 'other' };
    const recorded = { settingsDigest: 'ours' };
    const triggered = inputs({ restartTriggers: ['x'] });
    assert.match(String(driftOf(triggered, recorded, seen).drift), /other settings/);
    assert.deepEqual(driftOf(inputs(), recorded, seen), {});
    assert.deepEqual(driftOf(triggered, {}, seen), {});
    assert.deepEqual(driftOf(triggered, recorded, well(inputs())), {});
  });

  test('says why its unit failed', () => {
    const seen = { ...well(inputs()), state: 'failed', result: 'exit-code', restarts: '5' };
    assert.deepEqual(driftOf(inputs(), {}, seen), {
      state: 'failed',
      running: false,
      drift: ['its unit failed (exit-code): systemd has started it again 5 times, and given it up'],
    });
  });
});

test('whatever a host answers is told, in properties and in words', () => {
  const restartPolicy = { restart: 'always', restartSeconds: 5 };
  const of = inputs({ restartPolicy, restartTriggers: ['a'], waitFor: { units: ['frr.service'] } });
  const answers = answersLike({
    ...well(of),
    restarts: '3',
    addresses: '10.0.0.2\nfd00::2\n',
    settings: 'abc',
    failed_units: 'frr.service\n',
    stale: '/usr/lib/frr/bgpd\n',
  });
  fc.assert(
    fc.property(answers, (values) => {
      assertPlain(factsOf(values));
      assertPlain(driftOf(of, { settingsDigest: 'abc' }, values));
    }),
    runs(150),
  );
});
