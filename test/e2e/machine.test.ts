import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { LabHost } from '../lab';
import { connectionTo, hosts } from './hosts';
import { inMachine, leaderOf } from './life';
import { nspawnText } from './plain-machine';

const { HostRootfs, Machine } = require('../../provider/dynamic');

const name = 'mx-router';
const unit = `systemd-nspawn@${name}.service`;
const broken = `[Service]
Type=oneshot
ExecStart=/bin/sh -c "echo what went wrong; exit 3"
`;
const slow = `[Service]
ExecStart=/bin/sleep 600
ExecStop=/bin/sleep 600
TimeoutStopSec=600
`;

describe('a machine', { concurrency: 2 }, () => {
  for (const index of [0, 1]) {
    describe(`on ${['Debian 12', 'Debian 13'][index]}`, { concurrency: 1 }, () => {
      let host: LabHost;
      const common = () => ({ connection: connectionTo(host), owner: `p/s${index}/mx`, machineName: name });
      const inputs = async (changes: object = {}) => {
        const { inputs, failures } = await Machine.check({}, { ...common(), ...changes });
        assert.deepEqual(failures, []);
        return inputs;
      };
      const rootfs = async () => (await HostRootfs.check({}, common())).inputs;
      const stateOf = async () => {
        const { stdout } = await host.sh(
          `systemctl show -P ActiveState ${unit}; systemctl is-enabled ${unit}`,
          {
            reject: false,
          },
        );
        return stdout.trim().split('\n').join(' ');
      };

      before(async () => {
        host = (await hosts())[index] as LabHost;
        await HostRootfs.create(await rootfs());
        await host.run(['mkdir', '-p', '/etc/systemd/nspawn', `/etc/systemd/system/${unit}.d`]);
        await host.sh(`cat >/etc/systemd/nspawn/${name}.nspawn`, { input: nspawnText });
        await host.sh(`cat >/etc/systemd/system/${unit}.d/test.conf && systemctl daemon-reload`, {
          input: '[Service]\nEnvironment=SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1\n',
        });
      });
      after(async () => {
        await Machine.delete(name, await inputs());
        await host.sh(`systemctl kill -s KILL ${unit} 2>/dev/null; systemctl stop ${unit}`);
        await HostRootfs.delete(name, await rootfs());
        await host.run(['rm', '-rf', `/etc/systemd/nspawn/${name}.nspawn`, `/etc/systemd/system/${unit}.d`]);
        await host.run(['systemctl', 'daemon-reload']);
      });

      test('create starts it, enables it, and returns when nothing in it has failed', async () => {
        const { id, outs } = await Machine.create(await inputs({ restartTriggers: ['one'] }));
        assert.equal(id, name);
        assert.equal(outs.state, 'running');
        assert.ok(Array.isArray(outs.addresses));
        await host.run(['systemctl', 'is-enabled', unit, 'machines.target']);
        assert.equal((await inMachine(host, name, 'systemctl is-system-running')).stdout.trim(), 'running');
      });

      test('create again changes nothing', async () => {
        const leader = await leaderOf(host, name);
        await Machine.create(await inputs({ restartTriggers: ['one'] }));
        assert.equal(await leaderOf(host, name), leader);
      });

      test('read finds it as it is', async () => {
        const state = await inputs({ restartTriggers: ['one'] });
        const { id, inputs: seen } = await Machine.read(name, state);
        assert.equal(id, name);
        assert.deepEqual(seen, state);
      });

      test('another trigger restarts it, once', async () => {
        const leader = await leaderOf(host, name);
        const olds = await inputs({ restartTriggers: ['one'] });
        const news = await inputs({ restartTriggers: ['two'] });
        await Machine.update(name, olds, news);
        const other = await leaderOf(host, name);
        assert.notEqual(other, leader);
        await Machine.update(name, olds, news); // as after a run that was cut off
        assert.equal(await leaderOf(host, name), other);
      });

      test('a unit that fails in it is an error with its journal, and the next run repairs', async () => {
        const tree = `/var/lib/machines/${name}/etc/systemd/system`;
        await host.sh(
          `cat >${tree}/broken.service && mkdir -p ${tree}/multi-user.target.wants && ln -s ../broken.service ${tree}/multi-user.target.wants/`,
          { input: broken },
        );
        const olds = await inputs({ restartTriggers: ['two'] });
        const news = await inputs({ restartTriggers: ['three'] });
        await assert.rejects(Machine.update(name, olds, news), (error: Error & { id: string }) => {
          assert.match(error.message, new RegExp(`^${name} on .*wait until the machine is up failed`));
          assert.match(error.message, /broken\.service failed/);
          assert.match(error.message, /what went wrong/);
          assert.equal(error.id, name);
          return true;
        });
        await host.run(['rm', `${tree}/broken.service`, `${tree}/multi-user.target.wants/broken.service`]);
        await Machine.update(name, olds, await inputs({ restartTriggers: ['four'] }));
      });

      test('waitFor.units waits for these units alone', async () => {
        const state = await inputs({
          restartTriggers: ['four'],
          waitFor: { units: ['frr.service'], timeoutSeconds: 20 },
        });
        await Machine.update(name, state, state);
        const never = await inputs({
          restartTriggers: ['four'],
          waitFor: { units: ['never.service'], timeoutSeconds: 1 },
        });
        await assert.rejects(Machine.update(name, state, never), /not up after at most 1 s: inactive/);
      });

      test('a machine stopped and disabled by hand is drift, which an update repairs', async () => {
        await host.run(['systemctl', 'disable', '--now', unit]);
        const state = await inputs({ restartTriggers: ['four'] });
        const { inputs: seen } = await Machine.read(name, state);
        assert.deepEqual([seen.running, seen.enabled, seen.state], [false, false, 'stopped']);
        await Machine.update(name, { ...state, ...seen }, state);
        assert.equal(await stateOf(), 'active enabled');
      });

      test('running: false stops it in order, enabled: false takes it out of the boot', async () => {
        const state = await inputs({ restartTriggers: ['four'] });
        const { outs } = await Machine.update(name, state, await inputs({ running: false, enabled: false }));
        assert.equal(outs.state, 'stopped');
        assert.equal(await stateOf(), 'inactive disabled');
      });

      test('a machine that does not stop in its time is killed', async () => {
        await Machine.update(name, await inputs({ running: false }), await inputs());
        await host.sh(`cat >/var/lib/machines/${name}/etc/systemd/system/slow.service`, { input: slow });
        await inMachine(host, name, 'systemctl daemon-reload');
        await inMachine(host, name, 'systemctl start slow');
        const stopping = { stopTimeoutSeconds: 2 };
        await Machine.update(name, await inputs(stopping), await inputs({ running: false, ...stopping }));
        assert.equal(await stateOf(), 'inactive enabled');
      });

      test('a machine whose supervisor was killed starts again', async () => {
        await Machine.update(name, await inputs({ running: false }), await inputs());
        await host.sh(`kill -KILL "$(systemctl show -P MainPID ${unit})"`);
        await Machine.update(name, await inputs(), await inputs());
        assert.equal(await stateOf(), 'active enabled');
        assert.equal((await inMachine(host, name, 'systemctl is-system-running')).stdout.trim(), 'running');
      });

      test('one that runs and is not managed is refused without adopt, and left as it is', async () => {
        await Machine.delete(name, await inputs());
        await host.run(['systemctl', 'start', unit]);
        const leader = await leaderOf(host, name);
        await assert.rejects(Machine.create(await inputs()), (error: Error & { id?: string }) => {
          assert.match(error.message, /is not managed by Pulumi/);
          assert.equal(error.id, undefined);
          return true;
        });
        await Machine.delete(name, await inputs());
        assert.equal(await leaderOf(host, name), leader);
        await Machine.create(await inputs({ adopt: true }));
        assert.equal(await leaderOf(host, name), leader);
      });

      test("another stack's machine is neither changed nor deleted", async () => {
        const leader = await leaderOf(host, name);
        const others = { ...(await inputs()), owner: 'other/stack/mx' };
        await assert.rejects(Machine.create(others), /belongs to p\/s\d\/mx/);
        await Machine.delete(name, others);
        assert.equal(await leaderOf(host, name), leader);
      });

      test('delete stops and disables it; again, it finds nothing to do', async () => {
        const state = await inputs();
        await Machine.delete(name, state);
        await Machine.delete(name, state);
        assert.equal(await stateOf(), 'inactive disabled');
        assert.equal((await Machine.read(name, state)).id, '');
      });
    });
  }
});
