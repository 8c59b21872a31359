import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { LabHost } from '../lab';
import { connectionTo, hosts } from './hosts';
import { inMachine, leaderOf } from './life';
import { nspawnText, plainMachine } from './plain-machine';

const { HostRootfs } = require('../../provider/dynamic');

const dnsmasqConf =
  'port=53\nno-resolv\naddress=/router.test/192.0.2.7\nlisten-address=127.0.0.1\nbind-interfaces\n';

// What a package brings must not start on the host.
const installDnsmasq = `
  printf '#!/bin/sh\\nexit 101\\n' >/usr/sbin/policy-rc.d && chmod 755 /usr/sbin/policy-rc.d
  apt-get -q update && apt-get -q -y install --no-install-recommends dnsmasq
  status=$?
  rm /usr/sbin/policy-rc.d
  exit $status`;

// The tests make a host another kind by what lies over its files for a moment.
const over = (file: string, script: string) => `${script} >/run/hk-stub && mount --bind /run/hk-stub ${file}`;
const uncover =
  'for each in /var/lib/dpkg/status /usr/lib/os-release; do umount $each 2>/dev/null; done; rm -f /run/hk-stub';
const withoutFrr = `awk -v RS= -v ORS='\\n\\n' '!/^Package: frr/' /var/lib/dpkg/status`;
const unmerge = 'mv /sbin /sbin.hk && mkdir /sbin && mount --bind /usr/sbin /sbin';
const merge = '[ ! -L /sbin.hk ] || { umount /sbin; rmdir /sbin && mv /sbin.hk /sbin; }';

describe('a host', { concurrency: 2 }, () => {
  for (const index of [0, 1]) {
    describe(`of another kind than usual, on ${['Debian 12', 'Debian 13'][index]}`, {
      concurrency: 1,
    }, () => {
      let host: LabHost;
      const names = ['hk-plain', 'hk-dns', 'hk-full'];
      const owner = `p/s${index}/hk`;
      const inputs = async (machineName: string, changes: object = {}) => {
        const checked = await HostRootfs.check(
          {},
          { connection: connectionTo(host), owner, machineName, ...changes },
        );
        assert.deepEqual(checked.failures, []);
        return checked.inputs;
      };
      const create = async (name: string, changes: object = {}) =>
        HostRootfs.create(await inputs(name, changes));
      const out = async (script: string) => (await host.sh(script, { reject: false })).stdout.trim();
      const refused = (name: string, changes: object, message: RegExp) =>
        assert.rejects(create(name, changes), (error: Error) => {
          assert.match(error.message, message);
          assert.equal('id' in error, false);
          return true;
        });

      const clear = async () => {
        await host.sh(`${uncover}; ${merge}`, { reject: false });
        for (const name of names) await plainMachine(host, name, owner).clear();
        await host.sh('apt-get -q -y purge dnsmasq dnsmasq-base && apt-get -q -y autoremove', {
          reject: false,
        });
      };
      before(async () => {
        host = (await hosts())[index] as LabHost;
        await clear();
      });
      after(clear);

      test('without FRR is told to have it, and can have machines without it', async () => {
        await host.sh(over('/var/lib/dpkg/status', withoutFrr));
        try {
          await refused('hk-plain', {}, /packages are not installed on the host.*: apt-get install frr/);
          await create('hk-plain', { packages: ['dbus', 'libpam-systemd', 'libnss-systemd'] });
          assert.equal(
            await out(
              'cd /var/lib/machines/hk-plain/etc; ls -d frr; ls -A systemd/system/multi-user.target.wants',
            ),
            '',
          );
        } finally {
          await host.sh(uncover, { reject: false });
        }
        await HostRootfs.delete('hk-plain', await inputs('hk-plain'));
      });

      test('that is no Debian is told which ways are open to it', async () => {
        await host.sh(over('/usr/lib/os-release', "printf 'ID=fedora\\nVERSION_ID=42\\n'"));
        await host.sh('mount --bind /dev/null /var/lib/dpkg/status');
        try {
          await refused('hk-plain', {}, /no dpkg database.*bootstrap\.method "skeleton", or "debootstrap"/);
          const bootstrap = { method: 'debootstrap', suite: 'trixie' };
          await refused('hk-plain', { bootstrap }, /is no Debian.*set shareUsr: false/);
        } finally {
          await host.sh(uncover, { reject: false });
        }
      });

      test('whose /usr is not merged is told to merge it', async () => {
        await host.sh(unmerge);
        try {
          await refused('hk-plain', {}, /\/sbin is no link into \/usr.*apt-get install usrmerge/);
        } finally {
          await host.sh(merge);
        }
      });

      test('gives a machine another of its services, which runs there and not on the host', async () => {
        await host.sh(installDnsmasq);
        const machine = plainMachine(host, 'hk-dns', owner);
        await machine.make({
          packages: ['dbus', 'libpam-systemd', 'libnss-systemd', 'dnsmasq'],
          units: { enable: ['dnsmasq.service'] },
          files: { '/etc/dnsmasq.d/test.conf': { content: dnsmasqConf } },
        });
        await machine.create({ waitFor: { units: ['dnsmasq.service'], timeoutSeconds: 60 } });
        assert.equal(await out('ls /var/lib/machines/hk-dns/etc/frr'), '');
        assert.match((await machine.inside('getent -s dns hosts router.test')).stdout, /^192\.0\.2\.7\s/);
        assert.equal((await machine.inside('ps -o user= -C dnsmasq')).stdout.trim(), 'dnsmasq');
        assert.notEqual(await out('systemctl is-active dnsmasq'), 'active');
      });

      // Once is enough by default: it is a system of its own, made by the archive's tools.
      const once = process.env.PULUMI_NSPAWN_EXHAUSTIVE === undefined && index === 0;
      test('runs a machine with a whole system of its own', { skip: once }, async () => {
        const [own, other] = index === 0 ? ['bookworm', 'trixie'] : ['trixie', 'bookworm'];
        const machine = plainMachine(host, 'hk-full', owner);
        await machine.make({
          bootstrap: {
            method: 'debootstrap',
            variant: 'minbase',
            suite: other,
            include: ['systemd', 'systemd-sysv', 'iproute2'],
          },
          packages: ['dbus'],
          shareUsr: false,
          files: { '/etc/motd': { content: 'whole\n' } },
        });
        const ownUsr = nspawnText.replace(/^BindReadOnly=.*\n/gm, '');
        await host.sh(`cat >${machine.nspawnPath}`, { input: ownUsr });
        const state = await machine.create();
        assert.match((await machine.inside('cat /etc/os-release')).stdout, new RegExp(`=${other}`));
        assert.equal(await out('. /usr/lib/os-release; echo $VERSION_CODENAME'), own);
        const leader = await leaderOf(host, 'hk-full');
        assert.equal(await out(`[ /proc/${leader}/root/usr -ef /usr ] || echo its own`), 'its own');
        assert.equal((await inMachine(host, 'hk-full', 'cat /etc/motd')).stdout, 'whole');
        assert.deepEqual((await machine.read(state)).inputs, await machine.inputs());
      });
    });
  }
});
