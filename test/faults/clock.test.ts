import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { closeSessions } from '../../provider/host/pool';
import { hosts } from '../e2e/hosts';
import { inMachine } from '../e2e/life';
import { reaches } from '../e2e/link';
import { type HostStack, putRouter, stackOn, vtysh } from '../e2e/routers';
import type { LabHost } from '../lab';
import { changesSince, tracesOf } from './trace';

after(closeSessions);

const name = 'sk-clock';

/*
 * A test host has the clock of the machine that it runs on, which must not be set. So what asks for the time is given
 * another one: `date` jumps by hours and years at each call, forth and back, and files are of 1970 and of 2100.
 */
const jumping = `#!/bin/sh
read -r count 2>/dev/null </run/clock-count || count=0
echo $((count + 1)) >/run/clock-count
case $((count % 4)) in
  0) set -- --date=@0 "$@" ;;
  1) set -- --date=@4102444800 "$@" ;;
  2) set -- --date=@86400 "$@" ;;
  3) set -- --date=@2000000000 "$@" ;;
esac
exec /usr/bin/date "$@"
`;

describe('a clock that jumps', { concurrency: 2 }, () => {
  for (const [index, release] of ['Debian 12', 'Debian 13'].entries()) {
    describe(`on ${release}`, { concurrency: 1, timeout: 240_000 }, () => {
      let host: LabHost;
      let stack: HostStack;
      let empty: string[];
      before(async () => {
        host = (await hosts())[index] as LabHost;
        empty = await tracesOf(host);
        stack = stackOn(host);
        await host.sh('cat >/usr/local/sbin/date; chmod 755 /usr/local/sbin/date', { input: jumping });
      });
      after(async () => {
        await stack?.clear().catch(() => {});
        await host?.sh('rm -f /usr/local/sbin/date /run/clock-count');
      });
      const config = (asn: number) => ({
        config: `router bgp ${asn}\nexit\n`,
        verify: { established: [] as string[], stableSeconds: 1, timeoutSeconds: 3 },
      });

      test('ends no wait too early, and none too late', async () => {
        await putRouter(stack, name, { config: config(65001) });
        await stack.put('Machine', name, {
          waitFor: { command: ['sh', '-c', 'sleep 1; exit 0'], timeoutSeconds: 30 },
        });
        const before = performance.now();
        await assert.rejects(
          stack.put('Machine', name, { waitFor: { command: ['false'], timeoutSeconds: 2 } }),
          /has not succeeded within 2 s/,
        );
        const took = (performance.now() - before) / 1000;
        assert.ok(took >= 1 && took < 60, `${took} s`);
        await stack.put('FrrConfig', name, config(65002));
        assert.match(await vtysh(host, name, 'show running-config'), /router bgp 65002/);
      });

      test('a change that is not verified is taken back in its time', async () => {
        await assert.rejects(
          stack.put('FrrConfig', name, {
            ...config(65003),
            verify: { established: ['10.9.9.9'], timeoutSeconds: 1 },
          }),
          /after 1 s these sessions.*10\.9\.9\.9.*old configuration is in force again/s,
        );
        assert.match(await vtysh(host, name, 'show running-config'), /router bgp 65002/);
        await stack.put('FrrConfig', name, config(65002));
      });

      test('what the host does by itself it does by a clock that nobody sets', async () => {
        // The timer of a change is gone once it is confirmed: it is seen while systemd-run makes it.
        await host.sh(
          `printf '#!/bin/sh\\n/usr/bin/systemd-run "$@"; code=$?; systemctl show "pulumi-nspawn-frr-${name}.timer" -p TimersMonotonic -p TimersCalendar >/run/clock-timer; exit $code\\n' >/usr/local/sbin/systemd-run; chmod 755 /usr/local/sbin/systemd-run`,
        );
        try {
          await stack.put('FrrConfig', name, config(65004));
          const { stdout } = await host.sh('cat /run/clock-timer');
          assert.match(stdout, /TimersMonotonic=\{ OnActiveUSec=/);
          assert.doesNotMatch(stdout, /TimersCalendar=\{/);
        } finally {
          await host.sh('rm -f /usr/local/sbin/systemd-run /run/clock-timer');
        }
      });

      test('files of 1970 and of 2100 are no drift, and what differs in them is repaired', async () => {
        const files = { '/etc/motd': { content: 'one\n' } };
        await stack.put('HostRootfs', name, { files });
        await stack.put('VethPeering', 'clock', {
          a: { interface: 'sk-clock', addresses: ['10.98.0.0/31'] },
          b: { machineName: name, interface: 'eth1', addresses: ['10.98.0.1/31'] },
        });
        for (const year of [1970, 2100]) {
          await host.sh(
            `find /var/lib/pulumi-nspawn /var/lib/machines/${name}/etc /etc/systemd/nspawn /etc/systemd/system/systemd-nspawn@${name}.service.d /etc/systemd/system/pulumi-nspawn* -exec touch -h -d ${year}-06-01T00:00Z {} +`,
          );
          for (const kind of ['HostRootfs', 'NspawnConfig', 'Machine', 'FrrConfig']) {
            assert.deepEqual(await stack.drift(kind, name), {}, `${kind} ${year}`);
          }
          assert.deepEqual(await stack.drift('VethPeering', 'clock'), {}, String(year));
          await host.sh(
            `echo other >/var/lib/machines/${name}/etc/motd; touch -d ${year}-06-01T00:00Z /var/lib/machines/${name}/etc/motd`,
          );
          assert.notDeepEqual(await stack.drift('HostRootfs', name), {});
          await stack.put('HostRootfs', name, { files });
          await stack.put('NspawnConfig', name, { service: { cpuQuota: `${year === 1970 ? 40 : 50}%` } });
          assert.deepEqual(await stack.drift('HostRootfs', name), {});
          assert.ok(await reaches(host, name, '10.98.0.0'));
        }
        assert.equal((await inMachine(host, name, 'systemctl is-system-running')).stdout.trim(), 'running');
      });

      test('deleted, it leaves nothing, and it did ask for the time', async () => {
        await stack.clear();
        assert.deepEqual(await changesSince(host, empty), []);
        await host.sh('date >/dev/null; test -s /run/clock-count');
      });
    });
  }
});
