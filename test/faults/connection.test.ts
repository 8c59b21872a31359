import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { check, withDefaults } from '../../provider/check';
import { frrConfig } from '../../provider/frr-config/resource';
import { createSession, type HostSession } from '../../provider/host/session';
import { hostRootfs } from '../../provider/host-rootfs/resource';
import { hostRuntime } from '../../provider/host-runtime/resource';
import { machine } from '../../provider/machine/resource';
import { nspawnConfig } from '../../provider/nspawn-config/resource';
import type { Resource } from '../../provider/resource';
import { vethPeering } from '../../provider/veth-peering/resource';
import { connectionTo, hosts } from '../e2e/hosts';
import type { LabHost } from '../lab';

const name = 'sk-cut';

const machineName = name;
const ends = { a: { interface: `${name}-a` }, b: { machineName, interface: 'eth1' } };

// PULUMI_NSPAWN_EXHAUSTIVE=1: each step on both hosts, which are taken one after the other and else share the steps, and
// FRR's transactions too, of which each takes seconds.
const exhaustive = process.env.PULUMI_NSPAWN_EXHAUSTIVE !== undefined;
const stride = exhaustive ? 1 : 4;

// In the order of their life; what one operation is given before and after, what an error begins with, and of how
// many steps it is made at least.
const life: { resource: Resource; told?: string; steps?: number; first: object; second: object }[] = [
  {
    resource: hostRuntime as unknown as Resource,
    told: '',
    first: { packages: [], sysctls: { 'net.ipv4.ip_default_ttl': 61 } },
    second: { packages: [], sysctls: { 'net.ipv4.ip_default_ttl': 62, 'net.ipv4.tcp_retries2': 14 } },
  },
  {
    resource: vethPeering as unknown as Resource,
    told: `\\.host:${name}-a to ${name}:eth1 on `,
    // Its files: the machine of one end does not run yet.
    steps: 1,
    first: { ...ends, mtu: 1400 },
    second: { ...ends, mtu: 1300, adminState: 'down' },
  },
  {
    resource: hostRootfs as unknown as Resource,
    first: { machineName, files: { '/etc/one': { content: 'one' }, '/etc/two': { content: 'two' } } },
    second: { machineName, files: { '/etc/two': { content: 'other' }, '/etc/three': { content: 'three' } } },
  },
  {
    resource: nspawnConfig as unknown as Resource,
    first: { machineName },
    second: { machineName, exec: { hostname: 'other' }, service: { cpuQuota: '60%' } },
  },
  {
    resource: machine as unknown as Resource,
    first: { machineName, restartTriggers: ['one'] },
    second: { machineName, restartTriggers: ['two'] },
  },
  ...(exhaustive
    ? [
        {
          resource: frrConfig as unknown as Resource,
          first: { machineName, config: { bgp: { asn: 65001 } } },
          second: { machineName, config: { bgp: { asn: 65001 }, ospf: {} } },
        },
      ]
    : []),
];

for (const [index, release] of ['Debian 12', 'Debian 13'].entries()) {
  describe(`the connection to ${release} is lost at each step of an operation`, {
    concurrency: 1,
    timeout: exhaustive ? 1_200_000 : 300_000,
  }, () => {
    let host: LabHost;
    let steady: HostSession;
    let lasting: number[];

    before(async () => {
      host = (await hosts())[index] as LabHost;
      steady = createSession(connectionTo(host));
      await Promise.all(life.map(({ resource, first }) => drift(resource, first)));
      lasting = sshProcesses();
    });
    after(() => steady.close());

    const taskFor = (resource: Resource, more: object) => {
      // FRR's changes are confirmed over a connection of their own.
      const connection = connectionTo(host);
      const { inputs, failures } = check(resource, { owner: `p/s/${name}`, connection, ...more });
      assert.deepEqual(failures, []);
      return withDefaults(resource, inputs) as never;
    };
    const calm = { progress: () => {}, state: {}, old: undefined };
    // But for what it says of a thing that is as asked for.
    const drift = async (resource: Resource, more: object) => {
      const inputs: Record<string, unknown> = taskFor(resource, more);
      const seen = await resource.read({ ...calm, inputs: inputs as never, host: steady });
      return (
        seen && Object.fromEntries(Object.entries(seen.drift).filter(([key, value]) => inputs[key] !== value))
      );
    };

    // Runs it again and again, cut some steps later each time, until there is no such step: each loses its answer only.
    const cutAtEach = async (
      told: string | undefined,
      act: (session: HostSession, progress: (step: string) => void) => Promise<unknown>,
      afterwards: () => Promise<void>,
    ) => {
      for (let at = stride === 1 ? 1 : 1 + index * 2; ; at += stride) {
        const session = createSession(connectionTo(host));
        let steps = 0;
        let last = '';
        const error = await act(session, (step) => {
          steps += 1;
          last = step;
          if (steps === at)
            for (const pid of sshProcesses()) if (!lasting.includes(pid)) process.kill(pid, 'SIGKILL');
        }).then(
          () => undefined,
          (reason: Error) => reason,
        );
        await session.close();
        if (steps < at) {
          assert.equal(error, undefined);
          return steps;
        }
        if (error) {
          assert.match(
            error.message,
            new RegExp(`^${told ?? `${name} on `}${host.address}: .*The connection was lost`, 's'),
          );
          assert.ok(error.message.includes(last), error.message);
        }
        await afterwards();
      }
    };

    for (const { resource, told, steps: least = 2, first, second } of life) {
      const { kind } = resource;
      test(`${kind}: made again, it is whole`, async () => {
        const inputs = taskFor(resource, first);
        const steps = await cutAtEach(
          told,
          (session, progress) => resource.apply({ ...calm, inputs, host: session, progress }),
          async () => {
            await resource.apply({ ...calm, inputs, host: steady });
            assert.deepEqual(await drift(resource, first), {});
            await resource.delete({ ...calm, inputs, host: steady });
            assert.equal(await drift(resource, first), undefined);
          },
        );
        assert.ok(steps >= least, `${steps} steps`);
      });

      test(`${kind}: changed again, it is as asked for`, async () => {
        const [old, inputs] = [taskFor(resource, first), taskFor(resource, second)];
        await cutAtEach(
          told,
          (session, progress) => resource.apply({ ...calm, inputs, old, host: session, progress }),
          async () => {
            await resource.apply({ ...calm, inputs, old, host: steady });
            assert.deepEqual(await drift(resource, second), {});
            await resource.apply({ ...calm, inputs: old, old: inputs, host: steady });
          },
        );
      });
    }

    for (const { resource, told, second } of [...life].reverse()) {
      test(`${resource.kind}: deleted again, it is gone`, async () => {
        const inputs = taskFor(resource, second);
        await cutAtEach(
          told,
          (session, progress) => resource.delete({ ...calm, inputs, host: session, progress }),
          async () => {
            await resource.delete({ ...calm, inputs, host: steady });
            assert.equal(await drift(resource, second), undefined);
            await resource.apply({ ...calm, inputs, host: steady });
          },
        );
        assert.equal(await drift(resource, second), undefined);
      });
    }

    test('nothing is left in the end', async () => {
      const { stdout } = await host.sh(
        `ls -dA /var/lib/machines/*${name}* /var/lib/machines/.${name}* /var/lib/pulumi-nspawn/*/*${name}* \
          /etc/systemd/nspawn/${name}* /etc/systemd/system/*${name}* /etc/systemd/system/*/*${name}* 2>/dev/null || :`,
      );
      assert.equal(stdout, '');
    });
  });
}

const sshProcesses = (): number[] =>
  readdirSync('/proc')
    .filter((pid) => /^\d+$/.test(pid))
    .map(Number)
    .filter((pid) => {
      try {
        const [, comm, parent] =
          /^\d+ \((.*)\) \S (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? [];
        return comm === 'ssh' && Number(parent) === process.pid;
      } catch {
        return false; // it has ended meanwhile
      }
    });
