import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { check, withDefaults } from '../../provider/check';
import type { Connection } from '../../provider/host/connection';
import { createSession } from '../../provider/host/session';
import { hostRootfs } from '../../provider/host-rootfs/resource';
import type { Resource } from '../../provider/resource';
import { connectionTo, hosts } from '../e2e/hosts';
import type { LabHost } from '../lab';
import { waitUntil } from '../lab/wait';
import { slowLine } from './slow-line';
import { changesSince, tracesOf } from './trace';

const rootfs = hostRootfs as unknown as Resource;
const calm = { progress: () => {}, state: {}, old: undefined };

const inputsOf = (machineName: string) => {
  const files = { '/etc/big': { content: 'x'.repeat(500_000) }, '/etc/motd': { content: 'hello\n' } };
  const { inputs, failures } = check(rootfs, { owner: `p/s/${machineName}`, machineName, files });
  assert.deepEqual(failures, []);
  return withDefaults(rootfs, inputs) as never;
};

// Makes a rootfs, reads it and removes it again over a connection.
const throughItsLife = async (connection: Connection, machineName: string) => {
  const host = createSession(connection);
  const task = { ...calm, inputs: inputsOf(machineName), host };
  try {
    await rootfs.apply(task);
    const seen = await rootfs.read(task);
    await rootfs.delete(task);
    assert.deepEqual(seen?.drift, {});
    assert.equal(await rootfs.read(task), undefined);
    return host.roundTrips();
  } finally {
    await host.close();
  }
};

describe('a network that is bad', { concurrency: 1 }, () => {
  let h1: LabHost;
  let h2: LabHost;
  let traces: string[][];
  before(async () => {
    [h1, h2] = (await hosts()) as [LabHost, LabHost];
    traces = await Promise.all([h1, h2].map(tracesOf));
  });

  test('over a slow line it takes as many round trips as over a fast one', { timeout: 60_000 }, async () => {
    const line = await slowLine(h1.address, 150);
    try {
      const started = performance.now();
      const roundTrips = await throughItsLife({ ...connectionTo(h1), ...line }, 'sk-slow');
      assert.equal(roundTrips, 4);
      assert.ok(performance.now() - started < 15_000);
    } finally {
      line.close();
    }
  });

  test('over a line that loses packets it works', { timeout: 90_000 }, async () => {
    const table = 'table inet faults { chain input { type filter hook input priority 0; tcp dport 22';
    await h2.sh(`nft '${table} numgen random mod 100 < 8 drop; }; }'`);
    try {
      await throughItsLife(connectionTo(h2), 'sk-loss');
    } finally {
      await h2.sh('nft delete table inet faults');
    }
  });

  // The three are waited for at once.
  describe('a far end that goes silent or away in the middle of an operation', { concurrency: 3 }, () => {
    const interrupted = async (host: LabHost, name: string, interrupt: () => Promise<unknown>) => {
      const session = createSession(connectionTo(host));
      const started = performance.now();
      try {
        await session.run({ action: 'begin', script: 'host-rootfs/read.sh', values: { rootfs: '/none' } });
        let begun = () => {};
        const begins = new Promise<void>((resolve) => {
          begun = resolve;
        });
        // As an operation that waits for another's lock: it has begun, and takes its time.
        const waiting = rootfs.apply({
          ...calm,
          inputs: inputsOf(name),
          host: session,
          progress: () => begun(),
        });
        const told = assert.rejects(waiting, (error: Error) => {
          assert.match(
            error.message,
            new RegExp(`${name} on ${host.address}: .*The connection was lost`, 's'),
          );
          return true;
        });
        await Promise.race([begins, told]);
        await interrupt();
        await told;
        assert.ok(performance.now() - started < 40_000, 'within its deadline');
        return session;
      } catch (error) {
        await session.close();
        throw error;
      }
    };
    // What an operation waits at: the copying of the tree.
    const slowly = (host: LabHost) =>
      host.sh(
        `printf '#!/bin/sh\\nsleep 4\\nexec /usr/bin/tar "$@"\\n' >/usr/local/sbin/tar; chmod 755 /usr/local/sbin/tar`,
      );
    const quickly = (host: LabHost) => host.sh('rm -f /usr/local/sbin/tar');

    test('an sshd that is stopped is noticed, and the next operation repairs', {
      timeout: 60_000,
    }, async () => {
      await slowly(h1);
      const sshd = `pgrep -f '[s]shd.*root@notty'`;
      const session = await interrupted(h1, 'sk-stop', () => h1.sh(`kill -STOP $(${sshd})`));
      await quickly(h1);
      await h1.sh(`kill -KILL $(${sshd}) || :`);
      await session.close();
      await waitUntil('the operation has ended on the host', 30, async () => {
        return (await h1.sh('pgrep -x tar', { reject: false })).exitCode !== 0;
      });
      await throughItsLife(connectionTo(h1), 'sk-stop');
      assert.deepEqual(await changesSince(h1, traces[0] as string[]), []);
    });

    test('a host that reboots is told, and the same session goes on when it is back', {
      timeout: 90_000,
    }, async () => {
      await slowly(h2);
      const session = await interrupted(h2, 'sk-boot', () => h2.reboot());
      await quickly(h2);
      const task = { ...calm, inputs: inputsOf('sk-boot'), host: session };
      await rootfs.apply(task);
      assert.deepEqual((await rootfs.read(task))?.drift, {});
      await rootfs.delete(task);
      await session.close();
      assert.deepEqual(await changesSince(h2, traces[1] as string[]), []);
    });
  });

  test('an operation that outlived its client is waited for, and its lock is told by name', {
    timeout: 30_000,
  }, async () => {
    const lock = '/run/pulumi-nspawn/sk-lock.lock';
    await h1.sh(`mkdir -p /run/pulumi-nspawn; setsid flock ${lock} sleep 2.5 >/dev/null 2>&1 &`);
    const session = createSession(connectionTo(h1));
    try {
      const task = { ...calm, inputs: inputsOf('sk-lock'), host: session };
      const begun = performance.now();
      await rootfs.apply(task);
      assert.ok(performance.now() - begun > 1000, 'it has waited');
      await h1.sh(`setsid flock ${lock} sleep 5 >/dev/null 2>&1 &`);
      const values = { machine: 'sk-lock', owner: 'p/s/sk-lock', rootfs: '/var/lib/machines/sk-lock' };
      const script = ['host-rootfs/place.sh', 'systemd/unit.sh', 'host-rootfs/delete.sh'];
      const impatient = session.run({ action: 'remove', script, values: { ...values, lock_seconds: '1' } });
      await assert.rejects(
        impatient,
        /another operation on sk-lock has held its lock for 1 s \(\/run\/.*sk-lock\.lock\)/,
      );
      await rootfs.delete(task);
    } finally {
      await session.close();
    }
    assert.deepEqual(await changesSince(h1, traces[0] as string[]), []);
  });
});

after(async () => {
  const all = await hosts();
  await Promise.all(
    all.map((host) => host.sh('rm -f /usr/local/sbin/tar; nft delete table inet faults 2>/dev/null || :')),
  );
});
