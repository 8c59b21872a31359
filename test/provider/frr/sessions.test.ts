import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { execa } from 'execa';
import { scriptPath } from '../../../provider/host/script';

// Answers as FRR 8.4 and 10.3 do, for prefixes that end with an even number; and notes that it was started.
const vtysh = `#!/bin/sh
echo started >>"$STARTS"
while [ $# -gt 0 ]; do
  [ "$1" != -c ] || shift
  prefix=\${1#show ip* route } prefix=\${prefix% json}
  shift
  case \${prefix%/*} in
    *[02468]) printf '{\\n  "%s":[\\n    {\\n      "prefix":"%s",\\n      "selected":true\\n    }\\n  ]\\n}\\n' "$prefix" "$prefix" ;;
    *) printf '{}\\n' ;;
  esac
done
`;

const withVtysh = async (routes: string[]) => {
  const folder = mkdtempSync(join(tmpdir(), 'pulumi-nspawn-vtysh-'));
  try {
    const starts = join(folder, 'starts');
    writeFileSync(starts, '');
    writeFileSync(join(folder, 'vtysh'), vtysh, { mode: 0o755 });
    const text = ['json', 'sessions'].map((name) => readFileSync(scriptPath(`frr/${name}.sh`), 'utf8'));
    const { stdout } = await execa('sh', ['-c', `inside() { "$@"; }\n${text.join('\n')}\nput_sessions`], {
      env: { PATH: `${folder}:${process.env.PATH}`, STARTS: starts },
      input: routes.map((prefix) => `route ${prefix}\n`).join(''),
    });
    return { found: stdout.split('\n').filter(Boolean), starts: readFileSync(starts, 'utf8').length / 8 };
  } finally {
    rmSync(folder, { recursive: true });
  }
};

test('FRR is asked for a hundred routes at a time, and each answer belongs to its prefix', async () => {
  const numbers = Array.from({ length: 230 }, (_, index) => index);
  const { found, starts } = await withVtysh(
    numbers.map((number) => (number % 3 === 0 ? `2001:db8::1:${number}/128` : `10.0.0.${number}/32`)),
  );
  const even = numbers.filter((number) => number % 2 === 0);
  assert.deepEqual(
    found,
    even.map((number) => `route ${number % 3 === 0 ? `2001:db8::1:${number}/128` : `10.0.0.${number}/32`}`),
  );
  assert.equal(starts, 3);
});

test('without prefixes it is not asked for routes', async () => {
  assert.deepEqual(await withVtysh([]), { found: [], starts: 0 });
});
