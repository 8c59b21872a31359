import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { closeSessions } from '../../provider/host/pool';
import { hosts } from '../e2e/hosts';
import { leaderOf } from '../e2e/life';
import { reaches } from '../e2e/link';
import { type Router, routerOn } from './router';
import { changesSince, tracesOf } from './trace';

after(closeSessions);

const name = 'sk-hand';
const unit = `systemd-nspawn@${name}`;

interface Case {
  title: string;
  /** What somebody does to the host. */
  done: string;
  /** What a refresh shows of it. */
  shown: (drift: Awaited<ReturnType<Router['refresh']>>) => void;
  /** Whether it is tried on both releases; otherwise on each in turn. */
  everywhere?: true;
}

const onlyGone =
  (...kinds: string[]) =>
  (drift: object) =>
    assert.deepEqual(drift, Object.fromEntries(kinds.map((kind) => [kind, 'gone'])));
const shows =
  (kind: string, pattern: RegExp) =>
  (drift: Partial<Record<string, unknown>>): void =>
    assert.match(JSON.stringify(drift[kind]) ?? 'nothing', pattern);

const cases: Case[] = [
  {
    title: 'a rootfs that was removed is made again, and its machine runs from it',
    done: `machinectl terminate ${name}; while machinectl show ${name} >/dev/null 2>&1; do sleep 0.1; done; rm -rf /var/lib/machines/${name}`,
    shown: (drift) => {
      assert.equal(drift.HostRootfs, 'gone');
      shows('Machine', /"running":false/)(drift);
    },
  },
  {
    title: 'configuration that was removed is written again',
    done: `rm /etc/systemd/nspawn/${name}.nspawn /etc/systemd/system/${unit}.service.d/50-pulumi-nspawn.conf; systemctl daemon-reload`,
    shown: onlyGone('NspawnConfig'),
  },
  {
    title: 'a drop-in that was emptied is written again',
    done: `: >/etc/systemd/system/${unit}.service.d/50-pulumi-nspawn.conf; systemctl daemon-reload`,
    shown: shows('NspawnConfig', /service/),
  },
  {
    everywhere: true,
    title: 'a machine whose first process was killed starts again, and has its link',
    done: `kill -9 "$(machinectl show -p Leader --value ${name})"; while machinectl show ${name} >/dev/null 2>&1; do sleep 0.1; done`,
    shown: shows('Machine', /"running":false/),
  },
  {
    everywhere: true,
    title: 'a machine whose supervisor was killed starts again, though its payload lives on',
    done: `kill -9 "$(systemctl show -P MainPID ${unit})"; while systemctl is-active --quiet ${unit}; do sleep 0.1; done`,
    shown: shows('Machine', /"running":false/),
  },
  {
    title: 'a link that was deleted is plugged in again',
    done: `ip link delete to-${name}`,
    shown: (drift) => assert.ok(drift.VethPeering !== undefined, JSON.stringify(drift)),
  },
  {
    everywhere: true,
    title: 'units of links that were removed are written again',
    done: `rm -rf /etc/systemd/system/pulumi-nspawn-* /etc/systemd/system/*.wants/pulumi-nspawn-*; systemctl daemon-reload`,
    shown: (drift) => assert.ok(drift.VethPeering !== undefined, JSON.stringify(drift)),
  },
  {
    everywhere: true,
    title: 'a unit that was started too often for systemd starts again',
    done: `systemctl stop ${unit}; mkdir -p /run/systemd/system/${unit}.service.d
      printf '[Unit]\\nStartLimitIntervalSec=600\\nStartLimitBurst=1\\n[Service]\\nExecStartPre=sh -c "test ! -e /run/refuse"\\n' >/run/systemd/system/${unit}.service.d/limit.conf
      systemctl daemon-reload; touch /run/refuse; ! systemctl start ${unit}; ! systemctl start ${unit}; rm /run/refuse`,
    shown: shows('Machine', /"running":false/),
  },
  {
    title: 'a machine with a dead D-Bus is read, and changed, all the same',
    done: `nsenter -t "$(machinectl show -p Leader --value ${name})" -a -- systemctl kill --kill-whom=all -s KILL dbus.service dbus.socket; sleep 0.2
      nsenter -t "$(machinectl show -p Leader --value ${name})" -a -- systemctl reset-failed; echo x >/var/lib/machines/${name}/etc/motd`,
    shown: shows('HostRootfs', /motd/),
  },
  {
    title: 'systemd-machined that was stopped is started by the next operation',
    done: `systemctl stop systemd-machined; echo x >/var/lib/machines/${name}/etc/motd`,
    shown: shows('HostRootfs', /motd/),
  },
  {
    title: 'a file that nobody may write is replaced',
    done: `chmod 0 /var/lib/machines/${name}/etc/motd`,
    shown: shows('HostRootfs', /"mode":"0?000"|"mode":"0"/),
  },
  {
    title: 'a lock file that nobody holds is no obstacle, whoever left it',
    done: `mkdir -p /run/pulumi-nspawn; echo 12345 >/run/pulumi-nspawn/${name}.lock; echo x >/var/lib/machines/${name}/etc/motd`,
    shown: shows('HostRootfs', /motd/),
  },
  {
    title: 'what interrupted writes left beside files of ours is removed',
    done: `for file in /etc/systemd/nspawn/.${name}.nspawn /etc/systemd/system/${unit}.service.d/.50-pulumi-nspawn.conf \\
        /var/lib/pulumi-nspawn/machine/.${name} /var/lib/pulumi-nspawn/rootfs/.${name}; do echo half >"$file.pulumi-nspawn.99999"; done
      mkdir /var/lib/machines/.${name}.partial-99999 /var/lib/machines/.${name}.partial-stage; echo x >/var/lib/machines/${name}/etc/motd`,
    shown: shows('HostRootfs', /motd/),
  },
];

describe('what somebody did by hand', { concurrency: 2 }, () => {
  for (const [index, release] of ['Debian 12', 'Debian 13'].entries()) {
    describe(`on ${release} is shown by a refresh and repaired by the next run`, { concurrency: 1 }, () => {
      let router: Router;
      let empty: string[];
      let whole: string[];
      before(async () => {
        const host = (await hosts())[index];
        assert.ok(host);
        router = routerOn(host, name, '10.94.0');
        empty = await tracesOf(host);
        await router.up();
        whole = await tracesOf(host);
      });
      after(() => router?.destroy().catch(() => {}));

      const tried = cases.filter(({ everywhere }, nth) => everywhere || nth % 2 === index);
      for (const { title, done, shown } of tried) {
        test(title, async () => {
          const { host } = router;
          await host.sh(done);
          shown(await router.refresh());
          await router.up();
          await host.sh(
            `rm -rf /run/systemd/system/${unit}.service.d; systemctl daemon-reload; rm -f /run/refuse`,
          );
          assert.deepEqual(await router.refresh(), {});
          assert.ok(await reaches(host, name, '10.94.0.0'), 'the link carries');
          assert.deepEqual(await changesSince(host, whole), []);
        });
      }

      test('deleted in the end, its supervisor just killed, nothing of it is left or runs', async () => {
        const { host } = router;
        const leader = `/proc/${await leaderOf(host, name)}`;
        await host.sh(`kill -9 "$(systemctl show -P MainPID ${unit})"`);
        await router.destroy();
        await host.run(['test', '!', '-e', leader]);
        assert.deepEqual(await changesSince(router.host, empty), []);
      });
    });
  }
});
