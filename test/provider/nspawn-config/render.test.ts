import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { check } from '../../../provider/check';
import { digestOf, renderFiles } from '../../../provider/nspawn-config/render';
import { nspawnConfig } from '../../../provider/nspawn-config/resource';
import type { NspawnConfigInputs } from '../../../provider/nspawn-config/schema';
import type { Resource } from '../../../provider/resource';
import { UNKNOWN } from '../../../provider/unknown';

const base = { owner: 'project/stack/r1', machineName: 'my-container' };
const render = (inputs: Partial<NspawnConfigInputs> = {}) => renderFiles({ ...base, ...inputs });
const checked = (inputs: object) => check(nspawnConfig as unknown as Resource, { ...base, ...inputs });
const restartDigest = (inputs: object) => checked(inputs).inputs.restartDigest;
const digest = (inputs: object) => checked(inputs).inputs.digest;
const lines = (text: string) => text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));

test("the default .nspawn file is the article's, with what it takes to work", () => {
  const { nspawn } = render();
  assert.match(nspawn, /^# Written by pulumi-nspawn/);
  assert.deepEqual(lines(nspawn), [
    '[Exec]',
    'Boot=yes',
    'Capability=CAP_NET_ADMIN CAP_NET_RAW',
    'MachineID=f468697319a0459a86cdf2dd47e922ca',
    'PrivateUsers=pick',
    'Hostname=my-container',
    'LinkJournal=no',
    '[Files]',
    'BindReadOnly=/usr:/usr:norbind,idmap',
    'BindReadOnly=/etc/alternatives:/etc/alternatives:norbind,idmap',
    '[Network]',
    'Private=yes',
    'VirtualEthernet=yes',
  ]);
});

test("the default drop-in has the article's limits, and the unified hierarchy", () => {
  assert.deepEqual(lines(render().dropIn), [
    '[Service]',
    'CPUQuota=50%',
    'MemoryMax=256M',
    'MemorySwapMax=512M',
    'Environment="SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1"',
  ]);
});

test('init "tini" runs /init.sh over a volatile tree, and is told when to stop and when it is up', () => {
  const { nspawn } = render({ init: 'tini' });
  const stock = lines(render().nspawn);
  assert.deepEqual(
    lines(nspawn).filter((line) => !stock.includes(line)),
    [
      'Boot=no',
      'Parameters=/usr/bin/tini -- /init.sh',
      'KillSignal=SIGTERM',
      'NotifyReady=yes',
      'Volatile=overlay',
      'PrivateUsersOwnership=auto',
    ],
  );
  assert.doesNotMatch(
    render({ init: 'tini', files: { volatile: false } }).nspawn,
    /Volatile=overlay|Ownership/,
  );
  assert.notEqual(restartDigest({ init: 'tini' }), restartDigest({}));
  assert.equal(restartDigest({ init: 'systemd' }), restartDigest({}));
});

test('a value that is given replaces the default, and switches it off', () => {
  const { nspawn, dropIn } = render({
    exec: { capability: [], privateUsers: 'no' },
    files: { bindReadOnly: ['/opt'] },
    network: { virtualEthernet: false },
    service: { cpuQuota: false, memoryMax: 'infinity', environment: { X: '1' } },
  });
  assert.doesNotMatch(nspawn, /^Capability=/m);
  assert.match(nspawn, /^PrivateUsers=no$/m);
  assert.deepEqual(nspawn.match(/^BindReadOnly=.*$/gm), ['BindReadOnly=/opt']);
  assert.match(nspawn, /^VirtualEthernet=no$/m);
  assert.doesNotMatch(dropIn, /CPUQuota/);
  assert.match(dropIn, /^MemoryMax=infinity$/m);
  assert.match(dropIn, /^Environment="SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1"\nEnvironment="X=1"$/m);
});

test('a default variable of the unit can be taken out', () => {
  const { dropIn } = render({ service: { environment: { SYSTEMD_NSPAWN_UNIFIED_HIERARCHY: false } } });
  assert.doesNotMatch(dropIn, /Environment/);
});

test('/usr is not mapped where users are not shifted', () => {
  for (const privateUsers of ['no', false, 'identity', 0, '0:65536'] as const) {
    assert.match(render({ exec: { privateUsers } }).nspawn, /^BindReadOnly=\/usr$/m);
  }
  for (const privateUsers of ['pick', true, 'yes', 524288, '524288:65536'] as const) {
    assert.match(render({ exec: { privateUsers } }).nspawn, /^BindReadOnly=\/usr:\/usr:norbind,idmap$/m);
  }
});

test('defaults give way to what they cannot be combined with', () => {
  for (const inputs of [
    { exec: { processTwo: true } },
    { network: { private: false } },
    { network: { namespacePath: '/run/netns/a' } },
    { files: { volatile: 'overlay' } },
    { files: { readOnly: true } },
    { files: { volatile: 'state', privateUsersChown: false } },
  ]) {
    assert.deepEqual(checked(inputs).failures, [], JSON.stringify(inputs));
  }
  assert.match(render({ files: { volatile: 'overlay' } }).nspawn, /^PrivateUsersOwnership=auto$/m);
  assert.match(render({ exec: { processTwo: true } }).nspawn, /^Boot=no$/m);
});

test('limits do not change restartDigest, all else does', () => {
  const before = restartDigest({});
  for (const service of [{ memoryMax: '1G' }, { cpuQuota: false }, { tasksMax: 100 }, { ioWeight: 50 }]) {
    assert.equal(restartDigest({ service }), before, JSON.stringify(service));
    assert.notEqual(digest({ service }), digest({}));
  }
  for (const inputs of [
    { exec: { privateUsers: 'no' } },
    { files: { bind: ['/srv'] } },
    { network: { zone: 'lab' } },
    { service: { environment: { X: '1' } } },
    { service: { restart: 'on-failure' } },
    { service: { extra: { LogLevelMax: 'info' } } },
  ]) {
    assert.notEqual(restartDigest(inputs), before, JSON.stringify(inputs));
  }
});

test('what says the same has the same digests', () => {
  assert.equal(digest({ exec: { boot: true }, service: { cpuQuota: '50%' } }), digest({}));
  assert.equal(
    restartDigest({ exec: { user: 'root', boot: true } }),
    restartDigest({ exec: { boot: true, user: 'root' } }),
  );
});

test('digests are unknown while a section is, and failures are kept to what is known', () => {
  const { inputs, failures } = checked({ exec: { hostname: UNKNOWN }, service: UNKNOWN });
  assert.deepEqual(failures, []);
  assert.equal(inputs.restartDigest, UNKNOWN);
  assert.equal(inputs.digest, UNKNOWN);
  assert.equal(inputs.nspawnPath, '/etc/systemd/nspawn/my-container.nspawn');
  assert.deepEqual(
    checked({ exec: { hostname: UNKNOWN, boot: true, processTwo: true } }).failures.map(
      ({ property }) => property,
    ),
    ['exec.processTwo'],
  );
});

test('a program of hostile texts makes no line of its own', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('/x\n[Exec]\nBoot=no', '/x\r[Unit]', 'a\\'),
  );
  fc.assert(
    fc.property(text, text, text, (bind, parameter, variable) => {
      const { failures } = checked({
        exec: { parameters: [parameter], environment: { A: variable } },
        files: { bind: [bind] },
      });
      if (failures.length > 0) return;
      const { nspawn } = render({
        exec: { parameters: [parameter], environment: { A: variable } },
        files: { bind: [bind] },
      });
      assert.deepEqual(nspawn.match(/^\[.*\]$/gm), ['[Exec]', '[Files]', '[Network]']);
      assert.equal(nspawn.match(/^Boot=/gm)?.length, 1);
    }),
  );
});

test('digest is over both files', () => {
  assert.equal(digest({}), digestOf(render()));
});
