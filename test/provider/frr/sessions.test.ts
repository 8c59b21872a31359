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

const sessions = `bgp 10.0.0.1 Active 0
bgp 10.0.0.3 Established 1
bgp eth2 Idle 0
ospf-on eth1
ospf eth1/10.255.0.2 Init 0 eth1 10.255.0.2 10.0.1.1
bfd fe80::1%eth2 down 0 fe80::1 eth2
`;

const unmet = async (wants: string[]) => {
  const text = ['json', 'sessions'].map((name) => readFileSync(scriptPath(`frr/${name}.sh`), 'utf8'));
  const { stdout } = await execa('sh', ['-c', `${text.join('\n')}\nunmet "$0"`, wants.join('\n')], {
    input: sessions,
  });
  return stdout.split('\n').filter(Boolean);
};

const before = [
  'was bgp 10.0.0.1',
  'was bgp 10.0.0.3',
  'was bgp 10.0.0.9',
  'was bgp eth2',
  'bgp 10.0.0.8',
  'was ospf eth1/10.255.0.2',
  'was ospf eth1/10.255.0.7',
  'was ospf eth9/10.255.0.7',
  'was bfd fe80::1%eth2',
];
const down = {
  'bgp 10.0.0.1': 'Active',
  'bgp eth2': 'Idle',
  'bgp 10.0.0.8': 'absent',
  'ospf eth1/10.255.0.2': 'Init',
  'ospf eth1/10.255.0.7': 'gone',
  'bfd fe80::1%eth2': 'down',
};

test('what was up before must be again, but what is not configured any more', async () => {
  assert.deepEqual(
    await unmet(before),
    Object.entries(down).map(([name, state]) => `${name} ${state}`),
  );
});

for (const [spared, names] of [
  ['10.0.0.1', ['bgp 10.0.0.1']],
  ['10.0.0.8', ['bgp 10.0.0.8']],
  ['10.0.1.1', ['ospf eth1/10.255.0.2']],
  ['10.255.0.7', ['ospf eth1/10.255.0.7']],
  ['eth1', ['ospf eth1/10.255.0.2', 'ospf eth1/10.255.0.7']],
  ['eth2', ['bgp eth2', 'bfd fe80::1%eth2']],
  ['fe80::1', ['bfd fe80::1%eth2']],
  ['fe80::1%eth2', ['bfd fe80::1%eth2']],
  ['10.0.0.2', []],
  ['*', Object.keys(down)],
] as const) {
  test(`what may stay down by the name of ${spared}`, async () => {
    assert.deepEqual(await unmet([...before, `spare ${spared}`, 'any 10.0.0.1']), [
      ...Object.entries(down)
        .filter(([name]) => !(names as readonly string[]).includes(name))
        .map(([name, state]) => `${name} ${state}`),
      // What is wanted goes before what may be down.
      'bgp 10.0.0.1 Active',
    ]);
  });
}
