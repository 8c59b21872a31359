import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { closeSessions } from '../../provider/host/pool';
import { hosts } from '../e2e/hosts';
import { type LinkState, provider } from '../e2e/link';
import { stackOn } from '../e2e/routers';
import type { LabHost } from '../lab';
import { changesSince, tracesOf } from './trace';

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

describe('a host whose disk is full', { concurrency: 2 }, () => {
  for (const [index, release] of ['Debian 12', 'Debian 13'].entries()) {
    test(`on ${release}: each change says so, what was there stays, and the next run makes it`, {
      timeout: 240_000,
    }, async () => {
      const host = (await hosts())[index] as LabHost;
      const stack = stackOn(host);
      const full = 'sk-full';
      const empty = await tracesOf(host);
      const bgp = (asn: number) => ({ config: `router bgp ${asn}\nexit\n`, verify: { stableSeconds: 0 } });
      const link = (mtu: number) => ({
        a: { interface: full },
        b: { machineName: full, interface: 'eth1' },
        mtu,
      });
      const before: [kind: string, first: Record<string, unknown>, second: Record<string, unknown>][] = [
        ['HostRootfs', {}, { files: { '/etc/motd': { content: 'x'.repeat(100_000) } } }],
        ['NspawnConfig', {}, { exec: { environment: { A: 'x'.repeat(5000) } } }],
        ['FrrConfig', bgp(65001), bgp(65002)],
        ['Machine', {}, { restartPolicy: { restart: 'always' } }],
        ['VethPeering', link(1400), link(1401)],
      ];
      // Until the end of an update, the manifest of a rootfs lists what was written before and what is to be: where it still fits.
      const written = async () =>
        (
          await host.sh(
            `cd / && sha256sum etc/systemd/nspawn/${full}.nspawn etc/systemd/system/systemd-nspawn@${full}.service.d/* var/lib/machines/${full}/etc/frr/* var/lib/machines/${full}/etc/passwd var/lib/pulumi-nspawn/link-data/* var/lib/pulumi-nspawn/*/${full}`,
            { reject: false },
          )
        ).stdout
          .split('\n')
          .filter((line) => !line.includes('/rootfs.manifest/'));
      try {
        for (const [kind, first] of before) await stack.put(kind, full, first);
        const was = await written();
        try {
          for (const [kind, , second] of before) {
            // Each time: what runs on the host, such as its journal, frees some blocks now and then.
            await host.fill('/');
            await assert.rejects(stack.put(kind, full, second), (error: Error) => {
              assert.match(error.message, /No space left on device/, kind);
              assert.match(error.message, new RegExp(` on ${host.address}: `), kind);
              return true;
            });
          }
          assert.deepEqual(await written(), was, 'what was there is there, whole');
        } finally {
          await host.unfill('/');
        }
        for (const [kind, , second] of before) {
          await stack.put(kind, full, second);
          assert.deepEqual(await stack.drift(kind, full), {}, kind);
        }
      } finally {
        await stack.clear();
      }
      assert.deepEqual(await changesSince(host, empty), []);
    });
  }
});
