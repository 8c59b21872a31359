import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { closeSessions } from '../../provider/host/pool';
import { hosts } from '../e2e/hosts';
import type { LabHost } from '../lab';
import { waitUntil } from '../lab/wait';
import { type Router, routerOn } from './router';
import { changesSince, tracesOf } from './trace';

after(closeSessions);

const name = 'sk-refuse';
const unit = `systemd-nspawn@${name}`;
const tree = `/var/lib/machines/${name}`;

type Kind = Parameters<Router['update']>[0];

interface Case {
  title: string;
  /** What is done to the host, and what takes it back. */
  done: string;
  undone: string;
  act: (router: Router) => Promise<unknown>;
  refusal: RegExp;
}

const update =
  (kind: Kind, more: object = {}) =>
  (router: Router) =>
    router.update(kind, more);
const motd = { files: { '/etc/motd': { content: 'other\n' } } };

// A command is taken away as a package that is not installed takes it.
const without = (command: string) => ({
  done: `for each in /usr/bin /usr/sbin; do if [ -e "$each/${command}" ]; then mv "$each/${command}" "$each/.${command}.away"; fi; done`,
  undone: `for each in /usr/bin /usr/sbin; do if [ -e "$each/.${command}.away" ]; then mv "$each/.${command}.away" "$each/${command}"; fi; done`,
});
// One of ours comes first in PATH.
const instead = (command: string, text: string) => ({
  done: `printf '#!/bin/sh\\n%s\\n' '${text}' >/usr/local/sbin/${command}; chmod 755 /usr/local/sbin/${command}`,
  undone: `rm -f /usr/local/sbin/${command}`,
});

const cases: Case[] = [
  {
    title: 'a host without machinectl',
    ...without('machinectl'),
    act: update('Machine'),
    refusal: /machinectl is missing: install the package systemd-container/,
  },
  {
    title: 'a host without systemd-nspawn',
    ...without('systemd-nspawn'),
    act: update('NspawnConfig', { exec: { hostname: 'x' } }),
    refusal: /systemd-nspawn is missing: install the package systemd-container/,
  },
  {
    title: 'a host without ip',
    ...without('ip'),
    act: update('VethPeering', { mtu: 1400 }),
    refusal: /install the package iproute2/,
  },
  {
    title: 'a host without flock',
    ...without('flock'),
    act: update('HostRootfs', motd),
    refusal: /flock is missing: install the package util-linux/,
  },
  {
    title: 'a host with an old systemd',
    ...instead(
      'systemctl',
      'case $1 in --version) echo "systemd 232 (232-25)" ;; *) exec /usr/bin/systemctl "$@" ;; esac',
    ),
    act: update('NspawnConfig', { exec: { hostname: 'x' } }),
    refusal: /this host has systemd 232:[\s\S]*needs systemd 2[45]\d/,
  },
  {
    title: 'a unit that somebody has masked',
    done: `systemctl stop ${unit}; systemctl mask --runtime ${unit}`,
    undone: `systemctl unmask --runtime ${unit}; systemctl start ${unit}`,
    act: update('Machine'),
    refusal: /is masked.*systemctl unmask/s,
  },
  {
    title: 'a host whose inotify instances are used up',
    done: `systemctl stop ${unit}; mkdir -p /run/systemd/system/${unit}.service.d
      printf '[Service]\\nExecStartPre=sh -c "echo Failed to create control group inotify object: Too many open files; exit 1"\\n' >/run/systemd/system/${unit}.service.d/full.conf
      systemctl daemon-reload`,
    undone: `rm -r /run/systemd/system/${unit}.service.d; systemctl daemon-reload; systemctl reset-failed ${unit}; systemctl start ${unit}`,
    act: update('Machine'),
    refusal: /raise fs\.inotify\.max_user_instances \(now \d+\)/,
  },
  {
    title: 'a file in the place of /etc/systemd/nspawn',
    done: 'mv /etc/systemd/nspawn /etc/systemd/nspawn.away; : >/etc/systemd/nspawn',
    undone: 'rm /etc/systemd/nspawn; mv /etc/systemd/nspawn.away /etc/systemd/nspawn',
    act: update('NspawnConfig', { exec: { hostname: 'x' } }),
    refusal: /\/etc\/systemd\/nspawn/,
  },
  {
    title: 'a file in the place of a machine’s tree',
    done: `mv ${tree} ${tree}.away; : >${tree}`,
    undone: `rm ${tree}; mv ${tree}.away ${tree}`,
    act: update('HostRootfs', motd),
    refusal: /is no rootfs/,
  },
  {
    title: 'a symlink to / in the place of a machine’s tree',
    done: `cp /etc/motd /root/motd; mv ${tree} ${tree}.away; ln -s / ${tree}`,
    undone: `cmp /etc/motd /root/motd && rm ${tree} && mv ${tree}.away ${tree}`,
    act: update('HostRootfs', motd),
    refusal: /is no rootfs|is a symlink/,
  },
  {
    title: 'a symlink out of the tree in the place of its /etc',
    done: `cp /etc/motd /root/motd; mv ${tree}/etc ${tree}/etc.away; ln -s /etc ${tree}/etc`,
    undone: `cmp /etc/motd /root/motd && rm ${tree}/etc && mv ${tree}/etc.away ${tree}/etc`,
    act: update('HostRootfs', motd),
    refusal: /is a symlink in the machine's tree/,
  },
  {
    title: 'a named pipe in the place of a file, which nobody ever writes to',
    done: `mv ${tree}/etc/hosts ${tree}/etc/hosts.away; mkfifo ${tree}/etc/hosts`,
    undone: `rm ${tree}/etc/hosts; mv ${tree}/etc/hosts.away ${tree}/etc/hosts`,
    act: async (router) => {
      await router.update('HostRootfs', { hostname: 'other' });
      await router.update('HostRootfs');
      throw new Error('it did not hang');
    },
    refusal: /it did not hang/,
  },
  {
    title: 'a file that is immutable',
    done: `perl -e '$flags = pack("L!", 0x10); open(F, "<", "${tree}/etc/motd"); ioctl(F, 0x40086602, $flags) or die $!'`,
    undone: `perl -e '$flags = pack("L!", 0); open(F, "<", "${tree}/etc/motd"); ioctl(F, 0x40086602, $flags) or die $!'`,
    act: update('HostRootfs', motd),
    refusal: /Operation not permitted[\s\S]*cannot write .*motd/,
  },
  {
    title: 'a rootfs of a machine that runs, which is to be deleted',
    done: ':',
    undone: ':',
    act: (router) => router.delete('HostRootfs'),
    refusal: /is running .*stop it first: machinectl poweroff/,
  },
  {
    title: 'a rootfs that another stack has taken over',
    done: `echo other/stack/x >/var/lib/pulumi-nspawn/rootfs/${name}`,
    undone: `echo p/s/${name} >/var/lib/pulumi-nspawn/rootfs/${name}`,
    act: update('HostRootfs', motd),
    refusal: /belongs to other\/stack\/x/,
  },
  {
    title: 'records that somebody has removed',
    done: 'mv /var/lib/pulumi-nspawn /var/lib/pulumi-nspawn.away',
    undone: 'rm -rf /var/lib/pulumi-nspawn; mv /var/lib/pulumi-nspawn.away /var/lib/pulumi-nspawn',
    act: update('NspawnConfig', { exec: { hostname: 'x' } }),
    refusal: /is not managed by Pulumi. Set adopt: true/,
  },
];

describe('a host that cannot do it says so, and what to do', { concurrency: 2 }, () => {
  for (const [index, release] of ['Debian 12', 'Debian 13'].entries()) {
    describe(`on ${release}`, { concurrency: 1 }, () => {
      let host: LabHost;
      let router: Router;
      let empty: string[];
      let whole: string[];
      before(async () => {
        host = (await hosts())[index] as LabHost;
        router = routerOn(host, name, '10.93.0');
        empty = await tracesOf(host);
        await router.up();
        whole = await tracesOf(host);
      });
      after(() => router?.destroy().catch(() => {}));

      for (const { title, done, undone, act, refusal } of cases) {
        test(title, { timeout: 60_000 }, async () => {
          await host.sh(done);
          try {
            await assert.rejects(act(router), refusal);
          } finally {
            await host.sh(undone);
          }
          await waitUntil(
            'the host is as it was',
            20,
            async () => (await changesSince(host, whole)).length === 0,
          );
          assert.deepEqual(await router.refresh(), {}, 'nothing was lost by it');
        });
      }

      test('deleted in the end, nothing of it is left', async () => {
        await router.destroy();
        assert.deepEqual(await changesSince(host, empty), []);
      });
    });
  }
});
