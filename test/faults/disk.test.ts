import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { closeSessions } from '../../provider/host/pool';
import { hosts } from '../e2e/hosts';
import { type LinkState, provider } from '../e2e/link';
import type { LabHost } from '../lab';

after(closeSessions);

const smallDisk = readFileSync(join(__dirname, 'small-disk.sh'), 'utf8');

// What goes wrong, and what create and update say of it.
const faults = [
  {
    title: 'a full disk',
    begin: 'fill',
    end: 'empty',
    create: /0 MiB free; 4 MiB are needed/,
    update: /No space left on device.*cannot write|cannot write.*No space left on device/s,
  },
  {
    title: 'a disk without a free inode',
    begin: 'use-inodes',
    end: 'free-inodes',
    create: /0 free inodes; 500 are needed/,
    update: /No space left on device/,
  },
  {
    title: 'a read-only file system',
    begin: 'freeze',
    end: 'thaw',
    create: /Read-only file system/,
    update: /Read-only file system/,
  },
];
const name = 'sk-disk';

for (const [index, release] of ['Debian 12', 'Debian 13'].entries()) {
  describe(`a rootfs on ${release}, on a disk that fails`, { concurrency: 1, timeout: 180_000 }, () => {
    let host: LabHost;
    const rootfs = () => provider('HostRootfs', host);
    const inputs = (content: string) => ({
      owner: `p/s/${name}`,
      machineName: name,
      path: `/srv/${name}/${name}`,
      files: { '/etc/motd': { content }, '/etc/new': { content } },
    });
    const disk = (action: string) => host.run(['sh', '-s', action, name], { input: smallDisk });
    const say = async (script: string) => (await host.sh(script, { reject: false })).stdout.trimEnd();
    const trace = () =>
      say(
        `ls -A /srv/${name} | grep -v '^fill$'; ls -d /var/lib/machines/${name} /var/lib/pulumi-nspawn/*/${name}`,
      );
    const failing = async (act: () => Promise<unknown>, begin: string, end: string, expected: RegExp) => {
      await disk(begin);
      try {
        await assert.rejects(act, (error: Error) => {
          assert.match(error.message, new RegExp(`^${name} on ${host.address}: `));
          assert.match(error.message, expected);
          return true;
        });
      } finally {
        await disk(end);
      }
    };

    before(async () => {
      host = (await hosts())[index] as LabHost;
      await disk('make');
    });
    after(() => disk('remove'));

    for (const { title, begin, end, create, update } of faults) {
      test(`${title}: create says so and leaves nothing; update says so and keeps what was there; the next run repairs`, async () => {
        const [first, second] = ['first\n', 'second\n'.repeat(10_000)].map(inputs) as [object, object];
        await failing(() => rootfs().create({ ...first }), begin, end, create);
        assert.equal(await trace(), '');

        const made: LinkState = await rootfs().create({ ...first });
        await failing(() => rootfs().update(made, { ...second }), begin, end, update);
        assert.equal(await say(`cat /srv/${name}/${name}/etc/motd`), 'first');

        const mended = await rootfs().update(made, { ...second });
        assert.deepEqual((await rootfs().read(mended))?.drift, {});
        assert.equal(await say(`ls -A /srv/${name}`), name);
        await rootfs().delete(mended);
        assert.equal(await trace(), '');
      });
    }
  });
}
