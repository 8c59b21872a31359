import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { dropInDrift, renderDropIn } from '../../../provider/machine/drop-in';
import { type MachineInputs, machineSchema } from '../../../provider/machine/schema';

const inputs = (changes: object = {}): MachineInputs =>
  machineSchema.parse({ owner: 'p/s/r1', machineName: 'r1', ...changes });

const policies = fc.record(
  {
    restart: fc.constantFrom('no', 'always', 'on-failure', 'on-abnormal'),
    restartSeconds: fc.integer({ min: 0, max: 8640 }).map((tenths) => tenths / 10),
    startLimitIntervalSeconds: fc.integer({ min: 0, max: 3600 }),
    startLimitBurst: fc.integer({ min: 1, max: 100 }),
  },
  { requiredKeys: ['restart'], noNullPrototype: true },
);

describe("the drop-in of a machine's life", () => {
  test('has no restart policy where none was given, and puts aside what each start reads', () => {
    const text = renderDropIn(inputs());
    assert.doesNotMatch(text, /Restart|StartLimit/);
    assert.match(text, /^ExecStartPre=-\/bin\/sh -c "[^"$%]+"$/m);
  });

  test('is no drift as it was written', () => {
    fc.assert(
      fc.property(fc.option(policies, { nil: undefined }), (restartPolicy) => {
        const given = inputs({ restartPolicy });
        assert.deepEqual(dropInDrift(given, renderDropIn(given)), {});
      }),
    );
  });

  test('shows another policy as an input, whichever it is', () => {
    fc.assert(
      fc.property(policies, policies, (declared, found) => {
        fc.pre(
          JSON.stringify(inputs({ restartPolicy: declared }).restartPolicy) !==
            JSON.stringify(inputs({ restartPolicy: found }).restartPolicy),
        );
        assert.deepEqual(
          dropInDrift(inputs({ restartPolicy: declared }), renderDropIn(inputs({ restartPolicy: found }))),
          { restartPolicy: found },
        );
      }),
    );
    assert.deepEqual(dropInDrift(inputs({ restartPolicy: { restart: 'always' } }), renderDropIn(inputs())), {
      restartPolicy: undefined,
    });
  });

  test('is told in words where it is gone or has something else', () => {
    assert.deepEqual(dropInDrift(inputs(), undefined), { note: 'the drop-in of its unit is missing' });
    const other = { note: 'the drop-in of its unit is not as it was written' };
    assert.deepEqual(dropInDrift(inputs(), `${renderDropIn(inputs())}Nice=3\n`), other);
    assert.deepEqual(dropInDrift(inputs(), 'no unit file'), other);
  });
});
