import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { closeSessions } from '../../provider/host/pool';
import { connectionTo, hosts } from '../e2e/hosts';
import type { LabHost } from '../lab';

after(closeSessions);

const { HostRuntime } = require('../../provider/dynamic');
const script = (name: string) => readFileSync(join(__dirname, '..', 'e2e', name), 'utf8');
const makePackages = script('host-runtime-packages.sh');
const clearPackages = script('host-runtime-clear.sh');
const hook = '/etc/apt/apt.conf.d/99faults';
const ours =
  '/etc/sysctl.d/60-pulumi-nspawn.conf /etc/modules-load.d/pulumi-nspawn.conf /usr/sbin/policy-rc.d /var/lib/pulumi-nspawn';

type State = Record<string, unknown>;

// What happens when dpkg is about to begin, by a hook of apt's.
const faults: { title: string; done: string; refusal: RegExp }[] = [
  {
    title: 'a disk that is full',
    done: 'fallocate -l $(df --output=avail -B1 / | tail -n 1) /fill; head -c 100M /dev/zero >>/fill || :',
    refusal: /No space left on device/,
  },
  {
    title: 'apt that is killed',
    done: 'kill -9 $(pgrep -x apt-get)',
    refusal: /Killed[\s\S]*could not install rt-daemon/,
  },
  { title: 'dpkg that fails', done: 'exit 1', refusal: /could not install rt-daemon/ },
];

describe('what a host must have, when it cannot be had just now', { concurrency: 2 }, () => {
  for (const [index, release] of ['Debian 12', 'Debian 13'].entries()) {
    describe(`on ${release}`, { concurrency: 1, timeout: 240_000 }, () => {
      let host: LabHost;
      let ttl: string;
      let usual: string;
      const out = async (text: string) => (await host.sh(text, { reject: false })).stdout.trim();
      const sysctl = () => out('cat /proc/sys/net/ipv4/ip_default_ttl');
      const inputs = async (owner: string, more: object): Promise<State> => {
        const checked = await HostRuntime.check(
          {},
          { connection: connectionTo(host), owner, packages: [], ...more },
        );
        assert.deepEqual(checked.failures, []);
        return checked.inputs;
      };
      const status = () => out("dpkg -s rt-daemon | sed -n 's/^Status: //p'");
      before(async () => {
        host = (await hosts())[index] as LabHost;
        usual = await out(`ls -d ${ours} 2>/dev/null`);
        ttl = await sysctl();
        await host.sh(makePackages);
      });
      after(async () => {
        await host.sh(`rm -f ${hook} ${hook}.sh /fill`);
        await host.sh(clearPackages, { reject: false });
        await host.sh(`echo ${ttl} >/proc/sys/net/ipv4/ip_default_ttl`);
      });

      for (const { title, done, refusal } of faults) {
        test(`${title} in the middle of an installation is told, and the next run finishes it`, async () => {
          await host.sh(`cat >${hook}.sh; echo 'DPkg::Pre-Invoke { "sh ${hook}.sh"; };' >${hook}`, {
            input: done,
          });
          const given = await inputs('p/s/rt', { packages: ['rt-daemon'] });
          const error = await HostRuntime.create(given).then(
            () => assert.fail('it was installed'),
            (reason: unknown) => reason,
          );
          await host.sh(`rm -f ${hook} ${hook}.sh /fill`);
          assert.match(error.message, refusal);
          assert.equal(error.id, 'runtime', 'what may be half-made is in the state');
          assert.equal(
            await out('ls /usr/sbin/policy-rc.d /run/pulumi-nspawn/running-before 2>/dev/null'),
            '',
          );

          await HostRuntime.update('runtime', error.properties, given);
          assert.equal(await status(), 'install ok installed');
          assert.equal(
            await out('systemctl is-active rt-daemon; systemctl is-enabled rt-daemon'),
            'inactive\ndisabled',
          );
          assert.equal(await out('dpkg --audit'), '');
          await HostRuntime.delete('runtime', given);
          assert.equal(await out(`ls -d ${ours} 2>/dev/null`), usual);
          await host.run(['dpkg', '--purge', 'rt-daemon']);
        });
      }

      test('of two stacks at once one has the host, and the other is told whose it is', async () => {
        const owners = ['a/one/runtime', 'b/two/runtime'];
        const given = await Promise.all(
          owners.map((owner, nth) => inputs(owner, { sysctls: { 'net.ipv4.ip_default_ttl': 61 + nth } })),
        );
        const results = await Promise.allSettled(given.map((each) => HostRuntime.create(each)));
        const winner = results.findIndex(({ status }) => status === 'fulfilled');
        const loser = results[1 - winner];
        assert.ok(loser?.status === 'rejected', 'both have it');
        assert.match(loser.reason.message, new RegExp(`belongs to ${owners[winner]}`));
        assert.equal('id' in loser.reason, false);
        assert.equal(await sysctl(), String(61 + winner));
        await HostRuntime.delete('runtime', given[1 - winner]);
        assert.equal(await sysctl(), String(61 + winner), "another's delete touches nothing");
        await HostRuntime.delete('runtime', given[winner]);
        assert.equal(await sysctl(), ttl);
        assert.equal(await out(`ls -d ${ours} 2>/dev/null`), usual);
      });
    });
  }
});
