import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { sha256 } from '../../../provider/digest';
import { drift } from '../../../provider/host-rootfs/drift';
import { type Wanted, wantedFiles } from '../../../provider/host-rootfs/request';
import { hostRootfsSchema } from '../../../provider/host-rootfs/schema';
import { runs } from '../../fuzz';
import { answersLike } from '../answers';
import { assertPlain } from '../plain';

const wanted = (more: Record<string, unknown>): Wanted =>
  ({
    ...hostRootfsSchema.parse({ owner: 'p/s/r1', machineName: 'r1', ...more }),
    path: '/var/lib/machines/r1',
  }) as Wanted;
const base = { hostname: 'r1\n', units: 'frr.service enabled\n' };
const given = { content: 'text\n', owner: 'frr', mode: '0640' };
const inputs = wanted({ files: { '/etc/a': given, '/etc/b': { content: '' } } });
const same = { file_0: `640\tfrr\troot\t${sha256('text\n')}`, file_1: `644\troot\troot\t${sha256('')}` };

describe('the drift of a HostRootfs', () => {
  test('is nothing where the host has what was asked for', () => {
    assert.deepEqual(drift(inputs, { ...base, ...same }), {});
  });

  test('shows a file that is gone, and only that', () => {
    assert.deepEqual(drift(inputs, { ...base, ...same, file_1: 'missing' }), { files: { '/etc/a': given } });
  });

  test('shows text, mode and owner as they are there', () => {
    const seen = drift(inputs, { ...base, ...same, file_0: '600\t0\troot\tabc', content_0: 'other\nx' });
    assert.deepEqual(seen, {
      files: { '/etc/a': { content: 'other\n', owner: 0, mode: '0600' }, '/etc/b': { content: '' } },
    });
  });

  test('tells a large file and a binary one by their digests, and what is no file by its kind', () => {
    const content = (values: Record<string, string>) =>
      (drift(inputs, { ...base, ...same, ...values }).files as Record<string, { content: string }>)['/etc/a']
        ?.content;
    assert.equal(content({ file_0: '640\tfrr\troot\tabc' }), 'sha256:abc');
    assert.equal(content({ file_0: '640\tfrr\troot\tabc', content_0: '\0x' }), 'sha256:abc');
    assert.equal(content({ file_0: 'other\tsymbolic link' }), '(a symbolic link)');
  });

  test('shows the host name', () => {
    assert.deepEqual(drift(inputs, { ...base, ...same, hostname: 'else\n' }), { hostname: 'else' });
  });

  test('shows units that no longer start, or do again', () => {
    const units = { enable: ['a.service', 'b.service'], disable: ['frr.service'], mask: ['c.service'] };
    const asked = wanted({ units });
    const all = 'a.service enabled\nb.service enabled\nfrr.service disabled\nc.service masked\n';
    assert.deepEqual(drift(asked, { ...base, units: all }), {});
    const changed = all
      .replace('b.service enabled', 'b.service disabled')
      .replace('c.service masked', 'c.service disabled');
    assert.deepEqual(drift(asked, { ...base, units: changed }), {
      units: { enable: ['a.service'], disable: ['frr.service'], mask: [] },
    });
  });

  test('shows frr.service switched off as if somebody had asked for it', () => {
    const none = wanted({});
    assert.deepEqual(drift(none, { ...base, units: 'frr.service disabled\n' }), {
      units: { disable: ['frr.service'] },
    });
    assert.deepEqual(drift(none, { ...base, units: 'frr.service masked\n' }), {
      units: { mask: ['frr.service'] },
    });
  });

  test('shows an init script that was changed, lost its mode, or is gone, as bootstrap.init', () => {
    const skeleton = wanted({ bootstrap: { method: 'skeleton', init: '#!/bin/true\n' } });
    const seen = (look: string, more = {}) => drift(skeleton, { ...base, file_0: look, ...more });
    const sha = sha256('#!/bin/true\n');
    const init = (text: string) => ({ bootstrap: { method: 'skeleton', init: text } });
    assert.deepEqual(seen(`755\troot\troot\t${sha}`), {});
    assert.deepEqual(
      seen('755\troot\troot\tother', { content_0: '#!/bin/false\nx' }),
      init('#!/bin/false\n'),
    );
    assert.deepEqual(seen(`644\troot\troot\t${sha}`), init('(of mode 0644, owner root:root)'));
    assert.deepEqual(seen('missing'), init(''));
  });

  test('is nothing for whatever files, when the host has them', () => {
    const file = fc.record({ content: fc.string(), mode: fc.constantFrom('0644', '600', '1777') });
    fc.assert(
      fc.property(fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), file), (files) => {
        const asked = wanted({
          files: Object.fromEntries(
            Object.entries(files).map(([name, { content, mode }]) => [
              `/etc/${name}`,
              { content: content.replaceAll('\0', ''), mode },
            ]),
          ),
        });
        const seen = Object.fromEntries(
          wantedFiles(asked).map(({ mode, owner, group, content }, index) => [
            `file_${index}`,
            [mode, owner, group, sha256(content)].join('\t'),
          ]),
        );
        assert.deepEqual(drift(asked, { ...base, ...seen }), {});
      }),
    );
  });
});

test('whatever a host answers is told, in properties', () => {
  const bootstrap = { method: 'skeleton' } as const;
  const units = { enable: ['frr.service'], mask: ['a.service'] };
  for (const each of [wanted({ files: inputs.files, units }), wanted({ files: inputs.files, bootstrap })]) {
    const contents = { content_0: 'text\nx', content_1: 'x' };
    const answers = answersLike({
      ...base,
      ...same,
      ...contents,
      units: 'frr.service enabled\na.service masked\n',
    });
    fc.assert(
      fc.property(answers, (values) => assertPlain(drift(each, values))),
      runs(75),
    );
  }
});
