import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { sha256 } from '../../../provider/digest';
import { configurationText } from '../../../provider/frr-config/configuration';
import { drift, enabledDaemons, patched } from '../../../provider/frr-config/drift';
import { runs } from '../../fuzz';
import { answersLike } from '../answers';
import { assertPlain } from '../plain';

const text = 'hostname r1\nrouter bgp 1\n neighbor 10.0.0.1 remote-as 2\nexit\n';
const inputs = { owner: 'p/s/r1', machineName: 'r1', config: text, rollback: true };
const wanted = configurationText(inputs);
const same = {
  conf_sha: sha256(wanted),
  daemons_file: 'bgpd=yes\nospfd=no\n',
  running: 'bgpd staticd watchfrr zebra ',
};

describe('drift of an FRR configuration', () => {
  test('is none where files, daemons and what runs are as asked for', () => {
    assert.deepEqual(drift(inputs, same), { text: wanted, applied: true });
  });

  test('is no matter of a machine that does not run', () => {
    const { running: _, ...stopped } = same;
    assert.deepEqual(drift(inputs, stopped), { text: wanted, applied: true });
  });

  test('shows the file that somebody has changed, without its passwords', () => {
    const seen = drift(inputs, { ...same, conf_sha: 'other', conf: `${wanted}password hunter2\nx` });
    assert.deepEqual(seen, { text: `${wanted}password ********\n`, applied: false });
  });

  test('says so where only a password differs', () => {
    const secret = { ...inputs, config: `${text}password hunter2\n` };
    const seen = drift(secret, {
      ...same,
      conf_sha: 'other',
      conf: `${configurationText(secret).replace('hunter2', 'other')}x`,
    });
    assert.match(String(seen.text), /password \*{8}\n! \(a password or key differs\)\n$/);
    assert.equal(seen.applied, false);
  });

  test('shows a line that was added to what runs in its place in the text', () => {
    const before = [
      'frr defaults traditional',
      'hostname r1',
      '!',
      'router bgp 1',
      ' neighbor 10.0.0.1 remote-as 2',
      'exit',
      '!',
    ];
    const after = before.toSpliced(5, 0, ' neighbor 10.0.0.9 remote-as 9');
    const seen = drift(inputs, {
      ...same,
      expected_running: before.join('\n'),
      seen_running: after.join('\n'),
    });
    assert.equal(seen.text, wanted.replace('remote-as 2\n', 'remote-as 2\n neighbor 10.0.0.9 remote-as 9\n'));
  });

  test('names the daemons that do run, where one has died or another was turned on', () => {
    assert.deepEqual(drift(inputs, { ...same, running: 'staticd watchfrr zebra ' }).daemons, []);
    assert.deepEqual(drift(inputs, { ...same, daemons_file: 'bgpd=yes\nospfd=yes\n' }).daemons, [
      'bgpd',
      'ospfd',
    ]);
  });
});

test('daemons are on by "yes" or a number, quoted or not', () => {
  const file = '# ldpd=yes\nbgpd=yes\nospfd="yes"\nripd=1\nbfdd=no\npimd=0\nbgpd_options="-A 127.0.0.1"\n';
  assert.deepEqual(enabledDaemons(file), ['bgpd', 'ospfd', 'ripd']);
});

test('a text that is what runs becomes, patched, what runs later', () => {
  const lines = fc.array(fc.constantFrom('a', 'b', 'c', 'd', '!'), { maxLength: 12 });
  fc.assert(
    fc.property(lines, lines, (before, after) => {
      // Nothing to hold on to but the text's own first line.
      const framed = (part: string[]) => ['first', ...part, 'last'];
      const seen = patched(framed(before).join('\n'), framed(before), framed(after));
      assert.deepEqual(seen.split('\n'), framed(after));
    }),
  );
});

test('whatever a host answers is told', () => {
  const answers = answersLike({
    ...same,
    conf: `${wanted}x`,
    expected_running: wanted,
    seen_running: `${wanted}line vty\n`,
  });
  fc.assert(
    fc.property(answers, (values) => assertPlain(drift(inputs, values))),
    runs(150),
  );
});
