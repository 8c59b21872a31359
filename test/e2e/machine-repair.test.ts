import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { LabHost } from '../lab';
import { waitUntil } from '../lab/wait';
import { hosts } from './hosts';
import { leaderOf } from './life';
import { nspawnText, plainMachine, replaceBinary, type State } from './plain-machine';

const name = 'mr-router';
const triggers = { restartTriggers: ['one'] };
const otherwise = ['it was started with other settings than those that were declared'];
const ownDropIn = `/etc/systemd/system/systemd-nspawn@${name}.service.d/60-pulumi-nspawn-machine.conf`;

describe('what happens to a machine behind its back', { concurrency: 2 }, () => {
  for (const index of [0, 1]) {
    describe(`on ${['Debian 12', 'Debian 13'][index]}`, {
      concurrency: 1,
    }, () => {
      let host: LabHost;
      let machine: ReturnType<typeof plainMachine>;
      let state: State;
      const out = async (script: string) => (await host.sh(script, { reject: false })).stdout.trim();
      const leader = () => leaderOf(host, name);
      const driftOf = async () => {
        const { inputs } = await machine.read(state);
        const declared = await machine.inputs(triggers);
        return Object.fromEntries(
          Object.entries(inputs).filter(
            ([key, value]) => JSON.stringify(value) !== JSON.stringify(declared[key]),
          ),
        );
      };
      const refreshAndUp = async (changes: object = triggers) => {
        state = (await machine.read(state)).props;
        state = await machine.update(state, changes);
      };

      before(async () => {
        host = (await hosts())[index] as LabHost;
        machine = plainMachine(host, name, `p/s${index}/mr`);
        await machine.clear();
        await machine.make();
        state = await machine.create(triggers);
      });
      after(() => machine.clear());

      test('one that was started with settings which have been repaired since is restarted, once', async () => {
        await host.sh(`cat >${machine.nspawnPath} && systemctl restart ${machine.unit}`, {
          input: nspawnText.replace('[Files]', 'Environment=EDITED=1\n[Files]'),
        });
        assert.deepEqual((await driftOf()).drift, otherwise);
        state = (await machine.read(state)).props;
        await host.sh(`cat >${machine.nspawnPath}`, { input: nspawnText });
        const edited = await leader();
        state = await machine.update(state, triggers);
        const repaired = await leader();
        assert.notEqual(repaired, edited);
        assert.deepEqual(await driftOf(), {});
        await refreshAndUp();
        assert.equal(await leader(), repaired);
      });

      test('limits, comments and a start by hand are no other settings', async () => {
        await host.sh(
          `printf '# a note\\nMemoryMax=200M\\n' >>${machine.dropInPath}; systemctl daemon-reload; systemctl restart ${machine.unit}`,
        );
        await host.sh(`sed -i '/MemoryMax\\|note/d' ${machine.dropInPath}; systemctl daemon-reload`);
        assert.deepEqual(await driftOf(), {});
      });

      const running = () =>
        waitUntil('the machine is up', 20, async () =>
          (await machine.inside('systemctl is-system-running')).stdout.startsWith('running'),
        );

      test('files of the host that it runs and that have been replaced are told, and a restart takes up the new ones', async () => {
        await running();
        await replaceBinary(host, '/usr/lib/frr/zebra');
        const before = await leader();
        assert.deepEqual(await driftOf(), { staleBinaries: ['/usr/lib/frr/zebra'] });
        await machine.update(await machine.inputs(triggers), triggers); // nobody has seen it: no surprise
        assert.equal(await leader(), before);
        await refreshAndUp();
        assert.notEqual(await leader(), before);
        assert.deepEqual(await driftOf(), {});
      });

      test('a unit that has failed in it is told and started again, without a restart of the machine', async () => {
        const before = await leader();
        await machine.inside('systemd-run --quiet --unit=flaky -p RemainAfterExit=yes test -e /run/mended');
        await waitUntil('it has failed', 10, async () =>
          (await machine.inside('systemctl is-failed flaky.service')).stdout.startsWith('failed'),
        );
        assert.deepEqual(await driftOf(), { failedUnits: ['flaky.service'] });
        await assert.rejects(refreshAndUp(), /in the machine, flaky\.service failed/);
        await machine.inside('touch /run/mended');
        await refreshAndUp();
        assert.equal((await machine.inside('systemctl is-active flaky.service')).stdout.trim(), 'active');
        assert.equal(await leader(), before);
        assert.deepEqual(await driftOf(), {});
      });

      test('waitFor.command runs in it, without a shell, until it succeeds', async () => {
        const command = [
          'sh',
          '-c',
          'test "$1" = "$2" && test -e /run/frr',
          'sh',
          '*; $HOME "x"\n',
          '*; $HOME "x"\n',
        ];
        await machine.update(state, { ...triggers, waitFor: { command, timeoutSeconds: 20 } });
        const never = { command: ['sh', '-c', 'echo not yet; exit 7'], timeoutSeconds: 1 };
        await assert.rejects(
          machine.update(state, { ...triggers, waitFor: never }),
          /not yet\n.*waitFor\.command: sh has not succeeded within 1 s; it ended with status 7/s,
        );
      });

      test('waitFor.command has none of our files open: what it leaves running would keep our locks', async () => {
        const open =
          'left=; for each in /proc/$$/fd/[3-9]; do [ ! -e "$each" ] || left="$left $(readlink "$each")"; done; echo "$left"; test -z "$left"';
        const waitFor = { command: ['sh', '-c', open], timeoutSeconds: 1 };
        await machine.update(state, { ...triggers, waitFor });
      });

      test('restartPolicy is live at once, and drift is told by its property', async () => {
        const before = await leader();
        const restartPolicy = {
          restart: 'on-failure',
          restartSeconds: 0.2,
          startLimitBurst: 3,
          startLimitIntervalSeconds: 60,
        };
        state = await machine.update(state, { ...triggers, restartPolicy });
        const shown = `systemctl show -p Restart -p RestartUSec -p StartLimitBurst -p StartLimitIntervalUSec ${machine.unit} | sort | tr '\\n' ' '`;
        assert.equal(
          await out(shown),
          'Restart=on-failure RestartUSec=200ms StartLimitBurst=3 StartLimitIntervalUSec=1min',
        );
        assert.equal(await leader(), before);
        await host.sh(`sed -i s/on-failure/always/ ${ownDropIn}`);
        assert.deepEqual((await machine.read(state)).inputs.restartPolicy, {
          ...restartPolicy,
          restart: 'always',
        });
        await host.run(['rm', ownDropIn]);
        assert.deepEqual((await machine.read(state)).inputs.drift, ['the drop-in of its unit is missing']);
        state = await machine.update(state, { ...triggers, restartPolicy });
        assert.match(await out(shown), /^Restart=on-failure/);
        assert.equal(await leader(), before);
      });

      test('one that systemd has given up is told, with the reason, and starts again', async () => {
        const restartPolicy = {
          restart: 'always',
          restartSeconds: 0,
          startLimitBurst: 2,
          startLimitIntervalSeconds: 60,
        };
        state = await machine.update(state, { ...triggers, restartPolicy });
        const crashing = `[Service]\nExecStartPre=/bin/sh -c 'echo out of order; exit 1'\n`;
        await host.sh(
          `cat >${machine.dropInPath.replace('test', 'zz')}; systemctl daemon-reload; systemctl restart ${machine.unit}`,
          {
            input: crashing,
            reject: false,
          },
        );
        await waitUntil(
          'it is given up',
          20,
          async () => (await out(`systemctl show -P ActiveState ${machine.unit}`)) === 'failed',
        );
        const { inputs, props } = await machine.read(state);
        assert.equal(inputs.state, 'failed');
        assert.match(
          String(inputs.drift),
          /its unit failed \(exit-code\): systemd has started it again .* and given it up/,
        );
        await assert.rejects(machine.update(props, { ...triggers, restartPolicy }), /out of order/);
        await host.sh(`rm ${machine.dropInPath.replace('test', 'zz')}; systemctl daemon-reload`);
        state = await machine.update(props, triggers);
        assert.equal(await out(`systemctl is-active ${machine.unit}`), 'active');
        assert.equal(await out(`grep -c Restart ${ownDropIn}`), '0');
      });

      const invocation = () => out(`systemctl show -P InvocationID ${machine.unit}`);
      /** An update while the unit is in a state in which it stays until it is let go on: for so long `waits` runs on the host. */
      const updateIn = async (
        subState: string,
        held: string,
        change: string,
        waits: string,
        changes = triggers,
      ) => {
        const folder = `/run/systemd/system/${machine.unit}.d`;
        await host.sh(`mkdir -p ${folder}; cat >${folder}/held.conf; systemctl daemon-reload; ${change}`, {
          input: `[Service]\n${held}=/bin/sh -c 'until [ -e /run/mr-go ]; do sleep 0.1; done'\n`,
        });
        try {
          await waitUntil(
            subState,
            20,
            async () => (await out(`systemctl show -P SubState ${machine.unit}`)) === subState,
          );
          const before = await invocation();
          const updating = machine.update(state, changes);
          await waitUntil('it is waited for', 20, async () => (await out(`pgrep -fx '${waits}'`)) !== '');
          await host.sh('touch /run/mr-go');
          state = await updating;
          return { restarted: (await invocation()) !== before };
        } finally {
          await host.sh(`touch /run/mr-go; rm -r ${folder}; systemctl daemon-reload; rm /run/mr-go`);
        }
      };
      const starting = (changes = triggers) =>
        updateIn(
          'start-post',
          'ExecStartPost',
          `systemctl stop ${machine.unit}; systemctl start --no-block ${machine.unit}`,
          `systemctl start ${machine.unit}`,
          changes,
        );

      test('one that is starting is let alone, and waited for', async () => {
        assert.deepEqual(await starting(), { restarted: false });
      });

      test('one that is starting with what was there before restarts after that', async () => {
        assert.deepEqual(await starting({ restartTriggers: ['while it started'] }), { restarted: true });
      });

      test('one that is stopping ends in order before it starts again', async () => {
        const stop = `systemctl stop --no-block ${machine.unit}`;
        const began = await out('date +%s.%N');
        const { restarted } = await updateIn('stop', 'ExecStop', stop, `systemctl stop ${machine.unit}`);
        assert.ok(restarted);
        const { stdout } = await host.sh(`journalctl -u ${machine.unit} --since=@${began} -o cat`);
        assert.match(stdout, /Stopped/);
        assert.doesNotMatch(stdout, /status=9/);
      });

      test('delete leaves nothing of it', async () => {
        await machine.clear();
        assert.equal(
          await out(
            `ls -d /run/pulumi-nspawn/${name}.* /etc/systemd/system/${machine.unit}.d 2>/dev/null | grep -v lock`,
          ),
          '',
        );
      });
    });
  }
});
