import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { closeSessions } from '../../provider/host/pool';
import { hosts } from '../e2e/hosts';
import { type LinkState, provider } from '../e2e/link';
import type { LabHost } from '../lab';
import { changesSince, tracesOf } from './trace';

after(closeSessions);

const name = 'sk-archive';
const fake = readFileSync(join(__dirname, 'archive.sh'), 'utf8');

// The archive's own tools in their place: what they do to a host is the same, and they take no minute.
const faults: { title: string; how: string; refusal: RegExp }[] = [
  {
    title: 'an archive that cannot be reached',
    how: 'real',
    refusal: /exit status [1-9]|ended with an error/,
  },
  {
    title: 'an installation that fails in the middle',
    how: 'fail',
    refusal: /no way to unpack.*in the middle/s,
  },
  { title: 'a disk that is full in the middle', how: 'fill', refusal: /No space left on device/ },
  { title: 'an installation that is killed in the middle', how: 'kill', refusal: /Killed|exit status 137/ },
  {
    title: 'a release that is not the one of the host',
    how: 'other',
    refusal: /is sid, and the host, whose \/usr the machine runs on, is/,
  },
];

describe('a rootfs from an archive', { concurrency: 2 }, () => {
  for (const [index, release] of ['Debian 12', 'Debian 13'].entries()) {
    describe(`on ${release}`, { concurrency: 1, timeout: 240_000 }, () => {
      let host: LabHost;
      let empty: string[];
      let mounts: string;
      const inputs = {
        owner: `p/s/${name}`,
        machineName: name,
        bootstrap: {
          method: 'debootstrap',
          variant: 'minbase',
          mirror: 'http://127.0.0.1:1/debian',
          suite: 'stable',
        },
      };
      const rootfs = () => provider('HostRootfs', host);
      const set = (how: string) => host.run(['sh', '-s', how, name], { input: fake });
      const mounted = async () =>
        (await host.sh('cut -d" " -f5 /proc/self/mountinfo | grep -v ^/run/user | sort')).stdout;
      before(async () => {
        host = (await hosts())[index] as LabHost;
        empty = await tracesOf(host);
        mounts = await mounted();
      });
      after(async () => {
        await host?.unfill('/var/lib/machines');
        await set('remove');
      });

      for (const { title, how, refusal } of faults) {
        test(`${title} is told by its last lines, leaves nothing, and the next run makes it whole`, async () => {
          await set(how);
          const error: Error & { id?: string; properties?: object } = await rootfs()
            .create({ ...inputs })
            .then(
              () => assert.fail('it was made'),
              (reason) => reason,
            );
          await host.unfill('/var/lib/machines');
          assert.match(error.message, new RegExp(`^${name} on ${host.address}: make the rootfs`));
          assert.match(error.message, refusal);
          assert.deepEqual(await changesSince(host, empty), []);
          assert.equal(await mounted(), mounts);

          await set('good');
          const made: LinkState =
            error.id === undefined
              ? await rootfs().create({ ...inputs })
              : await rootfs().update({ id: error.id, outs: error.properties }, { ...inputs });
          assert.deepEqual((await rootfs().read(made))?.drift, {});
          assert.equal(
            (await host.sh(`ls -A /var/lib/machines/${name}/usr | tr '\\n' ' '`)).stdout.trim(),
            'bin lib lib64 libexec local sbin',
          );
          await rootfs().delete(made);
          assert.deepEqual(await changesSince(host, empty), []);
        });
      }
    });
  }
});
