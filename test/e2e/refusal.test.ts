import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { openStack } from '../deployer';
import type { LabHost } from '../lab';
import { connectionTo, hosts } from './hosts';
import { traceOn } from './life';

const provider = require('../../provider/dynamic');

const folder = mkdtempSync(join(tmpdir(), 'pulumi-nspawn-refusal-'));
after(() => rmSync(folder, { recursive: true, force: true }));
let count = 0;

const stackOf = (kind: string, args: object, connection: object) => {
  count += 1;
  return openStack({
    dir: join(__dirname, 'programs/one'),
    stack: `t${count}`,
    backendDir: folder,
    passphrase: 'x',
    config: {
      'one:resource': JSON.stringify({ kind, args }),
      'one:connection': { secret: JSON.stringify(connection) },
    },
  });
};

const link = (a: object, b: object = { interface: 'eth1' }) => ({ a: { machineName: 'r1', ...a }, b });

const badInputs: [title: string, kind: string, args: object, refusal: RegExp][] = [
  ['a name with a blank', 'Machine', { machineName: 'a b' }, /machineName.*received "a b".*a machine name/s],
  ['a name that is an option', 'NspawnConfig', { machineName: '-x' }, /machineName.*received "-x"/s],
  ['a property misspelt', 'Machine', { runing: true }, /runing.*not a property here/s],
  [
    'an interface name of systemd',
    'VethPeering',
    link({ interface: 've-r1' }),
    /a\.interface.*received "ve-r1".*ve-\*/s,
  ],
  [
    'a long interface name',
    'VethPeering',
    link({ interface: 'sixteen-letters-' }),
    /a\.interface.*at most 15/s,
  ],
  [
    'an interface given twice to one machine',
    'VethPeering',
    link({ interface: 'eth1' }, { machineName: 'r1', interface: 'eth1' }),
    /interface.*eth1/s,
  ],
  [
    'an address without its prefix',
    'VethPeering',
    link({ interface: 'e', addresses: ['10.0.0.1'] }),
    /addresses\[0\].*10\.0\.0\.1/s,
  ],
  [
    'an address that is none',
    'VethPeering',
    link({ interface: 'e', addresses: ['10.0.0.300/24'] }),
    /addresses\[0\].*300/s,
  ],
  [
    'an octal address',
    'VethPeering',
    link({ interface: 'e', addresses: ['010.0.0.1/24'] }),
    /addresses\[0\].*010/s,
  ],
  ['an option that does not exist', 'NspawnConfig', { machineName: 'r1', exec: { bot: true } }, /exec\.bot/],
  [
    'a memory size that is none',
    'NspawnConfig',
    { machineName: 'r1', service: { memoryMax: '12 potatoes' } },
    /service\.memoryMax.*12 potatoes/s,
  ],
  [
    'options that exclude each other',
    'NspawnConfig',
    { machineName: 'r1', network: { bridge: 'br0', zone: 'z' } },
    /bridge.*zone|zone.*bridge/is,
  ],
  [
    'a path that leaves the tree',
    'HostRootfs',
    { files: { '/etc/../../x': { content: '' } } },
    /files.*\.\./s,
  ],
  ['a file in the host’s /usr', 'HostRootfs', { files: { '/usr/bin/x': { content: '' } } }, /files.*\/usr/s],
  ['a mode that is none', 'HostRootfs', { files: { '/etc/x': { content: '', mode: 'rw' } } }, /mode.*"rw"/s],
  [
    'units where no systemd runs',
    'HostRootfs',
    { bootstrap: { method: 'skeleton' }, units: { mask: ['x.service'] } },
    /units.*skeleton/s,
  ],
  [
    'a kind of tunnel that there is not',
    'TunnelPeering',
    {
      kind: 'gre',
      a: { interface: 'e', underlay: '192.0.2.1' },
      b: { interface: 'e', underlay: '192.0.2.2' },
    },
    /kind.*wireguard/s,
  ],
];

// PULUMI_NSPAWN_EXHAUSTIVE=1: the whole way through an engine with each of them, which takes two seconds of a processor.
const inPreview = process.env.PULUMI_NSPAWN_EXHAUSTIVE === undefined ? [0, 7, 14] : badInputs.keys();

describe('bad input is refused at preview, with no host in reach', { concurrency: 3 }, () => {
  const connection = { host: '127.0.0.1', port: 1 };
  for (const [title, kind, args, refusal] of badInputs) {
    test(title, async () => {
      const named = kind === 'HostRootfs' ? { machineName: 'one' } : {};
      const inputs = { owner: 'p/s/one', ...named, connection, ...args };
      const { failures } = await provider[kind].check({}, inputs);
      assert.match(failures.map(({ reason }: { reason: string }) => reason).join('\n'), refusal);
    });
  }
  for (const index of inPreview) {
    const [title, kind, args, refusal] = badInputs[index] as (typeof badInputs)[number];
    test(`${title}, in a program`, async () => {
      const { ok, log } = await (await stackOf(kind, args, connection)).preview();
      assert.equal(ok, false, log);
      assert.match(log, refusal);
    });
  }
  test('a host that would be an option of ssh', async () => {
    const { ok, log } = await (await stackOf('Machine', {}, { host: '-oProxyCommand=id' })).preview();
    assert.equal(ok, false);
    assert.match(log, /connection\.host.*a host name/s);
  });
});

describe('a host that cannot do it is refused before anything is changed', () => {
  let h1: LabHost;
  let h2: LabHost;
  let trace: string[];
  before(async () => {
    [h1, h2] = (await hosts()) as [LabHost, LabHost];
    trace = await traceOn(h1);
  });
  const refused = async (kind: string, args: object, connection: object, refusal: RegExp) => {
    const stack = await stackOf(kind, args, connection);
    const { ok, log } = await stack.up();
    assert.equal(ok, false, log);
    assert.match(log, refusal);
    const resources = (await stack.export()).resources ?? [];
    assert.deepEqual(
      resources.filter(({ type }) => type.includes('nspawn')).map(({ urn }) => urn),
      [],
      'nothing is half-made in the state',
    );
    assert.deepEqual(await traceOn(h1), trace, 'nothing is half-made on the host');
  };
  const rootfs = { machineName: 'refused' };
  const limits = { dialErrorLimit: 2, perDialTimeout: 3 };

  test('options that the host’s systemd does not know', async () => {
    const args = {
      machineName: 'refused',
      network: { macvlan: ['eth0:mv0'] },
      files: { bind: ['/srv:/srv:owneridmap'] },
    };
    await refused(
      'NspawnConfig',
      args,
      connectionTo(h1),
      /systemd 252.*macvlan.*254.*bind.*256|systemd 252.*bind.*256.*macvlan.*254/s,
    );
  });
  test('a host that cannot be reached', async () => {
    const connection = { ...connectionTo(h1), ...limits, port: 1 };
    await refused('HostRootfs', rootfs, connection, /could not be reached in 2 dials/);
  });
  test('a host with another key', async () => {
    const connection = { ...connectionTo(h1), hostKey: h2.hostKey };
    await refused('HostRootfs', rootfs, connection, /shows another key/);
  });
  test('a password that is refused, and shown nowhere', async () => {
    const connection = { host: h1.address, hostKey: h1.hostKey, user: 'secretive', password: 'hunter2' };
    await refused('HostRootfs', rootfs, connection, /refused the login of secretive(?!.*hunter2)/s);
  });
  test('a machine that is not there to start', async () => {
    await refused('Machine', { machineName: 'refused' }, connectionTo(h1), /there is no rootfs/);
  });
});
