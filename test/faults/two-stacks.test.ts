import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { check, withDefaults } from '../../provider/check';
import { createSession, type HostSession } from '../../provider/host/session';
import { hostRootfs } from '../../provider/host-rootfs/resource';
import { nspawnConfig } from '../../provider/nspawn-config/resource';
import type { Resource } from '../../provider/resource';
import { connectionTo, hosts } from '../e2e/hosts';
import { traceOn } from '../e2e/life';
import type { LabHost } from '../lab';

const name = 'sk-race';
const resource = hostRootfs as unknown as Resource;

for (const [index, release] of ['Debian 12', 'Debian 13'].entries()) {
  describe(`two engines at one machine of ${release} at once`, { concurrency: 1, timeout: 180_000 }, () => {
    let host: LabHost;
    let sessions: HostSession[];
    const inputsOf = (owner: string, motd: string) => {
      const given = { owner, machineName: name, files: { '/etc/motd': { content: motd } } };
      return withDefaults(resource, check(resource, given).inputs) as never;
    };
    const calm = { progress: () => {}, state: {}, old: undefined };
    const both = (inputs: never[]) =>
      Promise.allSettled(
        sessions.map((session, at) =>
          resource.apply({ ...calm, inputs: inputs[at] as never, host: session }),
        ),
      );
    const trace = async () =>
      (
        await host.sh(
          `ls -dA /var/lib/machines/${name} /var/lib/machines/.${name}* /var/lib/pulumi-nspawn/*/${name} 2>/dev/null || :`,
        )
      ).stdout
        .trim()
        .split('\n');

    before(async () => {
      host = (await hosts())[index] as LabHost;
      sessions = [createSession(connectionTo(host)), createSession(connectionTo(host))];
    });
    after(() => Promise.all(sessions.map((session) => session.close())));

    test('of two stacks one has it, whole, and the other is told whose it is', async () => {
      const inputs = ['a/one/r', 'b/two/r'].map((owner) => inputsOf(owner, owner)) as never[];
      const results = await both(inputs);
      const winner = results.findIndex(({ status }) => status === 'fulfilled');
      const loser = results[1 - winner];
      const owner = ['a/one/r', 'b/two/r'][winner];
      assert.ok(loser?.status === 'rejected', 'both had it');
      assert.match(loser.reason.message, new RegExp(`belongs to ${owner}`));
      assert.equal((await host.sh(`cat /var/lib/machines/${name}/etc/motd`)).stdout, owner);
      await resource.delete({
        ...calm,
        inputs: inputs[1 - winner] as never,
        host: sessions[0] as HostSession,
      });
      assert.equal((await trace()).length, 3);
      await resource.delete({ ...calm, inputs: inputs[winner] as never, host: sessions[0] as HostSession });
      assert.deepEqual(await trace(), ['']);
    });

    test('of two runs of one stack each ends well, and the tree is what one of them asked for', async () => {
      const inputs = ['first', 'second'].map((motd) => inputsOf('a/one/r', motd)) as never[];
      for (const { status } of await both(inputs)) assert.equal(status, 'fulfilled');
      assert.match((await host.sh(`cat /var/lib/machines/${name}/etc/motd`)).stdout, /^(first|second)$/);
      await Promise.all(
        sessions.map((session) => resource.delete({ ...calm, inputs: inputs[0] as never, host: session })),
      );
      assert.deepEqual(await trace(), ['']);
    });

    test('stacks that come and go on the host, each with all that is there, leave each other alone', async () => {
      const settings = nspawnConfig as unknown as Resource;
      const before = await traceOn(host);
      await Promise.all(
        [0, 1, 2, 3].map(async (number) => {
          const session = sessions[number % 2] as HostSession;
          const given = { owner: `p/s${number}/r`, machineName: `sk-race-${number}` };
          const inputs = withDefaults(settings, check(settings, given).inputs) as never;
          for (let times = 0; times < 15; times++) {
            const state = await settings.apply({ ...calm, inputs, host: session });
            await settings.delete({ ...calm, state, inputs, host: session });
          }
        }),
      );
      assert.deepEqual(await traceOn(host), before);
      assert.equal(
        (await host.sh('ls -d /var/lib/pulumi-nspawn /run/pulumi-nspawn', { reject: false })).stdout,
        '',
      );
    });
  });
}
