import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { check } from '../../../provider/check';
import { driftOf, type Found } from '../../../provider/nspawn-config/drift';
import { parseShow } from '../../../provider/nspawn-config/live';
import { renderFiles } from '../../../provider/nspawn-config/render';
import { nspawnConfig } from '../../../provider/nspawn-config/resource';
import type { NspawnConfigInputs } from '../../../provider/nspawn-config/schema';
import type { Resource } from '../../../provider/resource';
import { runs } from '../../fuzz';
import { answersLike } from '../answers';
import { assertPlain } from '../plain';

const base = { owner: 'p/s/r1', machineName: 'r1' };
const live = {
  CPUQuotaPerSecUSec: '500ms',
  MemoryMax: '268435456',
  MemorySwapMax: '536870912',
  TasksMax: '16384',
  CPUWeight: '[not set]',
};

/** What is read when somebody has edited the files of these inputs. */
const drift = (given: Partial<NspawnConfigInputs>, edit: (found: Found) => Partial<Found> = () => ({})) => {
  const inputs = check(nspawnConfig as unknown as Resource, { ...base, ...given })
    .inputs as unknown as NspawnConfigInputs & Record<string, unknown>;
  const { nspawn, dropIn } = renderFiles(inputs);
  const found: Found = { nspawn, dropIn, live, overrides: [] };
  const { digest, restartDigest, ...rest } = driftOf(inputs, { ...found, ...edit(found) });
  return { rest, digests: [digest !== undefined, restartDigest !== undefined] };
};
const nspawn = (from: string | RegExp, to: string) => (found: Found) => ({
  nspawn: found.nspawn?.replace(from, to),
});
const dropIn = (from: string | RegExp, to: string) => (found: Found) => ({
  dropIn: found.dropIn?.replace(from, to),
});

test('files as they were written are no drift', () => {
  assert.deepEqual(drift({}), { rest: {}, digests: [false, false] });
  const much: Partial<NspawnConfigInputs> = {
    exec: { parameters: ['a b', '"'], environment: { A: '% $ \\' } },
    files: { bind: ['/a\\:b:/c'] },
    service: { environment: { B: '%h "x" \\' }, extra: { LogLevelMax: 'info', ExecStart: ['', '/x %i'] } },
  };
  assert.deepEqual(drift(much), { rest: {}, digests: [false, false] });
});

test('an edited option shows as that property alone', () => {
  assert.deepEqual(drift({}, nspawn('PrivateUsers=pick', 'PrivateUsers=no')), {
    rest: { exec: { privateUsers: 'no' } },
    digests: [true, true],
  });
  assert.deepEqual(drift({ exec: { boot: true } }, nspawn('Hostname=r1', 'Hostname=r2')).rest, {
    exec: { boot: true, hostname: 'r2' },
  });
});

test('an added option shows as that property', () => {
  assert.deepEqual(drift({}, nspawn('[Files]\n', '[Files]\nBind=/srv\nBind=/opt\n')).rest, {
    files: { bind: ['/srv', '/opt'] },
  });
});

test('a given option that was taken out is gone from its property', () => {
  assert.deepEqual(
    drift({ exec: { noNewPrivileges: true, boot: true } }, nspawn('NoNewPrivileges=yes\n', '')).rest,
    {
      exec: { boot: true },
    },
  );
});

test('a default that was taken out is told in words', () => {
  assert.deepEqual(drift({}, nspawn('Boot=yes\n', '')), {
    rest: { drift: ['[Exec] Boot=yes is missing'] },
    digests: [true, true],
  });
});

test('unknown keys and sections are never unseen', () => {
  assert.deepEqual(drift({}, nspawn('Boot=yes', 'Boot=yes\nFoo=bar')).rest, {
    drift: ['[Exec] Foo=bar is no option that is known here'],
  });
  assert.deepEqual(drift({}, nspawn(/$/, '\n[Service]\nMemoryMax=1G\n')).rest, {
    drift: ['the section [Service] is not from here'],
  });
  assert.deepEqual(drift({}, dropIn(/$/, 'LogLevelMax=info\n')).rest, {
    service: { extra: { LogLevelMax: 'info' } },
  });
});

test('a file that cannot be read, or is missing, is told in words', () => {
  assert.deepEqual(drift({}, nspawn('[Exec]', '[Exec]\nnonsense')).rest, {
    drift: ['the .nspawn file cannot be read: line 4: "nonsense" has no "="'],
  });
  assert.deepEqual(
    drift({}, () => ({ dropIn: undefined })),
    {
      rest: { drift: ['the drop-in is missing'] },
      digests: [true, true],
    },
  );
});

test('the same settings in other words change the digest, and no property', () => {
  assert.deepEqual(drift({}, nspawn('Boot=yes', 'Boot = true')), {
    rest: { drift: ['the files are written otherwise, with the same settings'] },
    digests: [true, true],
  });
});

test('an edited limit needs no restart', () => {
  assert.deepEqual(drift({}, dropIn('MemoryMax=256M', 'MemoryMax=1G')), {
    rest: { service: { memoryMax: '1G' } },
    digests: [true, false],
  });
});

test('a limit that systemd has otherwise shows as that property, with the same digest', () => {
  assert.deepEqual(
    drift({}, () => ({ live: { ...live, MemoryMax: '1073741824', CPUQuotaPerSecUSec: 'infinity' } })),
    {
      rest: { service: { memoryMax: '1G', cpuQuota: false } },
      digests: [false, false],
    },
  );
});

test('a share of the memory is left to the host', () => {
  assert.deepEqual(drift({ service: { memoryMax: '25%' } }).rest, {});
});

test('what systemctl set-property left is told', () => {
  const path = '/run/systemd/system.control/systemd-nspawn@r1.service.d/50-MemoryMax.conf';
  assert.deepEqual(drift({}, () => ({ overrides: [path] })).rest, {
    drift: [`${path} was made by systemctl set-property`],
  });
});

test('a default variable is no drift of the environment, until it is gone or other', () => {
  const given = { service: { environment: { A: '1' } } };
  assert.deepEqual(drift(given, dropIn('A=1', 'A=2')).rest, { service: { environment: { A: '2' } } });
  assert.deepEqual(drift(given, dropIn('Environment="SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1"\n', '')).rest, {
    service: { environment: { A: '1', SYSTEMD_NSPAWN_UNIFIED_HIERARCHY: false } },
  });
});

test('whatever a host answers is told, in properties and in words', () => {
  const given = {
    exec: { environment: { A: 'b c' } },
    service: { tasksMax: 500, allowedCPUs: '0-1', extra: { LogLevelMax: 'info' } },
  };
  const inputs = check(nspawnConfig as unknown as Resource, { ...base, ...given })
    .inputs as unknown as NspawnConfigInputs & Record<string, unknown>;
  const files = renderFiles(inputs);
  const shown = Object.entries({ ...live, AllowedCPUs: '0-1' }).map((entry) => `${entry.join('=')}\n`);
  const answers = answersLike({ ...files, live: shown.join(''), overrides: '/run/x' });
  fc.assert(
    fc.property(answers, ({ nspawn, dropIn, live: show = '', overrides = '' }) => {
      assertPlain(
        driftOf(inputs, { nspawn, dropIn, live: parseShow(show), overrides: overrides.split('\n') }),
      );
    }),
    runs(150),
  );
});
