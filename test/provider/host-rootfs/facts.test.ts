import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { facts, osRelease } from '../../../provider/host-rootfs/facts';
import { runs } from '../../fuzz';
import { answersLike } from '../answers';
import { assertPlain } from '../plain';

test('os-release is read with and without quotes', () => {
  const text =
    'PRETTY_NAME="Debian GNU/Linux 13 (trixie)"\nNAME="Debian GNU/Linux"\nVERSION_ID="13"\nID=debian\n';
  assert.deepEqual(osRelease(text), {
    id: 'debian',
    versionId: '13',
    prettyName: 'Debian GNU/Linux 13 (trixie)',
  });
  assert.deepEqual(osRelease("ID='x'\n# comment\n"), { id: 'x', versionId: '', prettyName: 'Linux' });
  assert.deepEqual(osRelease(''), { id: 'linux', versionId: '', prettyName: 'Linux' });
});

test('versions are by package, in order, and bytes a number', () => {
  assert.deepEqual(facts({ os_release: '', versions: 'frr 10.3-3\ndbus 1.16.2-2\n', bytes: '557056' }), {
    osRelease: { id: 'linux', versionId: '', prettyName: 'Linux' },
    packageVersions: { dbus: '1.16.2-2', frr: '10.3-3' },
    bytes: 557056,
  });
});

test('whatever a host answers, its facts are texts and numbers', () => {
  const os_release = 'PRETTY_NAME="Debian GNU/Linux 13 (trixie)"\nVERSION_ID="13"\nID=debian\n';
  const answers = answersLike({ os_release, versions: 'frr 10.3-3\ndbus 1.16.2-2\n', bytes: '557056' });
  fc.assert(
    fc.property(answers, (values) => assertPlain(facts(values))),
    runs(150),
  );
});
