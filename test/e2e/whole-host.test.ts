import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { openStack } from '../deployer';
import type { LabHost } from '../lab';
import { connectionTo, hosts } from './hosts';
import { changesOf, leaderOf, traceOn } from './life';
import { plainMachine } from './plain-machine';

describe('a host whose resources are left to its HostRuntime', { concurrency: 2 }, () => {
  for (const index of [0, 1]) {
    describe(`on ${['Debian 12', 'Debian 13'][index]}`, { concurrency: 1 }, () => {
      let host: LabHost;
      let others: ReturnType<typeof plainMachine>;
      let empty: string[];
      const backendDir = mkdtempSync(join(tmpdir(), 'pulumi-nspawn-whole-host-'));
      const stack = () =>
        openStack({
          dir: join(__dirname, 'programs/whole-host'),
          stack: 'test',
          backendDir,
          passphrase: 'test',
          config: { 'whole-host:connection': { secret: JSON.stringify(connectionTo(host)) } },
        });
      const left = async () => {
        const now = await trace();
        return [
          ...now.filter((line) => !empty.includes(line)),
          ...empty.filter((line) => !now.includes(line)),
        ];
      };
      // What the other stack's machine writes meanwhile is its own.
      const trace = async () =>
        (await traceOn(host)).filter((line) => !/machines\/wh-others\/|wh-others\.started/.test(line));

      before(async () => {
        host = (await hosts())[index] as LabHost;
        // Its stack begins with the same name.
        others = plainMachine(host, 'wh-others', 'whole-host/test-of-others/wh');
        await others.clear();
        await others.make();
        await others.create();
        empty = await trace();
      });
      after(async () => {
        await (await stack()).destroy();
        await others.clear();
        rmSync(backendDir, { recursive: true, force: true });
      });

      test('is destroyed by one deletion, which leaves nothing of the stack, and all of what is not its own', async () => {
        const deployed = await (await stack()).up();
        assert.ok(deployed.ok, deployed.log);
        await host.sh('ip link show to-wh-a; test -d /srv/wh/wh-elsewhere/etc');
        await host.sh('machinectl show wh-a; machinectl show wh-elsewhere');
        const leader = await leaderOf(host, 'wh-others');
        const destroyed = await (await stack()).destroy();
        assert.ok(destroyed.ok, destroyed.log);
        assert.equal(changesOf(destroyed).length, 13);
        assert.deepEqual(await left(), []);
        assert.equal(await leaderOf(host, 'wh-others'), leader);
      });

      test('that was left in the middle of it is finished by the next', async () => {
        assert.ok((await (await stack()).up()).ok);
        // A foreign mount keeps one tree from being removed.
        await host.run(['mount', '--bind', '/opt', '/var/lib/machines/wh-b/tmp']);
        const stuck = await (await stack()).destroy();
        assert.equal(stuck.ok, false);
        assert.match(stuck.log, /something is mounted in the rootfs/);
        await host.run(['umount', '/var/lib/machines/wh-b/tmp']);
        const finished = await (await stack()).destroy();
        assert.ok(finished.ok, finished.log);
        assert.deepEqual(await left(), []);
      });
    });
  }
});
