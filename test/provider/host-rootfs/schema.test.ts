import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { dynamicProvider } from '../../../provider/adapter';
import { check } from '../../../provider/check';
import { hostRootfs } from '../../../provider/host-rootfs/resource';
import type { Resource } from '../../../provider/resource';
import { UNKNOWN } from '../../../provider/unknown';

const resource = hostRootfs as unknown as Resource;
const checked = (more: Record<string, unknown>) =>
  check(resource, { owner: 'p/s/r1', machineName: 'r1', ...more });
const reasons = (more: Record<string, unknown>) =>
  checked(more).failures.map(({ property, reason }) => `${property}: ${reason}`);

describe('the check of a HostRootfs', () => {
  test('works the path and the digest out, and leaves what is not given unset', () => {
    const { inputs, failures } = checked({});
    assert.deepEqual(failures, []);
    assert.equal(inputs.path, '/var/lib/machines/r1');
    assert.match(String(inputs.digest), /^[0-9a-f]{64}$/);
    assert.deepEqual(Object.keys(inputs).sort(), ['digest', 'machineName', 'owner', 'path']);
  });

  test('keeps a path that is given, and gives it back when it is checked again', () => {
    const { inputs } = checked({ path: '/srv/machines/r1' });
    assert.equal(inputs.path, '/srv/machines/r1');
    assert.deepEqual(check(resource, inputs).inputs, inputs);
  });

  test('knows path and digest in a preview exactly where what they are made from is known', () => {
    const { inputs, failures } = checked({ files: { '/etc/motd': { content: UNKNOWN } } });
    assert.deepEqual(failures, []);
    assert.equal(inputs.path, '/var/lib/machines/r1');
    assert.equal(inputs.digest, UNKNOWN);
    assert.deepEqual(
      checked({ files: UNKNOWN, units: UNKNOWN, bootstrap: UNKNOWN, packages: [UNKNOWN] }).failures,
      [],
    );
    assert.equal(checked({ machineName: UNKNOWN }).inputs.path, UNKNOWN);
  });

  test('takes "skeleton" with an init script, and refuses what needs a systemd inside', () => {
    const skeleton = (more: object = {}) => ({ bootstrap: { method: 'skeleton', ...more } });
    assert.deepEqual(reasons(skeleton()), []);
    assert.deepEqual(reasons(skeleton({ init: UNKNOWN })), []);
    assert.match(reasons(skeleton({ init: 'echo' }))[0] ?? '', /bootstrap\.init: .*begins with "#!\/"/);
    assert.match(
      reasons({ ...skeleton(), units: { enable: ['frr.service'] } })[0] ?? '',
      /^units: .*no systemd/,
    );
    assert.match(
      reasons({ ...skeleton(), files: { '/init.sh': { content: '' } } })[0] ?? '',
      /made from bootstrap\.init/,
    );
    assert.match(
      reasons({ ...skeleton(), packages: ['frr'] })[0] ?? '',
      /^packages: cannot be given .*"skeleton"/,
    );
    assert.deepEqual(reasons({ ...skeleton(), packages: UNKNOWN }), []);
    assert.match(reasons({ ...skeleton(), shareUsr: false })[0] ?? '', /^shareUsr: .*"skeleton"/);
  });

  test('changes an init script in place, and its digest with it', async () => {
    const dynamic = dynamicProvider(resource);
    const of = (bootstrap: object) => checked({ bootstrap }).inputs;
    const [stock, own] = [of({ method: 'skeleton' }), of({ method: 'skeleton', init: '#!/bin/true\n' })];
    assert.deepEqual((await dynamic.diff('r1', stock, own)).replaces, []);
    assert.notEqual(stock.digest, own.digest);
    assert.deepEqual((await dynamic.diff('r1', own, of({ method: 'host' }))).replaces, ['bootstrap']);
  });

  test('refuses a host tree with a /usr of its own, and says what is accepted', () => {
    assert.match(
      reasons({ shareUsr: false })[0] ?? '',
      /^shareUsr: received false with bootstrap\.method "host"/,
    );
    assert.deepEqual(reasons({ shareUsr: false, bootstrap: { method: 'debootstrap' } }), []);
    assert.match(reasons({ bootstrap: { method: 'host', suite: 'trixie' } })[0] ?? '', /bootstrap\.suite/);
  });

  test('refuses files that are not in the tree, whatever way they are spelled', () => {
    const outside = [
      ...['etc/motd', '/', '/etc/', '/etc//motd', '/etc/./motd', '/../etc/passwd', '/etc/../../x', '/etc/..'],
      ...[
        '/usr/bin/x',
        '/usr',
        '/bin/sh',
        '/lib/x',
        '/lib64/x',
        '/proc/x',
        '/sys/x',
        '/dev/null',
        '/run/x',
        '/var/run/x',
      ],
      ...['/etc/alternatives/awk', '/etc/a\nb', '/etc/a\tb', '/etc/a\0b', ''],
    ];
    for (const path of outside) {
      assert.equal(reasons({ files: { [path]: { content: '' } } }).length > 0, true, JSON.stringify(path));
    }
    for (const path of [
      '/etc/motd',
      '/etc/usr',
      '/usrlocal/x',
      '/root/.profile',
      '/srv/a b',
      '/etc/ü',
      '/libs/x',
    ]) {
      assert.deepEqual(reasons({ files: { [path]: { content: '' } } }), [], path);
    }
  });

  test('accepts no path with ".." or outside its own spelling', () => {
    const part = fc.constantFrom('etc', '..', '.', '', 'usr', 'x', 'frr', 'proc', '...');
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 6 }), (parts) => {
        const path = `/${parts.join('/')}`;
        const accepted = reasons({ files: { [path]: { content: '' } } }).length === 0;
        const plain = parts.every((each) => !['..', '.', ''].includes(each));
        assert.equal(accepted, plain && !['usr', 'proc'].includes(parts[0] as string));
      }),
    );
  });

  test('refuses a file whose path is the folder of another, and the file that hostname makes', () => {
    assert.match(
      reasons({ files: { '/etc/a': { content: '' }, '/etc/a/b': { content: '' } } })[0] ?? '',
      /as its folder/,
    );
    assert.match(reasons({ files: { '/etc/hostname': { content: 'x' } } })[0] ?? '', /hostname/);
  });

  test('names the property, what it got and what it takes', () => {
    assert.match(
      reasons({ files: { '/etc/motd': { content: '', mode: 'rw' } } })[0] ?? '',
      /^files\["\/etc\/motd"\]\.mode: received "rw"; accepted is octal permissions/,
    );
    assert.match(
      reasons({ packages: ['frr; rm'] })[0] ?? '',
      /^packages\[0\]: received "frr; rm"; accepted is the name/,
    );
    assert.match(
      reasons({ units: { enable: ['frr'] } })[0] ?? '',
      /^units\.enable\[0\]: received "frr"; accepted is a unit/,
    );
    assert.match(
      reasons({ units: { enable: ['frr.service'], mask: ['frr.service'] } })[0] ?? '',
      /^units\.enable: received "frr\.service", which is in/,
    );
    assert.match(
      reasons({
        files: { '/etc/systemd/system/a.service': { content: '' } },
        units: { mask: ['a.service'] },
      })[0] ?? '',
      /^units\.mask: received "a\.service", whose file is in files/,
    );
    assert.match(reasons({ machineName: 'r1.partial-2' })[0] ?? '', /without "\.partial-"/);
    assert.match(reasons({ path: '/' })[0] ?? '', /^path: received "\/"; accepted is an absolute/);
  });

  test('never repeats the text of a file, which may hold a secret', () => {
    const said = reasons({ files: { '/etc/key': { content: 's3cret\0' } } }).join();
    assert.match(said, /content/);
    assert.doesNotMatch(said, /s3cret/);
  });
});

describe('the digest of a HostRootfs', () => {
  const digest = (more: Record<string, unknown>) => checked(more).inputs.digest;

  test('changes with every text, mode, owner, unit, package and name', () => {
    const all = [
      {},
      { files: { '/etc/a': { content: '1' } } },
      { files: { '/etc/a': { content: '2' } } },
      { files: { '/etc/a': { content: '1', mode: '0600' } } },
      { files: { '/etc/a': { content: '1', owner: 'frr' } } },
      { units: { enable: ['a.service'] } },
      { units: { mask: ['a.service'] } },
      { packages: ['frr'] },
      { hostname: 'other' },
    ].map(digest);
    assert.equal(new Set(all).size, all.length);
  });

  test('does not change with what means the same', () => {
    const file = { content: '1' };
    assert.equal(
      digest({ files: { '/etc/a': file, '/etc/b': file } }),
      digest({
        files: {
          '/etc/b': { ...file, mode: '644', owner: 'root' },
          '/etc/a': { ...file, mode: '0644', group: 'root' },
        },
      }),
    );
    assert.equal(
      digest({ hostname: 'r1', bootstrap: { method: 'host' }, path: '/srv/machines/r1' }),
      digest({}),
    );
  });
});
