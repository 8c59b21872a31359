import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { scriptPath } from '../../../provider/host/script';

/** What FRR is told to forget before it gets a text, as lines. */
const forgotten = (running: string, wanted: string): string[] =>
  execFileSync(
    'sh',
    [
      '-c',
      '. "$0"; running=$(cat); running_config() { printf "%s\\n" "$running"; }; secrets_to_forget "$1"',
      scriptPath('frr-config/live.sh'),
      wanted,
    ],
    { input: running, encoding: 'utf8' },
  )
    .split('\n')
    .map((line) => line.trim().replace(/ +/g, ' '))
    .filter(Boolean);

const bgp = (...lines: string[]) =>
  ['router bgp 1', ...lines.map((line) => ` ${line}`), 'exit', ''].join('\n');

test('a password that is to stay is not forgotten, and one that goes is, with it and without it', () => {
  const running = bgp('neighbor 192.0.2.1 password one', 'neighbor 192.0.2.2 password two');
  assert.deepEqual(forgotten(running, running), []);
  assert.deepEqual(forgotten(running, bgp('neighbor 192.0.2.1 password one')), [
    'router bgp 1',
    'no neighbor 192.0.2.2 password two',
    'no neighbor 192.0.2.2 password',
    'exit',
  ]);
});

test('what is the same password elsewhere is another', () => {
  const line = 'neighbor 192.0.2.1 password one';
  const wanted = bgp(line);
  assert.equal(
    forgotten(`${wanted}router bgp 2 vrf red\n ${line}\nexit\n`, wanted)[0],
    'router bgp 2 vrf red',
  );
});

test('key chains and keys go as a whole', () => {
  const chain = (...keys: string[]) => ['key chain C', ...keys, 'exit', ''].join('\n');
  const [one, two] = [' key 1\n  key-string one\n exit', ' key 2\n  key-string two\n exit'];
  assert.deepEqual(forgotten(chain(one), ''), ['no key chain C']);
  assert.deepEqual(forgotten(chain(one, two), chain(one)), ['key chain C', 'no key 2', 'exit']);
  assert.deepEqual(forgotten(chain(one), chain(one.replace('string one', 'string other'))), [
    'key chain C',
    'key 1',
    'no key-string one',
    'no key-string',
    'exit',
    'exit',
  ]);
});

test('what holds no secret is left to frr-reload.py', () => {
  const running =
    'interface eth1\n ip ospf authentication message-digest\n ip ospf area 0\nexit\nip route 0.0.0.0/0 eth1\n';
  assert.deepEqual(forgotten(running, ''), []);
});
