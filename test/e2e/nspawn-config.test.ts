import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { execOptions, filesOptions, networkOptions } from '../../provider/systemd/nspawn-options';
import type { Option } from '../../provider/systemd/option';
import { serviceOptions } from '../../provider/systemd/resource-control';
import type { LabHost } from '../lab';
import { waitUntil } from '../lab/wait';
import { connectionTo, hosts } from './hosts';

const { NspawnConfig } = require('../../provider/dynamic');

const name = 'cfg-router';
const unit = `systemd-nspawn@${name}.service`;
const nspawnPath = `/etc/systemd/nspawn/${name}.nspawn`;
const dropInPath = `/etc/systemd/system/${unit}.d/50-pulumi-nspawn.conf`;
const smallTree = readFileSync(join(__dirname, 'small-tree.sh'), 'utf8');

for (const index of [0, 1]) {
  describe(`a configuration on ${['Debian 12', 'Debian 13'][index]}`, { concurrency: 1 }, () => {
    let host: LabHost;
    const inputs = async (changes: object = {}) => {
      const checked = await NspawnConfig.check(
        {},
        { connection: connectionTo(host), owner: 'p/s/cfg', machineName: name, ...changes },
      );
      assert.deepEqual(checked.failures, []);
      return checked.inputs;
    };
    const out = async (script: string) => (await host.sh(script, { reject: false })).stdout.trim();
    const show = (property: string) => out(`systemctl show -P ${property} ${unit}`);
    const leader = () => out(`machinectl show -p Leader --value ${name}`);
    const inside = async (command: string) => out(`nsenter -t ${await leader()} -a sh -c '${command}'`);
    // What systemd-nspawn and systemd said of the files since the last start.
    const complaints = () =>
      out(
        `journalctl -o cat -b _SYSTEMD_INVOCATION_ID="$(systemctl show -P InvocationID ${unit})" | grep -E 'nspawn:[0-9]+:|ignoring|Unknown|[Ff]ailed to parse'`,
      );
    // A supervisor that is killed leaves a mount point behind on systemd 257, and the next start then fails.
    const stop = () =>
      host.sh(
        `timeout 5 systemctl stop ${unit} || { systemctl kill -s KILL ${unit}; systemctl stop ${unit}; }; systemctl reset-failed ${unit} 2>/dev/null; umount -l /run/systemd/nspawn/unix-export/${name} 2>/dev/null; rmdir /run/systemd/nspawn/unix-export/${name} 2>/dev/null; :`,
      );
    const start = async () => {
      await stop();
      await host.run(['systemctl', 'start', unit]);
    };
    const clear = async () => {
      await stop();
      await host.sh(
        `rm -rf /var/lib/machines/${name} /var/lib/machines/.#${name}.lck ${nspawnPath} /etc/systemd/system/${unit}.d /etc/systemd/system.control/${unit}.d /var/lib/pulumi-nspawn/nspawn-config/${name}; find /var/log/journal -type l -lname '*/${name}/*' -delete; systemctl daemon-reload`,
      );
    };

    before(async () => {
      host = (await hosts())[index] as LabHost;
      await clear();
      await host.sh(`set -- ${name}\n${smallTree}`);
    });
    after(clear);

    const removeDevices = () =>
      host.sh('for each in cfg0 cfgbr; do ip link del $each; done; rm -rf /srv/cfg-* /srv/.#cfg-*', {
        reject: false,
      });

    let state: Record<string, unknown>;
    const up = async (changes: object = {}) => {
      const { outs } = await NspawnConfig.update(name, state, await inputs(changes));
      state = outs;
    };

    test('create writes both files, and systemd has the limits', async () => {
      const { id, outs } = await NspawnConfig.create(await inputs());
      state = outs;
      assert.equal(id, name);
      assert.deepEqual(outs.warnings, []);
      assert.equal(outs.nspawnPath, nspawnPath);
      assert.equal(await out(`stat -c %a ${nspawnPath} ${dropInPath}`), '644\n644');
      assert.equal(await show('MemoryMax'), String(256 * 1024 ** 2));
      assert.equal(await show('MemorySwapMax'), String(512 * 1024 ** 2));
      assert.equal(await show('CPUQuotaPerSecUSec'), '500ms');
      assert.equal(await out(`cat /var/lib/pulumi-nspawn/nspawn-config/${name}`), 'p/s/cfg');
    });

    test('systemd-analyze has nothing to say of the drop-in', async () => {
      assert.equal(await out(`systemd-analyze verify --man=no ${unit} 2>&1 | grep -F ${dropInPath}`), '');
    });

    test("a machine boots with it on the host's /usr, whose files keep their owners", async () => {
      await start();
      await waitUntil(
        'it is up',
        30,
        async () => (await inside('systemctl is-system-running')) === 'running',
      );
      assert.equal(await complaints(), '');
      assert.equal(
        await inside('stat -c %U:%a /usr /usr/bin/su /etc/alternatives'),
        'root:755\nroot:4755\nroot:755',
      );
      assert.equal(await inside('touch /usr/x 2>&1 | grep -c Read-only'), '1');
      assert.equal(
        await inside('hostname; cat /etc/machine-id'),
        `${name}\n${/MachineID=(.*)/.exec(await out(`cat ${nspawnPath}`))?.[1]}`,
      );
      assert.match(await inside('ip -br link'), /^lo .*\nhost0@/);
      assert.equal(await inside('stat -f -c %T /sys/fs/cgroup'), 'cgroup2fs');
      assert.equal(await inside('systemd-run -q --wait --pipe -p Nice=-5 id -u'), '0');
    });

    test('a second run changes nothing', async () => {
      const stamp = `stat -c %Y.%i ${nspawnPath} ${dropInPath}; systemctl show -P UnitsReloadTimestampMonotonic; ls -A /run/pulumi-nspawn /etc/systemd/nspawn`;
      const before = await out(stamp);
      const outs = { ...state };
      await up();
      assert.equal(await out(stamp), before);
      assert.deepEqual(state, outs);
      assert.deepEqual((await NspawnConfig.read(name, state)).inputs, await inputs());
    });

    test('limits change while the machine runs', async () => {
      const before = await leader();
      const { restartDigest } = state;
      await up({ service: { memoryMax: '128M', cpuQuota: '75%', tasksMax: 500, cpuWeight: 50 } });
      assert.equal(state.restartDigest, restartDigest);
      assert.equal(await show('MemoryMax'), String(128 * 1024 ** 2));
      assert.equal(await show('CPUQuotaPerSecUSec'), '750ms');
      assert.equal(await show('TasksMax'), '500');
      assert.equal(await show('CPUWeight'), '50');
      assert.equal(await leader(), before);
      await up();
      assert.equal(await show('TasksMax'), '16384');
    });

    test('an edited file shows as the property, and is repaired', async () => {
      await host.run([
        'sed',
        '-i',
        's/^PrivateUsers=.*/PrivateUsers=no/; s/^Boot=/Foo=1\\nBoot=/',
        nspawnPath,
      ]);
      const seen = await NspawnConfig.read(name, state);
      assert.deepEqual(seen.inputs.exec, { privateUsers: 'no' });
      assert.deepEqual(seen.inputs.drift, ['[Exec] Foo=1 is no option that is known here']);
      assert.notEqual(seen.inputs.digest, state.digest);
      state = seen.props;
      await up();
      const after = await NspawnConfig.read(name, state);
      assert.deepEqual(after.inputs, await inputs());
      assert.equal(after.props.drift, undefined);
    });

    test('systemctl set-property shows as the property, and is taken back', async () => {
      for (const options of [[], ['--runtime']]) {
        await host.run(['systemctl', 'set-property', ...options, unit, 'MemoryMax=100M', 'CPUQuota=10%']);
        const seen = await NspawnConfig.read(name, state);
        assert.deepEqual(seen.inputs.service, { memoryMax: '100M', cpuQuota: '10%' });
        state = seen.props;
        await up();
        assert.equal(await show('MemoryMax'), String(256 * 1024 ** 2));
        assert.equal(await show('CPUQuotaPerSecUSec'), '500ms');
        assert.equal(
          await out(
            `ls -d /run/systemd/system.control/${unit}.d /etc/systemd/system.control/${unit}.d 2>/dev/null`,
          ),
          '',
        );
        assert.deepEqual((await NspawnConfig.read(name, state)).inputs, await inputs());
      }
    });

    test('a run that was cut off before the reload is finished by the next', async () => {
      await host.sh(`sed -i s/MemoryMax=.*/MemoryMax=64M/ ${dropInPath}; systemctl daemon-reload`);
      await host.sh(
        `sed -i s/MemoryMax=.*/MemoryMax=256M/ ${dropInPath}; touch -d '+1 minute' ${dropInPath}; : >${nspawnPath.replace(name, `.${name}`)}.pulumi-nspawn.77`,
      );
      assert.equal(await show('NeedDaemonReload'), 'yes');
      await up();
      assert.equal(await show('MemoryMax'), String(256 * 1024 ** 2));
      assert.equal(await out('ls -A /etc/systemd/nspawn | grep -c pulumi'), '0');
    });

    test('options that this systemd does not know are refused, all at once, and nothing changes', async () => {
      const before = await out(`cat ${nspawnPath} ${dropInPath}`);
      const changes = {
        exec: { privateUsers: 'no' },
        files: { bindUserShell: true },
        network: { namespacePath: '/run/netns/none' },
      };
      await assert.rejects(
        async () => NspawnConfig.update(name, state, await inputs(changes)),
        (error: Error) => {
          assert.match(error.message, new RegExp(`this host has systemd ${index === 0 ? 252 : 257}:`));
          assert.match(error.message, /files\.bindUserShell needs systemd 258/);
          assert.match(error.message, /network\.namespacePath needs systemd 259/);
          assert.equal('id' in error, false);
          return true;
        },
      );
      assert.equal(await out(`cat ${nspawnPath} ${dropInPath}`), before);
    });

    test('settings that systemd would ignore are refused, by their names, and nothing changes', async () => {
      const before = await out(`cat ${nspawnPath} ${dropInPath}`);
      const changes = {
        service: { extra: { Fooo: 'bar', LogLevelMax: 'loud' } },
        exec: { personality: 's390x', limitCPU: '2:1', cpuAffinity: ['9999'] },
      };
      await assert.rejects(
        async () => NspawnConfig.update(name, state, await inputs(changes)),
        /\n\s*Fooo: .*\n\s*LogLevelMax: .*\n\s*Personality: .*\n\s*LimitCPU: .*\n\s*CPUAffinity: /,
      );
      assert.equal(await out(`cat ${nspawnPath} ${dropInPath}`), before);
      assert.equal(await out(`ls /run/pulumi-nspawn /run/systemd/nspawn | grep -c trial`), '0');
    });

    test('every option reaches the machine, and systemd-nspawn complains of none', async () => {
      const limits = [
        'CPU',
        'FSIZE',
        'DATA',
        'STACK',
        'CORE',
        'RSS',
        'AS',
        'MEMLOCK',
        'LOCKS',
        'SIGPENDING',
        'MSGQUEUE',
        'RTPRIO',
        'RTTIME',
      ];
      await removeDevices();
      await host.sh(
        `mkdir -p /srv/cfg-a:b /srv/cfg-l /srv/cfg-u; ip link add cfg0 type veth peer name cfg1; ip link add cfgbr type bridge`,
      );
      await up({
        exec: {
          boot: false,
          processTwo: true,
          parameters: [
            '/bin/sh',
            '-c',
            'printf "%s|" "$@"; echo; exec sleep 300',
            'sh',
            'two words',
            'a"b',
            "it's",
            'back\\slash',
            '100%h',
            '$HOME',
            '',
          ],
          environment: { PLAIN: 'x', QUOTED: `a "b" 'c' \\n %h $HOME  end`, EMPTY: '' },
          user: 'root',
          workingDirectory: '/tmp',
          dropCapability: ['CAP_SYS_TIME'],
          ambientCapability: ['CAP_NET_RAW'],
          noNewPrivileges: true,
          killSignal: 'SIGRTMIN+3',
          personality: 'x86-64',
          notifyReady: false,
          systemCallFilter: ['@keyring', 'bpf'],
          ...Object.fromEntries(limits.map((limit) => [`limit${limit}`, 'infinity'])),
          limitNOFILE: '512:1024',
          limitNPROC: 4000,
          limitNICE: '-5',
          cpuAffinity: ['0-1'],
          resolvConf: 'off',
          timezone: 'off',
          suppressSync: true,
          ephemeral: false,
        },
        files: {
          readOnly: false,
          volatile: false,
          bind: ['/srv/cfg-a\\:b:/srv/with\\:colon:idmap'],
          bindReadOnly: [
            '/usr:/usr:norbind,idmap',
            '/etc/alternatives:/etc/alternatives:norbind,idmap',
            '/srv/cfg-l:/srv/l:rootidmap',
          ],
          temporaryFileSystem: ['/var/cache:size=16M,mode=755'],
          inaccessible: ['/root'],
          overlay: ['/srv/cfg-l:/srv/cfg-u:/srv/o'],
          overlayReadOnly: ['/srv/cfg-l:/srv/cfg-u:/srv/p'],
          privateUsersOwnership: 'chown',
        },
        service: { oomScoreAdjust: 100 },
        network: {
          virtualEthernet: true,
          virtualEthernetExtra: ['cfgx:ext0'],
          interface: ['cfg0'],
          macvlan: ['cfg1'],
          bridge: 'cfgbr',
          port: ['tcp:18080:80', 'udp:14788'],
        },
      });
      try {
        await start();
        assert.equal(await complaints(), '');
        const program = `pgrep -f '[s]leep 300' --ns ${await leader()} --nslist pid`;
        await waitUntil('its program runs', 10, async () => (await out(program)) !== '');
        const environ = (await out(`tr '\\0' '\\n' </proc/$(${program})/environ`)).split('\n');
        assert.ok(environ.includes('PLAIN=x'));
        assert.ok(environ.includes(`QUOTED=a "b" 'c' \\n %h $HOME  end`), environ.join('\n'));
        assert.ok(environ.includes('EMPTY='));
        const said = `journalctl -o cat -b _SYSTEMD_INVOCATION_ID="$(systemctl show -P InvocationID ${unit})"`;
        await waitUntil('its arguments arrive as they were', 10, async () =>
          (await out(said)).includes(`two words|a"b|it's|back\\slash|100%h|$HOME||`),
        );
        assert.match(await out(`cat /proc/$(${program})/limits`), /Max open files +512 +1024/);
        assert.equal(await out(`cat /proc/$(${program})/oom_score_adj`), '100');
        const links = await out(`nsenter -t ${await leader()} -n ip -br link`);
        for (const link of ['host0@', 'ext0@', 'cfg0@', 'mv-cfg1@']) assert.ok(links.includes(link), links);
        assert.match(await out('ip -br link show master cfgbr'), /^vb-cfg-router/);
        const mounts = await out(
          `nsenter -t ${await leader()} -m ls -d /srv/with:colon /srv/l /srv/o /srv/p; nsenter -t ${await leader()} -m stat -f -c %T /var/cache`,
        );
        assert.equal(mounts, '/srv/l\n/srv/o\n/srv/p\n/srv/with:colon\ntmpfs');
      } finally {
        await stop();
        await removeDevices();
      }
    });

    // The controllers for memory and CPU are not there on a test host; the filter of addresses is, and is put in force in
    // the same way.
    test('all options and limits that this systemd has are known here', async () => {
      const has = async (script: string) => (await out(script)).split('\n').filter(Boolean);
      const version = index === 0 ? 252 : 257;
      const own = { Exec: execOptions, Files: filesOptions, Network: networkOptions };
      const known = Object.entries(own).flatMap(([section, options]) =>
        (Object.values(options) as Option[])
          .filter(({ since }) => since <= version)
          .map(({ key }) => `${section}.${key}`),
      );
      const theirs = "grep -aoE '(Exec|Files|Network)\\.[A-Za-z0-9]+' /usr/bin/systemd-nspawn | sort -u";
      assert.deepEqual(known.sort(), await has(theirs));

      const items = await has(
        "/lib/systemd/systemd --dump-configuration-items | sed -n '/^\\[Service\\]/,/^$/s/=.*//p' | sed -n '/^Slice$/,/^RestrictNetworkInterfaces$/p;/^MemoryPressure/p;/^NFTSet$/p' | sort -u",
      );
      const keys = new Set((Object.values(serviceOptions) as Option[]).map(({ key }) => key));
      // What cgroup v1 had, and what the template needs as it is.
      const left = /^(BlockIO.*|(Startup)?CPUShares|StartupBlockIOWeight|MemoryLimit|Delegate.*)$/;
      assert.deepEqual(
        items.filter((key) => !keys.has(key)).filter((key) => !left.test(key)),
        [],
      );
    });

    test('every limit that this systemd has goes to a running machine, and none restarts it', async () => {
      await up();
      await start();
      const [before, { restartDigest }] = [await leader(), state];
      const version = index === 0 ? 252 : 257;
      const given = Object.fromEntries(
        Object.entries(limits).filter(
          ([property]) =>
            ((serviceOptions as Record<string, Option>)[property as never]?.since as number) <= version,
        ),
      );
      await up({ service: given });
      assert.equal(state.restartDigest, restartDigest);
      assert.equal(await leader(), before);
      assert.equal(await show('NeedDaemonReload'), 'no');
      const shown = await out(`systemctl show ${unit}`);
      for (const [property, line] of Object.entries(shownLimits)) {
        if (property in given) assert.ok(shown.split('\n').includes(line), `${property}: ${line}`);
      }
      const { inputs: seen } = await NspawnConfig.read(name, state);
      assert.deepEqual(seen.service, given);
      assert.equal(seen.drift, undefined);
      await up();
      await stop();
    });

    test('a limit is in force in the cgroup of a running machine, with each change', async () => {
      const settings = {
        exec: { boot: false, processTwo: true, parameters: ['/bin/sleep', '300'], privateUsers: 'no' },
        network: { private: false },
      };
      await up(settings);
      await start();
      const before = await leader();
      const reaches = async () => {
        const cgroup = `/sys/fs/cgroup${await show('ControlGroup')}/payload/cgroup.procs`;
        const dial = 'timeout 3 bash -c ": </dev/tcp/127.0.0.1/22" && echo reached';
        return (await out(`sh -c 'echo $$ >${cgroup} || exit; ${dial}' 2>/dev/null`)) === 'reached';
      };
      assert.equal(await reaches(), true);
      await up({ ...settings, service: { ipAddressDeny: ['any'] } });
      assert.equal(await reaches(), false);
      await up({ ...settings, service: { ipAddressDeny: ['any'], ipAddressAllow: ['localhost'] } });
      assert.equal(await reaches(), true);
      await up({ ...settings, service: { ipAddressDeny: ['any'] } });
      assert.equal(await reaches(), false);
      assert.equal(await leader(), before);
      assert.equal(await show('NeedDaemonReload'), 'no');
      assert.equal(await out(`ls -d /run/systemd/system.control/${unit}.d 2>/dev/null`), '');
      assert.equal((await NspawnConfig.read(name, state)).inputs.drift, undefined);
      await stop();
      await up();
    });

    const sleeping = { exec: { boot: false, processTwo: true, parameters: ['/bin/sleep', '300'] } };
    const opens = async (device: string) => {
      const cgroup = `/sys/fs/cgroup${await show('ControlGroup')}/payload/cgroup.procs`;
      return (await out(`sh -c 'echo $$ >${cgroup} || exit; : <${device} && echo opened'`)) === 'opened';
    };

    test('which devices there are changes in a running machine', async () => {
      await up(sleeping);
      await start();
      const [before, { restartDigest }] = [await leader(), state];
      const none = { cpuQuota: false, memoryMax: false, memorySwapMax: false };
      assert.deepEqual([await opens('/dev/zero'), await opens('/dev/full')], [true, true]);
      for (const [service, ...answers] of [
        [{ devicePolicy: 'strict' }, false, false],
        [{ devicePolicy: 'strict', deviceAllow: ['/dev/zero r'] }, true, false],
        [{ devicePolicy: 'strict', deviceAllow: ['/dev/full rw'] }, false, true],
        [{ devicePolicy: 'strict', ...none }, false, false],
        [none, true, true],
        [{}, true, true],
      ] as const) {
        await up({ ...sleeping, service });
        assert.deepEqual([await opens('/dev/zero'), await opens('/dev/full')], answers);
        assert.equal(state.restartDigest, restartDigest);
        assert.equal(await show('NeedDaemonReload'), 'no');
        assert.equal(await out(`ls -d /run/systemd/system.control/${unit}.d 2>/dev/null`), '');
      }
      await host.run(['systemctl', 'set-property', '--runtime', unit, 'DevicePolicy=strict']);
      await up({ ...sleeping, service: { devicePolicy: 'closed' } });
      assert.equal(await opens('/dev/zero'), true);
      assert.equal(await leader(), before);
      await stop();
      await up();
    });

    test('they change in a machine that is starting, too', async () => {
      const held = `/run/systemd/system/${unit}.d`;
      await host.sh(`mkdir -p ${held}; cat >${held}/held.conf; systemctl daemon-reload`, {
        input: `[Service]\nExecStartPost=/bin/sh -c 'until [ -e /run/cfg-go ]; do sleep 0.1; done'\n`,
      });
      try {
        await up(sleeping);
        await host.run(['systemctl', 'start', '--no-block', unit]);
        await waitUntil('it has nearly started', 20, async () => (await show('SubState')) === 'start-post');
        await up({ ...sleeping, service: { devicePolicy: 'strict' } });
        assert.deepEqual([await show('SubState'), await opens('/dev/zero')], ['start-post', false]);
      } finally {
        await host.sh(
          `touch /run/cfg-go; systemctl stop ${unit}; rm -r ${held} /run/cfg-go; systemctl daemon-reload`,
        );
        await up();
      }
    });

    test("environment in a file is for root's eyes only", async () => {
      await up({ exec: { environment: { TOKEN: 'x' } }, service: { environment: { TOKEN: 'y' } } });
      assert.equal(await out(`stat -c %a ${nspawnPath} ${dropInPath}`), '600\n600');
      assert.match(await show('Environment'), /SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1 TOKEN=y/);
      assert.deepEqual((await NspawnConfig.read(name, state)).inputs.exec, { environment: { TOKEN: 'x' } });
      await up();
    });

    test("percent signs, quotes and backslashes reach the unit's environment as they are", async () => {
      const value = `%i "b" 'c' \\n $HOME`;
      await up({ service: { environment: { VALUE: value } } });
      const probe = `systemd-run -q --pipe --wait -p "EnvironmentFile=/dev/null" true; systemctl show -P Environment ${unit}`;
      assert.ok(
        (await out(probe)).includes(`"VALUE=%i \\"b\\" 'c' \\\\n \\$HOME"`) ||
          (await out(probe)).includes(value),
        await out(probe),
      );
      assert.deepEqual((await NspawnConfig.read(name, state)).inputs.service, {
        environment: { VALUE: value },
      });
      await up();
    });

    test('another stack is refused, and its delete touches nothing', async () => {
      const theirs = await inputs({ owner: 'q/s/cfg', service: { memoryMax: '1M' } });
      await assert.rejects(NspawnConfig.create(theirs), /belongs to p\/s\/cfg .*adopt: true/s);
      await NspawnConfig.delete(name, theirs);
      assert.deepEqual((await NspawnConfig.read(name, state)).inputs, await inputs());
    });

    test('read says that it is gone only when both files are', async () => {
      await host.run(['rm', dropInPath]);
      const half = await NspawnConfig.read(name, state);
      assert.deepEqual(half.inputs.drift, ['the drop-in is missing']);
      await host.run(['rm', nspawnPath]);
      assert.deepEqual(await NspawnConfig.read(name, state), { id: '', props: {} });
      await up();
      assert.deepEqual((await NspawnConfig.read(name, state)).inputs, await inputs());
    });

    test('delete removes what is ours, once and again', async () => {
      await host.run(
        [
          'ln',
          '-sfn',
          `/var/lib/machines/${name}/var/log/journal/x`,
          `/var/log/journal/${machineIdOf(await out(`cat ${nspawnPath}`))}`,
        ],
        { reject: false },
      );
      for (const _ of [1, 2]) await NspawnConfig.delete(name, state);
      assert.equal(
        await out(
          `ls -d ${nspawnPath} /etc/systemd/system/${unit}.d /var/lib/pulumi-nspawn/nspawn-config/${name} 2>/dev/null`,
        ),
        '',
      );
      assert.equal(await out(`find /var/log/journal -type l -lname '*${name}*'`), '');
      assert.equal(await show('MemoryMax'), 'infinity');
      assert.equal(await show('NeedDaemonReload'), 'no');
    });

    test('files that nobody manages are refused, and adopted when asked to', async () => {
      await host.sh(`mkdir -p /etc/systemd/nspawn; printf '[Exec]\\nBoot=yes\\n' >${nspawnPath}`);
      await assert.rejects(
        async () => NspawnConfig.create(await inputs()),
        /is not managed by Pulumi\. Set adopt: true/,
      );
      assert.equal(await out(`cat ${nspawnPath}; ls -d ${dropInPath} 2>/dev/null`), '[Exec]\nBoot=yes');
      await NspawnConfig.create(await inputs({ adopt: true }));
      assert.match(await out(`cat ${nspawnPath}`), /^MachineID=/m);
      await NspawnConfig.delete(name, await inputs());
    });
  });
}

/** All that systemd.resource-control(5) has, but for what needs a BPF program. */
const limits = {
  cpuAccounting: true,
  cpuWeight: 50,
  startupCpuWeight: 60,
  cpuQuota: '40%',
  cpuQuotaPeriodSec: '50ms',
  allowedCPUs: '0',
  startupAllowedCPUs: '0',
  allowedMemoryNodes: '0',
  startupAllowedMemoryNodes: '0',
  memoryAccounting: true,
  memoryMin: '1M',
  memoryLow: '2M',
  memoryHigh: '190M',
  memoryMax: '200M',
  memorySwapMax: '3M',
  memoryZSwapMax: '4M',
  memoryZSwapWriteback: false,
  startupMemoryLow: '5M',
  startupMemoryHigh: '180M',
  startupMemoryMax: '170M',
  startupMemorySwapMax: '6M',
  startupMemoryZSwapMax: '7M',
  defaultMemoryMin: '1M',
  defaultMemoryLow: '1M',
  defaultStartupMemoryLow: '1M',
  tasksAccounting: true,
  tasksMax: 600,
  ioAccounting: true,
  ioWeight: 70,
  startupIoWeight: 80,
  ioDeviceWeight: ['/dev/null 200'],
  ioReadBandwidthMax: ['/dev/null 10M'],
  ioWriteBandwidthMax: ['/dev/null 11M'],
  ioReadIOPSMax: ['/dev/null 1K'],
  ioWriteIOPSMax: ['/dev/null 2K'],
  ioDeviceLatencyTargetSec: ['/dev/null 25ms'],
  ipAccounting: true,
  ipAddressAllow: ['10.0.0.0/8', 'localhost'],
  ipAddressDeny: ['192.0.2.1'],
  managedOOMSwap: 'kill',
  managedOOMMemoryPressure: 'kill',
  managedOOMMemoryPressureLimit: '60%',
  managedOOMMemoryPressureDurationSec: '5s',
  managedOOMPreference: 'avoid',
  disableControllers: ['io'],
  socketBindAllow: ['tcp:179'],
  socketBindDeny: ['udp:9'],
  restrictNetworkInterfaces: ['~cfgnone'],
  nftSet: ['cgroup:inet:none:none'],
};

/** Of these, how `systemctl show` tells them. */
const shownLimits = {
  cpuAccounting: 'CPUAccounting=yes',
  cpuWeight: 'CPUWeight=50',
  startupCpuWeight: 'StartupCPUWeight=60',
  cpuQuota: 'CPUQuotaPerSecUSec=400ms',
  cpuQuotaPeriodSec: 'CPUQuotaPeriodUSec=50ms',
  allowedCPUs: 'AllowedCPUs=0',
  allowedMemoryNodes: 'AllowedMemoryNodes=0',
  memoryAccounting: 'MemoryAccounting=yes',
  memoryMin: 'MemoryMin=1048576',
  memoryLow: 'MemoryLow=2097152',
  memoryHigh: 'MemoryHigh=199229440',
  memoryMax: 'MemoryMax=209715200',
  memorySwapMax: 'MemorySwapMax=3145728',
  memoryZSwapMax: 'MemoryZSwapMax=4194304',
  memoryZSwapWriteback: 'MemoryZSwapWriteback=no',
  startupMemoryLow: 'StartupMemoryLow=5242880',
  startupMemoryHigh: 'StartupMemoryHigh=188743680',
  startupMemoryMax: 'StartupMemoryMax=178257920',
  startupMemorySwapMax: 'StartupMemorySwapMax=6291456',
  startupMemoryZSwapMax: 'StartupMemoryZSwapMax=7340032',
  defaultMemoryMin: 'DefaultMemoryMin=1048576',
  defaultMemoryLow: 'DefaultMemoryLow=1048576',
  tasksAccounting: 'TasksAccounting=yes',
  tasksMax: 'TasksMax=600',
  ioAccounting: 'IOAccounting=yes',
  ioWeight: 'IOWeight=70',
  startupIoWeight: 'StartupIOWeight=80',
  ioDeviceWeight: 'IODeviceWeight=/dev/null 200',
  ioReadBandwidthMax: 'IOReadBandwidthMax=/dev/null 10000000',
  ioWriteBandwidthMax: 'IOWriteBandwidthMax=/dev/null 11000000',
  ioReadIOPSMax: 'IOReadIOPSMax=/dev/null 1000',
  ioWriteIOPSMax: 'IOWriteIOPSMax=/dev/null 2000',
  ipAccounting: 'IPAccounting=yes',
  managedOOMSwap: 'ManagedOOMSwap=kill',
  managedOOMMemoryPressure: 'ManagedOOMMemoryPressure=kill',
  managedOOMPreference: 'ManagedOOMPreference=avoid',
  disableControllers: 'DisableControllers=io',
};

const machineIdOf = (text: string) => /MachineID=(.*)/.exec(text)?.[1];
