import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { LabHost } from '../lab';
import { connectionTo, hosts } from './hosts';
import { inMachine } from './life';
import type { State } from './plain-machine';

const dynamic = require('../../provider/dynamic');

const name = 'ep-router';
const tree = `/var/lib/machines/${name}`;
const unit = `systemd-nspawn@${name}.service`;
const kinds = ['HostRootfs', 'NspawnConfig', 'Machine'] as const;

describe('an ephemeral machine', { concurrency: 2 }, () => {
  for (const index of [0, 1]) {
    describe(`on ${['Debian 12', 'Debian 13'][index]}`, { concurrency: 1 }, () => {
      let host: LabHost;
      let state: State;
      const inputs = async (kind: (typeof kinds)[number], more: object = {}): Promise<State> => {
        const given = { connection: connectionTo(host), owner: `p/s${index}/ep`, machineName: name };
        const { inputs, failures } = await dynamic[kind].check({}, { ...given, ...more });
        assert.deepEqual(failures, []);
        return inputs;
      };
      const out = async (script: string) => (await host.sh(script, { reject: false })).stdout.trim();
      const inside = async (command: string) => (await inMachine(host, name, command)).stdout.trim();
      const motd = (content: string) => ({ files: { '/etc/motd': { content } } });
      const copies = () => out(`ls -A /var/lib/machines | grep '#' || :`);
      const another = `/var/lib/machines/.#machine.ep-router2${'0'.repeat(16)}`;
      const clear = async () => {
        await host.run(['rm', '-rf', another]);
        for (const kind of [...kinds].reverse()) await dynamic[kind].delete(name, await inputs(kind));
      };

      before(async () => {
        host = (await hosts())[index] as LabHost;
        await clear();
        await dynamic.HostRootfs.create(await inputs('HostRootfs', motd('first')));
        await dynamic.NspawnConfig.create(await inputs('NspawnConfig', { exec: { ephemeral: true } }));
        state = (await dynamic.Machine.create(await inputs('Machine', { restartTriggers: ['1'] }))).outs;
      });
      after(clear);

      const restart = async (trigger: string) => {
        state = (
          await dynamic.Machine.update(name, state, await inputs('Machine', { restartTriggers: [trigger] }))
        ).outs;
      };

      test('runs on a copy, also without btrfs; what it writes is gone at its next start', async () => {
        assert.match(await copies(), /\.#machine\.ep-router[0-9a-f]{16}/);
        await inside('touch /etc/written');
        assert.equal(await out(`ls ${tree}/etc/written`), '');
        const { inputs: seen } = await dynamic.HostRootfs.read(
          name,
          await inputs('HostRootfs', motd('first')),
        );
        assert.deepEqual(seen, await inputs('HostRootfs', motd('first')));
        await restart('2');
        assert.equal(await inside('ls /etc/written'), '');
        assert.equal((await copies()).split('\n').filter((line) => !line.endsWith('.lck')).length, 1);
      });

      test('takes up what is declared at its next start', async () => {
        await dynamic.HostRootfs.update(
          name,
          await inputs('HostRootfs', motd('first')),
          await inputs('HostRootfs', motd('second')),
        );
        assert.equal(await inside('cat /etc/motd'), 'first');
        await restart('3');
        assert.equal(await inside('cat /etc/motd'), 'second');
      });

      test('leaves no copy that was killed, nor one when it stops', async () => {
        await host.run(['mkdir', '-p', `${another}/etc`]);
        await host.sh(`kill -KILL "$(systemctl show -P MainPID ${unit})"`);
        await dynamic.Machine.update(name, state, state);
        assert.equal(
          (await copies()).split('\n').filter((line) => /ep-router[0-9a-f]{16}$/.test(line)).length,
          1,
        );
        state = (await dynamic.Machine.update(name, state, await inputs('Machine', { running: false }))).outs;
        // Of a machine whose name begins with this one's, nothing is touched.
        assert.equal(await copies(), another.replace('/var/lib/machines/', ''));
      });
    });
  }
});
