import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { LabHost } from '../lab';
import { waitUntil } from '../lab/wait';
import { connectionTo, hosts } from './hosts';

const { HostRuntime } = require('../../provider/dynamic');

const makePackages = readFileSync(join(__dirname, 'host-runtime-packages.sh'), 'utf8');
const standard = ['systemd-container', 'frr', 'frr-pythontools', 'iproute2'];
const sysctlsPath = '/etc/sysctl.d/60-pulumi-nspawn.conf';
const modulesPath = '/etc/modules-load.d/pulumi-nspawn.conf';
const modules = '/lib/modules/$(uname -r)';
const builtin = `printf "kernel/net/rt-fake.ko\\nkernel/net/rt_two.ko\\n" >${modules}/modules.builtin`;
const clearPackages = readFileSync(join(__dirname, 'host-runtime-clear.sh'), 'utf8');
const policy = '/usr/sbin/policy-rc.d';

// As apt does it, for two seconds.
const holdLock =
  'use Fcntl; open F, ">", $ARGV[0]; my $l = pack("s s l! l! i", F_WRLCK, 0, 0, 0, 0); fcntl(F, F_SETLK, $l) or die; sleep 2';

for (const index of [0, 1]) {
  describe(`what a host has, on ${['Debian 12', 'Debian 13'][index]}`, { concurrency: 1 }, () => {
    let host: LabHost;
    let ttl: string;
    let state: Record<string, unknown>;
    const all = () => ({
      packages: [...standard, 'rt-daemon'],
      kernelModules: ['rt-fake'],
      sysctls: { 'net.ipv4.ip_default_ttl': 61, 'net/ipv4/tcp_rmem': '4096 65536  6291456' },
    });
    const inputs = async (changes: object = {}) => {
      const given = { connection: connectionTo(host), owner: 'p/s/rt', ...changes };
      const { inputs, failures } = await HostRuntime.check({}, given);
      assert.deepEqual(failures, []);
      return inputs;
    };
    const out = async (script: string) => (await host.sh(script, { reject: false })).stdout.trim();
    const sysctl = (name: string) => out(`sysctl -n ${name} | tr '\\t' ' '`);
    const up = async (changes: object) => {
      state = (await HostRuntime.update('runtime', state, await inputs(changes))).outs;
    };
    const ours = () =>
      out(
        `ls -d ${sysctlsPath} ${modulesPath} /var/lib/pulumi-nspawn/host-runtime ${policy} /run/pulumi-nspawn/running-before 2>/dev/null`,
      );

    const clear = async () => {
      await HostRuntime.delete('runtime', await inputs(all()));
      await host.sh(`${clearPackages}\nrm -rf ${modules}`, { reject: false });
    };

    before(async () => {
      host = (await hosts())[index] as LabHost;
      await clear();
      ttl = await sysctl('net.ipv4.ip_default_ttl');
      await host.sh(makePackages);
      // The kernel's own modules are not to be seen on a test host. These are built into it, as it were.
      await host.sh(`mkdir -p ${modules}; ${builtin}`);
    });
    after(async () => {
      await clear();
      await host.run(['sysctl', '-q', '-w', `net.ipv4.ip_default_ttl=${ttl}`]);
    });

    test('a host that has all it needs is left as it is, with its versions told', async () => {
      const { id, outs } = await HostRuntime.create(await inputs());
      state = outs;
      assert.equal(id, 'runtime');
      assert.equal(outs.systemdVersion, await out("dpkg -s systemd | sed -n 's/^Version: //p'"));
      assert.match(outs.frrVersion, index === 0 ? /^8\.4/ : /^10\./);
      assert.equal(outs.osRelease.versionId, ['12', '13'][index]);
      assert.equal(outs.kernelVersion, await out('uname -r'));
      assert.equal(outs.memoryBytes % 1024, 0);
      assert.match(outs.usrDigest, /^[0-9a-f]{64}$/);
      assert.equal(await ours(), '/var/lib/pulumi-nspawn/host-runtime');
      const { inputs: seen, props } = await HostRuntime.read('runtime', state);
      assert.deepEqual(seen, await inputs());
      assert.deepEqual(props, state);
    });

    test('what is missing is installed, loaded and set; a service that comes with it neither starts nor is enabled', async () => {
      await up(all());
      assert.equal(await out("dpkg -s rt-daemon | sed -n 's/^Status: //p'"), 'install ok installed');
      assert.equal(
        await out('systemctl is-active rt-daemon; systemctl is-enabled rt-daemon'),
        'inactive\ndisabled',
      );
      assert.equal(await sysctl('net.ipv4.ip_default_ttl'), '61');
      assert.equal(await sysctl('net.ipv4.tcp_rmem'), '4096 65536 6291456');
      assert.match(
        await out(`cat ${sysctlsPath}`),
        /^net\.ipv4\.ip_default_ttl = 61\nnet\/ipv4\/tcp_rmem = 4096 65536 6291456$/m,
      );
      assert.match(await out(`cat ${modulesPath}`), /^rt-fake$/m);
      assert.equal(
        await out(`stat -c %a ${sysctlsPath} ${modulesPath} /lib/systemd/system/rt-daemon.service`),
        '644\n644\n644',
      );
      assert.equal(await out(`ls ${policy} /run/pulumi-nspawn/running-before 2>/dev/null`), '');
      assert.deepEqual((await HostRuntime.read('runtime', state)).inputs, await inputs(all()));
    });

    test('a second run asks no package list and changes nothing', async () => {
      const stamp = `stat -c '%n %Y %i' ${sysctlsPath} ${modulesPath} /var/lib/apt/lists /var/lib/dpkg/status /var/lib/pulumi-nspawn/host-runtime/sysctls`;
      const before = await out(stamp);
      const outs = { ...state };
      await up(all());
      assert.equal(await out(stamp), before);
      assert.deepEqual(state, outs);
    });

    test('what somebody changed shows property by property, and is repaired', async () => {
      await host.sh(
        `dpkg --purge rt-daemon; sysctl -q -w net.ipv4.ip_default_ttl=70; rm ${modules}/modules.builtin; echo x >>${modulesPath}`,
      );
      const { inputs: seen } = await HostRuntime.read('runtime', state);
      assert.deepEqual(seen.packages, standard);
      assert.deepEqual(seen.kernelModules, []);
      assert.deepEqual(seen.sysctls, { ...all().sysctls, 'net.ipv4.ip_default_ttl': 70 });
      assert.deepEqual(seen.drift, [`${modulesPath} is not as it was written`]);
      await host.sh(builtin);
      await up(all());
      const after = await HostRuntime.read('runtime', state);
      assert.deepEqual(after.inputs, await inputs(all()));
      assert.equal(after.props.drift, undefined);
    });

    test('usrDigest follows the versions of shared packages, and of no other', async () => {
      const { usrDigest } = state;
      await host.run(['dpkg', '-i', '/srv/rt-packages/rt-other_1.deb']);
      assert.equal((await HostRuntime.read('runtime', state)).props.usrDigest, usrDigest);
      await host.run(['dpkg', '-i', '/srv/rt-packages/rt-daemon_2.deb']);
      const { inputs: seen, props } = await HostRuntime.read('runtime', state);
      assert.notEqual(props.usrDigest, usrDigest);
      assert.deepEqual(seen, await inputs(all()));
      const { packages } = all();
      await up({ ...all(), packages: packages.reverse() });
      assert.equal(state.usrDigest, props.usrDigest);
    });

    test('what is no longer declared is put back to what it was, unless somebody has changed it', async () => {
      await up({ ...all(), kernelModules: ['rt_two'], sysctls: { 'net.ipv4.ip_default_ttl': 62 } });
      assert.notEqual(await sysctl('net.ipv4.tcp_rmem'), '4096 65536 6291456');
      assert.equal(await sysctl('net.ipv4.ip_default_ttl'), '62');
      assert.doesNotMatch(await out(`cat ${sysctlsPath} ${modulesPath}`), /rmem|fake/);
      await up({ ...all(), sysctls: undefined });
      assert.equal(await sysctl('net.ipv4.ip_default_ttl'), ttl);
      await up({ ...all(), sysctls: { 'net.ipv4.ip_default_ttl': 63 } });
      await host.run(['sysctl', '-q', '-w', 'net.ipv4.ip_default_ttl=99']);
      await up({ ...all(), sysctls: undefined });
      assert.equal(await sysctl('net.ipv4.ip_default_ttl'), '99');
      await host.run(['sysctl', '-q', '-w', `net.ipv4.ip_default_ttl=${ttl}`]);
    });

    test('what cannot be had is refused by its name, before anything is changed', async () => {
      const refused = async (changes: object, message: RegExp) => {
        const listed = `cat ${sysctlsPath} ${modulesPath} /var/lib/pulumi-nspawn/host-runtime/*; sysctl net.ipv4.ip_default_ttl`;
        const before = await out(listed);
        await assert.rejects(
          async () => up({ ...all(), sysctls: { 'net.ipv4.ip_default_ttl': 33 }, ...changes }),
          (error: Error) => {
            assert.match(error.message, message);
            assert.equal('id' in error, false);
            return true;
          },
        );
        assert.equal(await out(listed), before);
      };
      await refused({ kernelModules: ['rt-fake', 'rt-none'] }, /kernelModules: the kernel .* has no rt-none/);
      await refused({ sysctls: { 'net.ipv4.none': 1 } }, /sysctls: net\.ipv4\.none is not there/);
      await refused({ sysctls: { 'kernel.panic': 17 } }, /sysctls: kernel\.panic is read-only on this host/);
      await refused({ sysctls: { 'net.ipv4.route.flush': 1 } }, /flush cannot be read: it is no setting/);
      await refused(
        { packages: ['rt-none'] },
        /apt-get would not install rt-none.*Unable to locate package rt-none/s,
      );
      await refused({ owner: 'q/s/rt' }, /belongs to p\/s\/rt .*adopt: true/s);
    });

    test('a value that the kernel does not take is an error with its name, and the next run repairs', async () => {
      await assert.rejects(
        async () => up({ ...all(), sysctls: { 'net.ipv4.ip_default_ttl': 999 } }),
        (error: Error & { id: string }) => {
          assert.match(error.message, /sysctls: the kernel refuses 999 for net\.ipv4\.ip_default_ttl/);
          assert.equal(error.id, 'runtime');
          return true;
        },
      );
      assert.doesNotMatch(await out(`cat ${sysctlsPath}`), /999/);
      await up({ ...all(), sysctls: undefined });
      assert.equal(await sysctl('net.ipv4.ip_default_ttl'), ttl);
    });

    test('another stack takes the host over when asked to, and what was there before is still known', async () => {
      await up(all());
      const theirs = { owner: 'q/s/rt', sysctls: { 'net.ipv4.ip_default_ttl': 65 } };
      await HostRuntime.create(await inputs({ ...theirs, adopt: true }));
      await HostRuntime.delete('runtime', state);
      assert.equal(await sysctl('net.ipv4.ip_default_ttl'), '65');
      await HostRuntime.delete('runtime', await inputs(theirs));
      assert.equal(await sysctl('net.ipv4.ip_default_ttl'), ttl);
      assert.equal(await ours(), '');
    });

    test('a run that was cut off in the middle of an installation is finished by the next', async () => {
      await host.sh(
        `dpkg --unpack /srv/rt-packages/rt-daemon_2.deb; mkdir -p /var/lib/pulumi-nspawn/host-runtime; echo rt-daemon >/var/lib/pulumi-nspawn/host-runtime/installing; echo p/s/rt >/var/lib/pulumi-nspawn/host-runtime/host; printf '#!/bin/sh\\n# pulumi-nspawn\\nexit 101\\n' >${policy}; chmod 755 ${policy}`,
      );
      await up(all());
      assert.equal(await out("dpkg -s rt-daemon | sed -n 's/^Status: //p'"), 'install ok installed');
      assert.equal(
        await out('systemctl is-active rt-daemon; systemctl is-enabled rt-daemon'),
        'inactive\ndisabled',
      );
      assert.equal(await out(`ls ${policy}; ls /var/lib/pulumi-nspawn/host-runtime`), 'host\nsysctls');
    });

    test('another apt that has its locks is waited for', async () => {
      await host.run(['dpkg', '--purge', 'rt-daemon']);
      const other = ['/var/lib/apt/lists/lock', '/var/lib/dpkg/lock-frontend'].map((path) =>
        host.run(['perl', '-e', holdLock, path]),
      );
      const held = async () => Number(await out('grep -c "POSIX.*WRITE" /proc/locks')) >= 2;
      await waitUntil('the locks are held', 10, held);
      await up(all());
      assert.equal(await out("dpkg -s rt-daemon | sed -n 's/^Status: //p'"), 'install ok installed');
      await Promise.all(other);
    });

    test('services start where that is wanted', async () => {
      await host.run(['dpkg', '--purge', 'rt-daemon']);
      await up({ ...all(), startServices: true });
      assert.equal(
        await out('systemctl is-active rt-daemon; systemctl is-enabled rt-daemon'),
        'active\nenabled',
      );
    });

    test('delete puts the host back, once and again, and leaves packages', async () => {
      for (const _ of [1, 2]) await HostRuntime.delete('runtime', state);
      assert.equal(await ours(), '');
      assert.equal(await sysctl('net.ipv4.ip_default_ttl'), ttl);
      assert.equal(await out('systemctl is-active rt-daemon'), 'active');
      assert.deepEqual(await HostRuntime.read('runtime', state), { id: '', props: {} });
    });
  });
}
