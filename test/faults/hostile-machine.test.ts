import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { closeSessions } from '../../provider/host/pool';
import { hosts } from '../e2e/hosts';
import { inMachine } from '../e2e/life';
import { type Router, routerOn } from './router';
import { changesSince, tracesOf } from './trace';

after(closeSessions);

const name = 'sk-evil';
const tree = `/var/lib/machines/${name}`;
const precious = '/srv/precious';

interface Case {
  title: string;
  /** What whoever is root in the machine does there. */
  done: string;
  /** What the next update says, where it does not make everything right. */
  refusal?: RegExp;
  /** What puts an end to it, on the host, where an update is refused. */
  undone?: string;
}

const cases: Case[] = [
  {
    title: "a file of ours that is a link to the host's",
    done: `ln -sf ${precious}/file /etc/motd`,
  },
  {
    title: "a folder of ours that is a link to the host's",
    done: `mv /etc/sk /etc/.sk; ln -s ${precious} /etc/sk`,
    refusal: /etc\/sk is a symlink in the machine's tree; nothing is read or written through it/,
    undone: `rm ${tree}/etc/sk; mv ${tree}/etc/.sk ${tree}/etc/sk`,
  },
  {
    title: 'a folder of ours that is a link to a folder of links',
    done: `mv /etc/sk /etc/.sk; mkdir /etc/loop; ln -s ../../../../../../..${precious} /etc/loop/a; ln -s loop/a /etc/sk`,
    refusal: /etc\/sk is a symlink/,
    undone: `rm -r ${tree}/etc/sk ${tree}/etc/loop; mv ${tree}/etc/.sk ${tree}/etc/sk`,
  },
  {
    title: 'a file of ours that is a folder',
    done: 'rm /etc/motd; mkdir /etc/motd; touch /etc/motd/x',
    refusal: /etc\/motd is a directory in the machine's tree/,
    undone: `rm -r ${tree}/etc/motd`,
  },
  {
    title: 'a file of ours that is a device',
    done: 'rm /etc/motd; mknod /etc/motd c 1 3 || mkfifo /etc/motd',
  },
  {
    title: 'a file of ours that is a socket',
    done: `rm /etc/motd; python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind("/etc/motd")' || perl -MSocket -e 'socket(S, AF_UNIX, SOCK_STREAM, 0); bind(S, pack_sockaddr_un("/etc/motd"))'`,
  },
  {
    title: 'a file of ours with a second name',
    done: 'ln -f /etc/motd /root/second; echo evil >/root/second',
  },
  { title: 'accounts without end', done: "yes 'x:x:0:0::/:/bin/sh' | head -c 20000000 >>/etc/passwd" },
  {
    title: 'accounts that are a pipe',
    done: 'mv /etc/passwd /etc/.passwd; mkfifo /etc/passwd',
    undone: `mv ${tree}/etc/.passwd ${tree}/etc/passwd`,
  },
  {
    title: "accounts that are the host's",
    done: 'mv /etc/passwd /etc/.passwd; ln -s /etc/shadow /etc/passwd',
    undone: `mv ${tree}/etc/.passwd ${tree}/etc/passwd`,
  },
  { title: 'a host name that is code', done: `printf '%s' '$(touch ${precious}/x)' >/etc/hostname` },
  {
    title: 'an os-release that is code',
    done: `rm -f /etc/os-release; printf 'ID="$(touch ${precious}/x)"\\nVERSION_ID=\`id\`\\n' >/etc/os-release`,
  },
];

describe('a machine whose root is hostile', { concurrency: 2 }, () => {
  for (const [index, release] of ['Debian 12', 'Debian 13'].entries()) {
    describe(`on ${release}`, { concurrency: 1, timeout: 300_000 }, () => {
      let router: Router;
      let empty: string[];
      let kept: string;
      const files = {
        '/etc/motd': { content: 'hello\n' },
        '/etc/sk/file': { content: 'ours\n', owner: 'messagebus' },
      };
      const contents = async () =>
        (
          await router.host.sh(
            `cd ${precious} && find . -printf '%p %M %U %G %l\\n' -type f -exec sha256sum {} +; sha256sum /etc/shadow /etc/passwd`,
          )
        ).stdout;
      before(async () => {
        const host = (await hosts())[index];
        assert.ok(host);
        router = routerOn(host, name, '10.97.0');
        await host.sh(
          `mkdir -p ${precious}/folder; echo precious >${precious}/file; echo precious >${precious}/folder/motd; chmod 600 ${precious}/file`,
        );
        empty = await tracesOf(host);
        await router.up({ HostRootfs: { files } });
        kept = await contents();
      });
      after(async () => {
        await router?.destroy().catch(() => {});
        await router?.host.sh(`rm -rf ${precious}`);
      });

      for (const { title, done, refusal, undone } of cases) {
        test(`${title}: nothing outside its tree is read or written by an update`, async () => {
          const { host } = router;
          await inMachine(host, name, 'sh -c :');
          await host.sh(`nsenter -t "$(machinectl show -p Leader --value ${name})" -a -- sh -s`, {
            input: done,
          });
          const seen = await router.refresh();
          assert.doesNotMatch(JSON.stringify(seen), /precious\\n|root:\*/);
          const update = router.update('HostRootfs', {
            files: { ...files, '/etc/sk/new': { content: title } },
          });
          if (refusal) await assert.rejects(update, refusal);
          else
            await update.catch((error: Error) =>
              assert.match(error.message, /the machine has no passwd entry/),
            );
          assert.equal(await contents(), kept);
          if (undone) await host.sh(undone);
          await router.update('HostRootfs', { files });
          assert.equal(
            (
              await host.sh(`stat -c %F ${tree}/etc/motd; cat ${tree}/etc/motd ${tree}/etc/sk/file`)
            ).stdout.trimEnd(),
            'regular file\nhello\nours',
          );
          assert.equal(await contents(), kept);
        });
      }

      test('deleted, with links, mounts and a deep tree in it, it takes nothing along', async () => {
        const { host } = router;
        await host.sh(`nsenter -t "$(machinectl show -p Leader --value ${name})" -a -- sh -s`, {
          input: `cd /root
            ln -s ${precious} out; ln -s / root; ln -s .. up; ln -s self self; ln -s ${precious}/file file
            mv /var/lib/frr /var/lib/.frr; ln -s ${precious} /var/lib/frr
            touch -- '-rf' '*' 'a b' "$(printf 'new\\nline')"; mkfifo pipe
            deep=; for each in $(seq 300); do deep=$deep/aaaaaaaaaaaaa; done; mkdir -p "/root$deep"
            (for each in $(seq 40); do mkdir -p "$(printf '%0250d' 1)" && cd "$(printf '%0250d' 1)"; done)
            mkdir -p /mnt; mount -t tmpfs none /mnt; mkdir -p /root/ro; chmod 0 /root/ro
            chmod 0 /var /root; mv /etc /.etc && ln -s ${precious} /etc`,
        });
        await router.destroy();
        assert.equal(await contents(), kept);
        assert.deepEqual(await changesSince(host, empty), []);
      });
    });
  }
});

describe('a folder of machines that is a link to another disk', { concurrency: 2 }, () => {
  for (const [index, release] of ['Debian 12', 'Debian 13'].entries()) {
    test(`on ${release} is followed, and what is mounted in a tree is still not deleted`, {
      timeout: 120_000,
    }, async () => {
      const host = (await hosts())[index];
      assert.ok(host);
      const link = 'sk-linked';
      const router = routerOn(host, link, '10.97.1');
      const empty = await tracesOf(host);
      await host.sh(
        `mkdir -p /srv/the\\ disk /srv/precious-mount; echo precious >/srv/precious-mount/file; ln -s "the disk" "/srv/li nk"`,
      );
      try {
        await router.up({ HostRootfs: { path: `/srv/li nk/${link}` } });
        assert.deepEqual(await router.refresh(), {});
        await router.delete('VethPeering');
        await router.delete('Machine');
        await host.sh(
          `mkdir /srv/the\\ disk/${link}/srv; mount --bind /srv/precious-mount /srv/the\\ disk/${link}/srv`,
        );
        await assert.rejects(router.delete('HostRootfs'), /mounted in the rootfs/);
        assert.equal((await host.sh('cat /srv/precious-mount/file')).stdout.trim(), 'precious');
        // The same where an interrupted run had come as far as to move the tree aside.
        await host.sh(
          `umount /srv/the\\ disk/${link}/srv; mkdir -p /srv/the\\ disk/.${link}.partial-1/x; mount --bind /srv/precious-mount /srv/the\\ disk/.${link}.partial-1/x`,
        );
        await router.destroy();
        assert.equal((await host.sh('cat /srv/precious-mount/file')).stdout.trim(), 'precious');
        assert.equal((await host.sh('ls -A /srv/the\\ disk')).stdout.trim(), '');
      } finally {
        await host.sh(
          `umount /srv/the\\ disk/.${link}.partial-1/x /srv/the\\ disk/${link}/srv 2>/dev/null; rm -rf --one-file-system /srv/the\\ disk /srv/li\\ nk /srv/precious-mount`,
        );
        await router.destroy().catch(() => {});
      }
      assert.deepEqual(await changesSince(host, empty), []);
    });
  }
});
