import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { closeSessions } from '../../provider/host/pool';
import { script } from '../../provider/host/script';
import { hosts } from '../e2e/hosts';
import { inMachine } from '../e2e/life';
import { reaches } from '../e2e/link';
import { waitUntil } from '../lab/wait';
import { type Router, routerOn } from './router';
import { changesSince, tracesOf } from './trace';

after(closeSessions);

const name = 'sk-again';
const unit = `systemd-nspawn@${name}`;

// What happens to the machine while an update of all its parts is on its way.
const causes: [title: string, done: string][] = [
  ['reboots', `machinectl reboot ${name}`],
  ['is restarted', `systemctl --no-block restart ${unit}`],
  ['is powered off', `machinectl poweroff ${name}`],
  ['dies', `machinectl kill --signal=SIGKILL ${name}`],
];

describe('a machine that goes away in the middle of an update', { concurrency: 2 }, () => {
  for (const [index, release] of ['Debian 12', 'Debian 13'].entries()) {
    describe(`on ${release}`, { concurrency: 1, timeout: 300_000 }, () => {
      let router: Router;
      let empty: string[];
      before(async () => {
        const host = (await hosts())[index];
        assert.ok(host);
        router = routerOn(host, name, '10.99.0');
        empty = await tracesOf(host);
        await router.up();
      });
      after(() => router?.destroy().catch(() => {}));

      for (const [title, done] of causes) {
        test(`one that ${title}: each part ends well or is told, and the next run makes all of it right`, async () => {
          const { host } = router;
          const changed = {
            HostRootfs: { files: { '/etc/motd': { content: title }, '/etc/new/file': { content: title } } },
            NspawnConfig: { service: { cpuQuota: '60%' } },
            Machine: { restartTriggers: [title] },
            VethPeering: { mtu: 1400 + title.length },
          };
          const updates = (Object.keys(changed) as (keyof typeof changed)[]).map((kind) =>
            router.update(kind, changed[kind]),
          );
          const results = await Promise.allSettled([host.sh(done, { reject: false }), ...updates]);
          for (const result of results) {
            if (result.status === 'rejected') assert.match(result.reason.message, /10\.213\.\d+\.\d+: /);
          }
          await router.up(changed);
          assert.deepEqual(await router.refresh(), {});
          assert.equal((await host.sh(`cat /var/lib/machines/${name}/etc/motd`)).stdout, title);
          await waitUntil('the link carries', 20, () => reaches(host, name, '10.99.0.0'));
          assert.equal(
            (await inMachine(host, name, 'cat /sys/class/net/eth1/mtu')).stdout.trim(),
            String(1400 + title.length),
          );
        });
      }

      test('one that writes without end into its journal has a small one', async () => {
        const { host } = router;
        await inMachine(
          host,
          name,
          `sh -c "yes $(printf '%0900d' 7) | head -n 15000 | systemd-cat; journalctl --sync"`,
        );
        const { stdout } = await host.sh(`du -sk /var/lib/machines/${name}/var/log/journal`);
        assert.ok(Number.parseInt(stdout, 10) > 500, 'it was written');
        assert.ok(Number.parseInt(stdout, 10) <= 6 * 1024, stdout);
      });

      // systemd-shutdown stops all processes of the machine before it ends them.
      test('one that goes down with our command stopped in it: the command ends, and it can start again', async () => {
        const { host } = router;
        const command = `leader=$(machinectl show -p Leader --value ${name})
          in_machine "$leader" sh -c 'kill -STOP $$'`;
        const entered = host.run(['sh', '-s'], {
          input: `${script('host/in-machine.sh')}${command}\n`,
          reject: false,
        });
        await waitUntil('it is stopped', 20, async () => {
          const { stdout } = await inMachine(host, name, 'sh -c "cat /proc/[0-9]*/stat"');
          return /\(sh\) T /.test(stdout);
        });
        await host.sh(`systemctl restart ${unit}`);
        await entered;
        await waitUntil('the link carries', 20, () => reaches(host, name, '10.99.0.0'));
      });

      test('one that goes down with somebody’s shell stopped in it starts again', async () => {
        const { host } = router;
        const shell = host.run(
          [
            'sh',
            '-c',
            `exec nsenter -t "$(machinectl show -p Leader --value ${name})" -a -- sh -c 'kill -STOP $$'`,
          ],
          { reject: false },
        );
        const nsenter = `pgrep -x nsenter`;
        await waitUntil('it is stopped', 20, async () => {
          const { stdout } = await host.sh(`grep -h State: /proc/$(${nsenter})/status`, { reject: false });
          return stdout.includes('T (stopped)');
        });
        await host.sh(`systemctl kill --signal=SIGKILL ${unit}`);
        await waitUntil(
          'it is down',
          20,
          async () =>
            (await host.sh(`systemctl is-active ${unit}`, { reject: false })).stdout.trim() === 'failed',
        );
        assert.equal((await host.sh(`ip link show dev ve-${name}`, { reject: false })).exitCode, 0);
        try {
          await router.up();
        } finally {
          await host.sh(`kill -KILL $(${nsenter})`);
        }
        await shell;
        await waitUntil('the link carries', 20, () => reaches(host, name, '10.99.0.0'));
        assert.deepEqual(await router.refresh(), {});
      });

      test('deleted while its start waits for another unit, it does not start and leaves nothing', async () => {
        const { host } = router;
        const order = `/run/systemd/system/${unit}.service.d`;
        await router.up();
        await host.sh(`
          mkdir -p ${order}
          printf '[Unit]\\nAfter=sk-first.service\\n' >${order}/sk-first.conf
          systemctl daemon-reload
          systemctl stop ${unit}
          systemd-run --no-block --quiet --unit=sk-first --property=Type=oneshot sleep infinity
          systemctl start --no-block ${unit}`);
        try {
          assert.match(
            (await host.sh('systemctl list-jobs')).stdout,
            /systemd-nspawn@sk-again\.service +start waiting/,
          );
          await router.destroy();
          assert.doesNotMatch((await host.sh('systemctl list-jobs')).stdout, /sk-again/);
        } finally {
          await host.sh(
            `systemctl stop sk-first; systemctl reset-failed sk-first; rm -r ${order}; systemctl daemon-reload`,
          );
        }
        assert.deepEqual(await changesSince(host, empty), []);
        await router.up();
      });

      test('deleted in the middle of a reboot, it leaves nothing', async () => {
        const { host } = router;
        await host.sh(`machinectl reboot ${name}`);
        await router.destroy();
        assert.deepEqual(await changesSince(host, empty), []);
      });
    });
  }
});
