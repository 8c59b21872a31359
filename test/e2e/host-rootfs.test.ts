import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { dynamicProvider } from '../../provider/adapter';
import { hostRootfs } from '../../provider/host-rootfs/resource';
import type { Resource } from '../../provider/resource';
import type { LabHost } from '../lab';
import { connectionTo, hosts } from './hosts';

type Properties = Record<string, unknown>;

const provider = dynamicProvider(hostRootfs as unknown as Resource);

for (const [index, release] of ['bookworm', 'trixie'].entries()) {
  describe(`HostRootfs on ${release}`, { timeout: 900_000 }, () => {
    let host: LabHost;
    const names = new Set<string>();

    before(async () => {
      host = (await hosts())[index] as LabHost;
    });

    after(async () => {
      for (const name of names) await host.sh(wipe, { input: name });
    });

    const checked = async (machineName: string, more: Properties = {}): Promise<Properties> => {
      names.add(machineName);
      const { inputs, failures } = await provider.check(
        {},
        { connection: connectionTo(host), owner: `tests/${release}/${machineName}`, machineName, ...more },
      );
      assert.deepEqual(failures, []);
      return inputs;
    };
    const create = async (machineName: string, more: Properties = {}): Promise<Properties> => {
      const inputs = await checked(machineName, more);
      return (await provider.create(inputs)).outs;
    };
    const update = async (outs: Properties, more: Properties): Promise<Properties> => {
      const name = String(outs.machineName);
      return (await provider.update(name, outs, await checked(name, more))).outs;
    };
    const read = (outs: Properties) => provider.read(String(outs.machineName), outs);
    const remove = (outs: Properties) => provider.delete(String(outs.machineName), outs);
    const say = async (script: string): Promise<string> => (await host.sh(script)).stdout.trimEnd();
    const inside = (name: string, command: string) =>
      say(`nsenter -t "$(machinectl show --property=Leader --value ${name})" -a -- ${command}`);

    test('a tree from the host\'s packages is small, and boots to "running" with FRR up', async () => {
      const outs = await create('fs-boot');
      assert.ok(Number(outs.bytes) < 1_000_000, `${outs.bytes} bytes`);
      assert.equal(outs.path, '/var/lib/machines/fs-boot');
      assert.equal((outs.osRelease as Properties).versionId, release === 'bookworm' ? '12' : '13');
      await host.sh(start, { input: 'fs-boot' });
      assert.equal(await inside('fs-boot', 'systemctl is-system-running --wait'), 'running');
      assert.match(await inside('fs-boot', "vtysh -c 'show version'"), /^FRRouting \d+\.\d+/);
      assert.equal(await inside('fs-boot', 'systemctl is-active frr.service'), 'active');
      assert.equal(await inside('fs-boot', 'hostname'), 'fs-boot');
      const base = await say('stat -c %u /var/lib/machines/fs-boot');
      assert.notEqual(base, '0');

      await assert.rejects(remove(outs), /fs-boot is running .*stop it first/);
      assert.equal(await say('test -d /var/lib/machines/fs-boot/etc && echo there'), 'there');

      // A running machine's files change in place, and belong to whom the machine says.
      const changed = await update(outs, {
        files: {
          '/etc/frr/frr.conf': { content: 'hostname fs-boot\n', owner: 'frr', group: 'frr', mode: '0640' },
          '/etc/deep/er/text': { content: 'ä\n\n' },
        },
        units: { enable: ['systemd-networkd.service'] },
      });
      assert.equal(
        await inside('fs-boot', "stat -c '%U %G %a %s' /etc/frr/frr.conf /etc/deep/er/text"),
        'frr frr 640 17\nroot root 644 4',
      );
      assert.equal(await inside('fs-boot', 'systemctl is-enabled systemd-networkd.service'), 'enabled');
      assert.deepEqual(
        (await read(changed)).inputs,
        await checked('fs-boot', pick(changed, ['files', 'units'])),
      );

      // What somebody changes in the machine shows, property by property.
      await inside(
        'fs-boot',
        "sh -c 'echo evil >>/etc/frr/frr.conf; chmod 600 /etc/frr/frr.conf; rm /etc/deep/er/text; systemctl -q disable systemd-networkd'",
      );
      const seen = (await read(changed)).inputs as Properties;
      assert.deepEqual(seen.files, {
        '/etc/frr/frr.conf': {
          content: 'hostname fs-boot\nevil\n',
          owner: 'frr',
          group: 'frr',
          mode: '0600',
        },
      });
      assert.deepEqual(seen.units, { enable: [] });

      const repaired = await update({ ...changed, ...seen }, pick(changed, ['files', 'units']));
      assert.deepEqual((await read(repaired)).inputs, (await read(changed)).inputs);
      assert.equal(await inside('fs-boot', 'cat /etc/frr/frr.conf'), 'hostname fs-boot');

      // Files that are no longer given become what the package ships, or go.
      await update(repaired, {});
      assert.equal(
        await say(
          'sed -n \'s/^ .etc.frr.frr.conf //p\' /var/lib/dpkg/status | while read -r md5; do [ "$md5" = "$(md5sum </var/lib/machines/fs-boot/etc/frr/frr.conf | cut -c 1-32)" ] && echo same; done',
        ),
        'same',
      );
      assert.equal(
        await say('ls /var/lib/machines/fs-boot/etc/deep/er; ls -A /var/lib/machines | grep partial || :'),
        '',
      );
      await host.sh(stop, { input: 'fs-boot' });
      await remove(outs);
      await remove(outs);
      assert.equal(
        await say('ls -dA /var/lib/machines/*fs-boot* /var/lib/pulumi-nspawn/*/fs-boot 2>/dev/null || :'),
        '',
      );
      assert.equal((await read(outs)).id, '');
    });

    test("nothing of the host's own configuration, accounts and keys gets into a tree", async () => {
      const secret = 's3cret-of-the-host';
      await host.sh(`
        cp -a /etc/frr/frr.conf /etc/frr/daemons /root/
        sed -n 's/^root:\\([^:]*\\):.*/\\1/p' /etc/shadow >/root/root.password
        cp -a /etc/nsswitch.conf /etc/pam.d/common-auth /root/
        echo 'password ${secret}' >>/etc/frr/frr.conf
        echo '# ${secret}' >>/etc/nsswitch.conf
        echo '# ${secret}' >>/etc/pam.d/common-auth
        echo '${secret}' >/etc/frr/another.conf
        rm /etc/frr/daemons
        sed -i 's|^root:[^:]*:|root:$y$j9T$${secret}:|' /etc/shadow`);
      try {
        const outs = await create('fs-secret');
        assert.equal(await say(`grep -rl -e '${secret}' /var/lib/machines/fs-secret || :`), '');
        assert.equal(await say('cut -d: -f2 /var/lib/machines/fs-secret/etc/shadow | sort -u'), '*');
        // What the host has changed or removed comes from its package.
        assert.equal(
          await say(
            'for file in frr.conf daemons; do cmp /root/$file /var/lib/machines/fs-secret/etc/frr/$file && echo same; done',
          ),
          'same\nsame',
        );
        await remove(outs);
      } finally {
        await host.sh(`
          cp -a /root/frr.conf /root/daemons /etc/frr/
          cp -a /root/nsswitch.conf /etc/
          sed -i "s|^root:[^:]*:|root:$(cat /root/root.password):|" /etc/shadow
          cp -a /root/common-auth /etc/pam.d/
          rm -f /etc/frr/another.conf /root/frr.conf /root/daemons /root/root.password /root/nsswitch.conf /root/common-auth`);
      }
    });

    test('a conffile that the host has changed and no package gives is an error that says what to do, or is given', async () => {
      await host.sh(`
        cp -a /etc/frr/vtysh.conf /root/
        echo '! edited' >>/etc/frr/vtysh.conf
        mkdir -p /root/lists /root/stock
        mv /var/cache/pulumi-nspawn/conffiles/* /root/stock/ 2>/dev/null || :
        mv /etc/apt/sources.list /root/ 2>/dev/null || :
        mv /etc/apt/sources.list.d /root/ && mkdir /etc/apt/sources.list.d
        mv /var/lib/apt/lists/* /root/lists/ 2>/dev/null || :`);
      try {
        await assert.rejects(
          create('fs-given'),
          /\/etc\/frr\/vtysh\.conf.*package frr[\s\S]*files\["\/etc\/frr\/vtysh\.conf"\]/,
        );
        assert.equal(
          await say(
            'ls -dA /var/lib/machines/*fs-given* /var/lib/machines/.fs-given* /var/lib/pulumi-nspawn/*/fs-given 2>/dev/null || :',
          ),
          '',
        );
        const outs = await create('fs-given', {
          files: { '/etc/frr/vtysh.conf': { content: 'service integrated-vtysh-config\n' } },
        });
        assert.equal(
          await say('cat /var/lib/machines/fs-given/etc/frr/vtysh.conf'),
          'service integrated-vtysh-config',
        );
        await remove(outs);
      } finally {
        await host.sh(`
          cp -a /root/vtysh.conf /etc/frr/
          rm -rf /etc/apt/sources.list.d
          mv /root/sources.list.d /etc/apt/
          mv /root/sources.list /etc/apt/ 2>/dev/null || :
          mv /root/lists/* /var/lib/apt/lists/ 2>/dev/null || :
          mkdir -p /var/cache/pulumi-nspawn/conffiles
          mv /root/stock/* /var/cache/pulumi-nspawn/conffiles/ 2>/dev/null || :
          rm -rf /root/lists /root/stock /root/vtysh.conf`);
      }
    });

    test('a symlink that a hostile machine plants is not written through, and not read through', async () => {
      const outs = await create('fs-hostile', { files: { '/etc/frr/frr.conf': { content: 'a\n' } } });
      await host.sh(`
        mkdir -p /root/target
        echo untouched >/root/target/frr.conf
        rm -r /var/lib/machines/fs-hostile/etc/frr
        ln -s /root/target /var/lib/machines/fs-hostile/etc/frr`);
      assert.deepEqual(((await read(outs)).inputs as Properties).files, {});
      await assert.rejects(
        update(outs, { files: { '/etc/frr/frr.conf': { content: 'b\n' } } }),
        /etc\/frr is a symlink in the machine's tree/,
      );
      await host.sh('rm /var/lib/machines/fs-hostile/etc/frr; mkdir /var/lib/machines/fs-hostile/etc/frr');
      await host.sh('ln -s /root/target/frr.conf /var/lib/machines/fs-hostile/etc/frr/frr.conf');
      assert.match(JSON.stringify((await read(outs)).inputs), /"content":"\(a symbolic link\)"/);
      await update(outs, { files: { '/etc/frr/frr.conf': { content: 'b\n' } } });
      assert.equal(
        await say('cat /root/target/frr.conf /var/lib/machines/fs-hostile/etc/frr/frr.conf'),
        'untouched\nb',
      );
      await host.sh(
        'ln -s /root /var/lib/machines/fs-hostile/root/up; ln -s / /var/lib/machines/fs-hostile/slash',
      );
      await remove(outs);
      assert.equal(await say('cat /root/target/frr.conf; rm -r /root/target'), 'untouched');
    });

    test('while a machine swaps a folder for a symlink again and again, nothing is written outside its tree', async () => {
      const outs = await create('fs-race', { files: { '/etc/race/file': { content: '0\n' } } });
      await host.sh(`
        mkdir -p /root/outside
        cat >/root/race.sh <<'END'
        cd /var/lib/machines/fs-race/etc
        touch /root/racing
        echo $$ >/root/race.pid
        while [ -e /root/racing ]; do
          mv -T race kept 2>/dev/null && ln -s /root/outside race; rm -f race; mv -T kept race 2>/dev/null
        done
END
        setsid sh /root/race.sh >/dev/null 2>&1 &`);
      let written = 0;
      try {
        for (let round = 1; round <= 25; round += 1) {
          await update(outs, { files: { '/etc/race/file': { content: `${round}\n` } } }).then(
            () => {
              written += 1;
            },
            () => {},
          );
        }
      } finally {
        await host.sh('rm -f /root/racing');
      }
      assert.equal(await say('ls -A /root/outside'), '');
      assert.ok(written <= 25);
      await say('tail -f /dev/null --pid="$(cat /root/race.pid)"; rm -rf /root/outside /root/race.*');
      await remove(outs);
    });

    test('a tree elsewhere has a link where machined looks, and goes with it', async () => {
      const outs = await create('fs-else', { path: '/srv/fs/else' });
      assert.equal(
        await say('readlink /var/lib/machines/fs-else; test -d /srv/fs/else/etc && echo there'),
        '/srv/fs/else\nthere',
      );
      await host.sh('rm /var/lib/machines/fs-else');
      await update(outs, { path: '/srv/fs/else', hostname: 'other' });
      assert.equal(
        await say('readlink /var/lib/machines/fs-else; cat /srv/fs/else/etc/hostname'),
        '/srv/fs/else\nother',
      );
      await remove(outs);
      // Its folder, too, which was made for it.
      assert.equal(await say('ls -d /srv/fs /var/lib/machines/fs-else 2>/dev/null || :'), '');
    });

    test("what is there already is left alone, unless it is to be taken over; another stack's is too", async () => {
      const outs = await create('fs-mine');
      await host.sh(
        'rm /var/lib/pulumi-nspawn/rootfs/fs-mine; echo kept >/var/lib/machines/fs-mine/etc/motd',
      );
      await assert.rejects(create('fs-mine'), /not managed by Pulumi\. Set adopt: true/);
      const adopted = await create('fs-mine', { adopt: true, hostname: 'taken' });
      assert.equal(
        await say('cat /var/lib/machines/fs-mine/etc/motd /var/lib/machines/fs-mine/etc/hostname'),
        'kept\ntaken',
      );
      const theirs = { ...(await checked('fs-mine')), owner: 'tests/other/fs-mine' };
      await assert.rejects(provider.create(theirs), /belongs to tests\//);
      await provider.delete('fs-mine', theirs);
      assert.equal(await say('test -d /var/lib/machines/fs-mine/etc && echo there'), 'there');
      await remove({ ...outs, ...adopted });
    });

    test('a package that is added brings its files and accounts into the running tree', async () => {
      const outs = await create('fs-more', { packages: ['dbus', 'libpam-systemd', 'libnss-systemd'] });
      assert.equal(await say('ls -d /var/lib/machines/fs-more/etc/frr 2>/dev/null || :'), '');
      await host.sh(
        "sed -i '/^frr/d' /var/lib/machines/fs-more/etc/passwd; chown -R --no-dereference 65536:65536 /var/lib/machines/fs-more",
      );
      const more = await update(outs, {});
      assert.equal(
        await say(
          "cd /var/lib/machines/fs-more/etc; stat -c '%U %a' frr/daemons >/dev/null; grep -c ^frr: passwd; readlink systemd/system/multi-user.target.wants/frr.service; test -s frr/daemons && echo full; find .. -uid 0 -o -gid 0",
        ),
        '1\n/usr/lib/systemd/system/frr.service\nfull',
      );
      assert.equal((more.packageVersions as Properties).frr !== undefined, true);
      await remove(more);
    });

    test('a run that is cut off leaves nothing that the next one does not clean, mounts included', async () => {
      await host.sh(`
        mkdir -p /var/lib/machines/.fs-cut.partial-123/proc /root/precious
        touch /root/precious/file
        mount --bind /root/precious /var/lib/machines/.fs-cut.partial-123/proc
        ln -s /root/precious /var/lib/machines/.fs-cut.partial-123/link`);
      const outs = await create('fs-cut');
      assert.equal(
        await say(
          'ls -A /root/precious; ls -dA /var/lib/machines/.fs-cut* 2>/dev/null || :; rm -r /root/precious',
        ),
        'file',
      );
      await host.sh(
        'mkdir -p /root/busy && mount --bind /root/busy /var/lib/machines/fs-cut/srv 2>/dev/null || { mkdir /var/lib/machines/fs-cut/srv; mount --bind /root/busy /var/lib/machines/fs-cut/srv; }',
      );
      await assert.rejects(remove(outs), /mounted in the rootfs/);
      await host.sh('umount /var/lib/machines/fs-cut/srv; rmdir /root/busy');
      await remove(outs);
    });

    test("what the host's other packages would start through its /usr does not start in a machine", async () => {
      await host.sh(`
        cd /usr/lib/systemd
        printf '[Service]\\nExecStart=/bin/false\\n' >system/fs-foreign.service
        ln -s ../fs-foreign.service system/multi-user.target.wants/
        printf '#!/bin/sh\\n' >system-generators/fs-foreign-generator
        chmod 755 system-generators/fs-foreign-generator`);
      try {
        const outs = await create('fs-mask', {
          units: { mask: ['systemd-logind.service'], disable: ['frr.service'] },
        });
        assert.equal(
          await say(`
            cd /var/lib/machines/fs-mask/etc/systemd
            readlink system/fs-foreign.service system-generators/fs-foreign-generator system/systemd-logind.service
            ls -A system/multi-user.target.wants
            ls -A system-generators system | grep -x -e systemd-getty-generator -e dbus.service || :`),
          '/dev/null\n/dev/null\n/dev/null',
        );
        await remove(outs);
      } finally {
        await host.sh(
          'cd /usr/lib/systemd; rm system/fs-foreign.service system/multi-user.target.wants/fs-foreign.service system-generators/fs-foreign-generator',
        );
      }
    });

    test("a tree from the archive, stripped as in the article, boots on the host's /usr too", async () => {
      const outs = await create('fs-archive', { bootstrap: { method: 'debootstrap', variant: 'minbase' } });
      assert.ok(Number(outs.bytes) < 60_000_000, `${outs.bytes} bytes`);
      assert.equal(
        await say('ls -A /var/lib/machines/fs-archive/usr'),
        'bin\nlib\nlib64\nlibexec\nlocal\nsbin',
      );
      assert.equal(
        await say(
          'cut -d: -f1,3 /etc/passwd | sort >/root/a; cut -d: -f1,3 /var/lib/machines/fs-archive/etc/passwd | sort >/root/b; comm -13 /root/a /root/b; rm /root/a /root/b',
        ),
        '',
      );
      await host.sh(start, { input: 'fs-archive' });
      assert.equal(await inside('fs-archive', 'systemctl is-system-running --wait'), 'running');
      assert.equal(await inside('fs-archive', 'systemctl is-active frr.service'), 'active');
      assert.equal(
        await inside('fs-archive', "stat -c '%U %G' /etc/frr /etc/shadow"),
        'frr frr\nroot shadow',
      );
      await host.sh(stop, { input: 'fs-archive' });
      await remove(outs);
    });

    test('what the host lacks is told at once, before anything is made', async () => {
      await assert.rejects(
        create('fs-lack', { packages: ['frr', 'no-such-package', 'nor-this-one'] }),
        /apt-get install no-such-package nor-this-one/,
      );
      await assert.rejects(
        create('fs-lack', { bootstrap: { method: 'debootstrap', suite: 'buster' } }),
        /bootstrap\.suite is buster and the host.* is (bookworm|trixie)/,
      );
      await assert.rejects(
        create('fs-lack', { units: { enable: ['no-such.service'] } }),
        /no unit no-such\.service/,
      );
      assert.equal(
        await say('ls -dA /var/lib/machines/*fs-lack* /var/lib/pulumi-nspawn/*/fs-lack 2>/dev/null || :'),
        '',
      );
    });
  });
}

const start = `
  read -r name
  mkdir -p /etc/systemd/nspawn "/etc/systemd/system/systemd-nspawn@$name.service.d"
  printf '%s\\n' '[Exec]' Boot=yes 'Capability=CAP_NET_ADMIN CAP_NET_RAW' PrivateUsers=pick NotifyReady=yes "Hostname=$name" \\
    '[Files]' BindReadOnly=/usr:/usr:idmap BindReadOnly=/etc/alternatives:/etc/alternatives:idmap \\
    '[Network]' Private=yes VirtualEthernet=yes >"/etc/systemd/nspawn/$name.nspawn"
  printf '[Service]\\nEnvironment=SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1\\n' >"/etc/systemd/system/systemd-nspawn@$name.service.d/test.conf"
  systemctl daemon-reload
  systemctl start "systemd-nspawn@$name"`;

const stop = `
  read -r name
  systemctl stop "systemd-nspawn@$name"
  rm -rf "/etc/systemd/nspawn/$name.nspawn" "/etc/systemd/system/systemd-nspawn@$name.service.d"
  systemctl daemon-reload`;

// After a test that failed half-way.
const wipe = `
  read -r name
  systemctl stop "systemd-nspawn@$name"
  rm -rf "/etc/systemd/nspawn/$name.nspawn" "/etc/systemd/system/systemd-nspawn@$name.service.d" \\
    "/var/lib/machines/$name" "/var/lib/machines/.$name.partial-"* /var/lib/pulumi-nspawn/*/"$name" "/var/lib/machines/.#$name.lck"
  rmdir /var/lib/pulumi-nspawn/* /var/lib/pulumi-nspawn 2>/dev/null || :`;

const pick = (properties: Properties, names: string[]): Properties =>
  Object.fromEntries(Object.entries(properties).filter(([name]) => names.includes(name)));
