import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { LabHost } from '../lab';
import { waitUntil } from '../lab/wait';
import { hosts } from './hosts';
import { established, inMachine, leaderOf } from './life';
import { type LinkState, provider } from './link';

const daemons = 'bgpd=yes\nvtysh_enable=yes\nzebra_options="-A 127.0.0.1"\nbgpd_options="-A 127.0.0.1"\n';
const bgp = (local: number, remote: number, neighbour: string) => `router bgp ${local}
 no bgp ebgp-requires-policy
 neighbor ${neighbour} remote-as ${remote}
 neighbor ${neighbour} timers connect 1
`;
const frr = (config: string) => ({
  '/etc/frr/daemons': { content: daemons, mode: '0640', owner: 'frr', group: 'frr' },
  '/etc/frr/frr.conf': { content: config, mode: '0640', owner: 'frr', group: 'frr' },
});
const ownInit = `#!/bin/sh
trap 'echo goodbye; exit 0' TERM
echo hello from $0
systemd-notify --ready --pid=1
sleep infinity & wait $!
`;

for (const [index, release] of ['Debian 12', 'Debian 13'].entries()) {
  describe(`a machine without systemd on ${release}`, { concurrency: 1, timeout: 300_000 }, () => {
    const made: { kind: string; name: string; state: LinkState }[] = [];
    let host: LabHost;

    const common = (name: string, more: object) => ({ owner: `p/s/${name}`, machineName: name, ...more });
    const put = async (kind: string, name: string, more: object = {}) => {
      const operations = provider(kind, host);
      const known = made.find((each) => each.kind === kind && each.name === name);
      const inputs = common(name, more);
      const state = known ? await operations.update(known.state, inputs) : await operations.create(inputs);
      if (known) known.state = state;
      else made.push({ kind, name, state });
      return state.outs;
    };
    const drift = async (kind: string, name: string) => {
      const known = made.find((each) => each.kind === kind && each.name === name);
      return (await provider(kind, host).read(known?.state as LinkState))?.drift;
    };
    const say = async (script: string) => (await host.sh(script)).stdout.trimEnd();
    const journal = (name: string) => say(`journalctl --output=cat -u systemd-nspawn@${name}`);
    const unit = (name: string) => `systemd-nspawn@${name}.service`;

    before(async () => {
      host = (await hosts())[index] as LabHost;
      await put('HostRootfs', 'sk-small', {
        bootstrap: { method: 'skeleton' },
        files: frr(bgp(65001, 65002, '10.99.1.1')),
      });
      await put('NspawnConfig', 'sk-small', { init: 'tini' });
      await put('Machine', 'sk-small');
      await put('HostRootfs', 'sk-full', { files: frr(bgp(65002, 65001, '10.99.1.0')) });
      await put('NspawnConfig', 'sk-full');
      await put('Machine', 'sk-full');
    });
    after(async () => {
      for (const { kind, state } of made.reverse()) await provider(kind, host).delete(state);
    });

    test('create starts it with FRR under tini, and a shell in it can be had', async () => {
      const processes = (await inMachine(host, 'sk-small', 'ps -eo comm=')).stdout.split('\n');
      assert.equal(processes[0], 'tini');
      for (const daemon of ['watchfrr', 'zebra', 'bgpd', 'staticd'])
        assert.ok(processes.includes(daemon), daemon);
      assert.ok(!processes.includes('systemd'));
      const command = 'nsenter -at "$(machinectl show -p Leader --value sk-small)" sh -c';
      assert.equal(
        await say(`${command} 'hostname; id -un; stat -c %U /etc/frr/frr.conf /usr'`),
        'sk-small\nroot\nfrr\nroot',
      );
      assert.notEqual(await say(`ps -o uid= -p ${await leaderOf(host, 'sk-small')}`), '0');
    });

    test('a link carries BGP between it and a machine with systemd, and comes back with a restart', async () => {
      await put('VethPeering', 'sk-link', {
        machineName: undefined,
        a: { machineName: 'sk-small', interface: 'eth1', addresses: ['10.99.1.0/31'] },
        b: { machineName: 'sk-full', interface: 'eth1', addresses: ['10.99.1.1/31'] },
      });
      await established(host, 'sk-small', '10.99.1.1');
      await host.run(['systemctl', 'restart', unit('sk-small')]);
      await established(host, 'sk-small', '10.99.1.1');
    });

    test("its daemons' lines are in the host's journal, those of their end among them", async () => {
      await host.run(['systemctl', 'stop', unit('sk-small')]);
      const lines = await journal('sk-small');
      assert.match(lines, /BGP: .*bgpd .* starting/);
      assert.match(lines, /Zebra final shutdown/);
      assert.equal(await say(`systemctl show -P Result ${unit('sk-small')}`), 'success');
    });

    test('what it writes is gone with a restart, and what it was given is there', async () => {
      await put('Machine', 'sk-small');
      await inMachine(host, 'sk-small', 'mkdir -p /etc/never');
      await inMachine(host, 'sk-small', 'rm /etc/frr/frr.conf');
      assert.deepEqual(await drift('HostRootfs', 'sk-small'), {});
      await host.run(['systemctl', 'restart', unit('sk-small')]);
      const { stdout } = await inMachine(host, 'sk-small', 'sh -c "ls -d /etc/never /etc/frr/frr.conf"');
      assert.equal(stdout.trim(), '/etc/frr/frr.conf');
    });

    test('it takes less disk and memory than a machine with systemd', async () => {
      const [small, full] = ['sk-small', 'sk-full'].map(
        (name) => made.find((each) => each.name === name)?.state.outs,
      );
      assert.ok(small.bytes < full.bytes / 2, `${small.bytes} and ${full.bytes} bytes`);
      const pss = async (name: string) =>
        Number(
          await say(
            `cat $(sed 's|.*|/proc/&/smaps_rollup|' $(find /sys/fs/cgroup/machine.slice/${unit(name)}/payload -name cgroup.procs)) | awk '/^Pss:/ { sum += $2 } END { print sum }'`,
          ),
        );
      const [smallPss, fullPss] = [await pss('sk-small'), await pss('sk-full')];
      console.log(
        `${release}: ${small.bytes} bytes and ${smallPss} kB PSS; with systemd ${full.bytes} bytes and ${fullPss} kB`,
      );
      assert.ok(smallPss < fullPss, `${smallPss} and ${fullPss} kB`);
    });

    test('watchfrr that ends is the end of the machine, which the next update starts again', async () => {
      await inMachine(host, 'sk-small', "sh -c 'kill -9 $(cat /run/frr/watchfrr.pid)'");
      await waitUntil(
        'the machine has failed',
        20,
        async () => (await say(`systemctl show -P ActiveState ${unit('sk-small')}`)) === 'failed',
      );
      assert.deepEqual(await drift('Machine', 'sk-small'), {
        running: false,
        state: 'failed',
        drift: ['its unit failed (exit-code)'],
      });
      await put('Machine', 'sk-small');
      assert.deepEqual(await drift('Machine', 'sk-small'), {});
    });

    test('an init script of its own is drift where it was changed, and is put back in place', async () => {
      await put('HostRootfs', 'sk-own', { bootstrap: { method: 'skeleton', init: ownInit } });
      await put('NspawnConfig', 'sk-own', { init: 'tini' });
      await put('Machine', 'sk-own');
      await host.sh('echo "# by hand" >>/var/lib/machines/sk-own/init.sh');
      assert.deepEqual(await drift('HostRootfs', 'sk-own'), {
        bootstrap: { method: 'skeleton', init: `${ownInit}# by hand\n` },
      });
      await put('HostRootfs', 'sk-own', { bootstrap: { method: 'skeleton', init: ownInit } });
      assert.deepEqual(await drift('HostRootfs', 'sk-own'), {});
      await put('Machine', 'sk-own', { running: false });
      assert.match(await journal('sk-own'), /hello from \/init\.sh.*goodbye/s);
    });

    test('an init script that ends is an error with what it printed, and the next run repairs', async () => {
      await put('HostRootfs', 'sk-own', {
        bootstrap: { method: 'skeleton', init: '#!/bin/sh\necho cannot go on\nexit 7\n' },
      });
      await assert.rejects(put('Machine', 'sk-own'), /sk-own on .*start the machine.*cannot go on/s);
      await put('HostRootfs', 'sk-own', { bootstrap: { method: 'skeleton', init: ownInit } });
      await put('Machine', 'sk-own');
    });

    test('a host without tini or FRR is told so at once, and stays as it is', async () => {
      await host.sh('mount --bind /dev/null /usr/bin/tini && mount --bind /dev/null /usr/lib/frr/frrinit.sh');
      try {
        await assert.rejects(
          put('HostRootfs', 'sk-none', { bootstrap: { method: 'skeleton' } }),
          /\/usr\/bin\/tini, .* install the package tini.*FRR, .* install the package frr/s,
        );
      } finally {
        await host.sh('umount /usr/bin/tini /usr/lib/frr/frrinit.sh');
      }
      assert.equal(
        await say('ls -d /var/lib/machines/*sk-none* /var/lib/pulumi-nspawn/*/sk-none 2>/dev/null || :'),
        '',
      );
    });

    test('a host without a package database can have it, too', async () => {
      await host.sh('for each in /var/lib/dpkg /usr/share/base-passwd; do mount -t tmpfs none $each; done');
      try {
        await put('HostRootfs', 'sk-none', { bootstrap: { method: 'skeleton' } });
      } finally {
        await host.sh('umount /var/lib/dpkg /usr/share/base-passwd');
      }
      const tree = '/var/lib/machines/sk-none/etc';
      assert.equal(await say(`grep -c '^frr:' ${tree}/passwd; cut -d: -f2 ${tree}/shadow | sort -u`), '1\n*');
    });
  });
}
