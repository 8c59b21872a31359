import assert from 'node:assert/strict';
import { test } from 'node:test';
import { check } from '../../../provider/check';
import { settingsOf } from '../../../provider/nspawn-config/defaults';
import { requirementsOf } from '../../../provider/nspawn-config/requirements';
import { nspawnConfig } from '../../../provider/nspawn-config/resource';
import type { NspawnConfigInputs } from '../../../provider/nspawn-config/schema';
import { warningsOf } from '../../../provider/nspawn-config/warnings';
import type { Resource } from '../../../provider/resource';
import { UNKNOWN } from '../../../provider/unknown';

const base = { owner: 'p/s/r1', machineName: 'r1' };
const failures = (inputs: object) =>
  check(nspawnConfig as unknown as Resource, { ...base, ...inputs }).failures;

for (const [property, inputs] of [
  ['exec.processTwo', { exec: { boot: true, processTwo: true } }],
  ['exec.ambientCapability', { exec: { ambientCapability: ['CAP_NET_RAW'] } }],
  ['exec.user', { exec: { user: 'frr' } }],
  ['exec.workingDirectory', { exec: { workingDirectory: '/srv' } }],
  ['exec.oomScoreAdjust', { exec: { oomScoreAdjust: 100 } }],
  ['exec.linkJournal', { exec: { ephemeral: true, linkJournal: 'guest' } }],
  ['exec.privateUsers', { files: { bind: ['/srv/tree:/'] } }],
  ['files.bindUser', { exec: { privateUsers: 'no' }, files: { bindUser: ['me'] } }],
  ['files.privateUsersOwnership', { exec: { privateUsers: 'no' }, files: { privateUsersOwnership: 'map' } }],
  ['files.volatile', { files: { volatile: 'state', privateUsersChown: true } }],
  ['files.privateUsersChown', { files: { privateUsersOwnership: 'map', privateUsersChown: true } }],
  ['files.readOnly', { files: { readOnly: true, privateUsersOwnership: 'chown' } }],
  ['files.volatile', { files: { volatile: 'overlay', privateUsersOwnership: 'chown' } }],
  ['files.privateUsersOwnership', { files: { volatile: 'overlay', privateUsersOwnership: 'map' } }],
  ['files.privateUsersOwnership', { init: 'tini', files: { privateUsersOwnership: 'map' } }],
  ['files.volatile', { files: { volatile: true } }],
  ['files.bindReadOnly', { exec: { privateUsers: 'no' }, files: { bindReadOnly: ['/usr:/usr:idmap'] } }],
  ['network.zone', { network: { bridge: 'br0', zone: 'lab' } }],
  ['network.private', { network: { private: false, virtualEthernet: true } }],
  ['network.port', { network: { private: false, port: ['80'] } }],
  ['network.namespacePath', { network: { namespacePath: '/run/netns/a', zone: 'lab' } }],
  ['network.namespacePath', { exec: { privateUsers: 'pick' }, network: { namespacePath: '/run/netns/a' } }],
] as const) {
  test(`${JSON.stringify(inputs)} is refused at ${property}, in the preview`, () => {
    assert.deepEqual(
      failures(inputs).map((failure) => failure.property),
      [property],
    );
  });
}

for (const inputs of [
  { exec: { boot: UNKNOWN, user: 'frr', workingDirectory: '/srv', ambientCapability: ['CAP_NET_RAW'] } },
  { exec: { privateUsers: UNKNOWN, oomScoreAdjust: 100 }, files: { bindUser: ['me'], bind: ['/a:/'] } },
  { exec: { privateUsers: UNKNOWN }, files: { privateUsersOwnership: 'chown', readOnly: true } },
  { files: { volatile: true, bindReadOnly: UNKNOWN } },
  { files: { volatile: UNKNOWN, privateUsersOwnership: 'map' } },
  { exec: UNKNOWN, network: { namespacePath: '/run/netns/a' } },
]) {
  test(`${JSON.stringify(inputs)} is refused for nothing that is not known yet`, () => {
    assert.deepEqual(failures(inputs), []);
  });
}

test('errors name property, what was received and what is accepted', () => {
  assert.deepEqual(failures({ exec: { privatUsers: 'no' }, service: { memoryMax: '12 potatoes' } }), [
    { property: 'exec.privatUsers', reason: 'is not a property here; check its spelling' },
    {
      property: 'service.memoryMax',
      reason:
        'received "12 potatoes"; accepted is a size in bytes, "256M", "1.5G", a share of the memory such as "25%", or "infinity", above zero, or false for none',
    },
  ]);
});

test('a value of the environment is not repeated in an error', () => {
  const reason = failures({ exec: { environment: { TOKEN: 'secret\n' } } })[0]?.reason ?? '';
  assert.doesNotMatch(reason, /secret/);
});

const requirements = (inputs: Partial<NspawnConfigInputs>) =>
  requirementsOf(settingsOf({ ...base, ...inputs }));
const youngest = (inputs: Partial<NspawnConfigInputs>) =>
  requirements(inputs).sort((a, b) => b.version - a.version)[0];

test('the default needs systemd 250, for the mapped /usr', () => {
  assert.deepEqual(youngest({}), { property: 'files.bindReadOnly with idmap', version: 250 });
  assert.ok((youngest({ exec: { privateUsers: 'no' } })?.version ?? 0) <= 247);
});

test('options and values say which systemd they need', () => {
  assert.deepEqual(youngest({ files: { bindUserShell: true } }), {
    property: 'files.bindUserShell',
    version: 258,
  });
  assert.deepEqual(youngest({ network: { interface: ['a:b'] } }), {
    property: 'network.interface "HOST:MACHINE"',
    version: 254,
  });
  assert.deepEqual(youngest({ files: { bind: ['/a:/a:owneridmap'] } }), {
    property: 'files.bind with owneridmap',
    version: 256,
  });
  assert.deepEqual(youngest({ exec: { pivotRoot: '/new:/old' } }), {
    property: 'exec.pivotRoot "NEW:OLD"',
    version: 253,
  });
  assert.deepEqual(youngest({ files: { volatile: 'state' } }), {
    property: 'files.volatile "state" with files.privateUsersOwnership "auto"',
    version: 253,
  });
  for (const [volatile, others] of [
    ['overlay', {}],
    [true, { privateUsersOwnership: 'off' }],
  ] as const) {
    assert.equal(youngest({ files: { volatile, ...others } })?.version, 250);
  }
});

const warnings = (inputs: Partial<NspawnConfigInputs>, unifiedCgroups = true) =>
  warningsOf(settingsOf({ ...base, ...inputs }), { unifiedCgroups });

test('the default configuration has no warning on a host with cgroup v2', () => {
  assert.deepEqual(warnings({}), []);
});

test('tini in the place of systemd has no warning, and is refused with exec.boot', () => {
  assert.deepEqual(warnings({ init: 'tini' }), []);
  assert.deepEqual(failures({ init: 'tini' }), []);
  assert.equal(failures({ init: 'tini', exec: { boot: true } })[0]?.property, 'exec.boot');
});

test('rights that reach the host are warned of', () => {
  assert.match(warnings({ exec: { privateUsers: 'no' } }).join(), /root on the host/);
  assert.match(warnings({ exec: { capability: ['all'] } }).join(), /exec.capability: all/);
  assert.match(warnings({ files: { bind: ['/etc:/host-etc'] } }).join(), /\/etc of the host is writable/);
  assert.deepEqual(warnings({ files: { bind: ['/srv/data:/data'] } }), []);
});

test('a journal in a folder of the host is warned of', () => {
  assert.match(warnings({ exec: { linkJournal: 'try-host' } }).join(), /linkJournal "try-host": .*"guest"/);
  assert.deepEqual(warnings({ exec: { linkJournal: 'guest' } }), []);
});

test('a signal that the stub init does not take is warned of', () => {
  assert.match(
    warnings({ exec: { processTwo: true, killSignal: 'SIGTERM' } }).join(),
    /killSignal SIGTERM: .*SIGRTMIN\+3/,
  );
  assert.deepEqual(warnings({ exec: { processTwo: true, killSignal: 'SIGRTMIN+3' } }), []);
  assert.deepEqual(warnings({ exec: { processTwo: true } }), []);
});

test('limits that need cgroup v2 are warned of on a host without it', () => {
  assert.deepEqual(warnings({}, false), [
    'service.memorySwapMax: has no effect on this host, which does not use cgroup v2 alone',
  ]);
});
