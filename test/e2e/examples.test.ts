import assert from 'node:assert/strict';
import { after, before, describe, type TestContext, test } from 'node:test';
import type { Stack } from '../deployer';
import type { LabHost } from '../lab';
import { waitUntil } from '../lab/wait';
import { allReached, type ExampleRouter, openExample, routersOf } from './example';
import { hosts } from './hosts';
import { changesOf, inMachine } from './life';

let all: LabHost[];
before(async () => {
  all = await hosts();
});

/** Deploys an example for the tests within, and takes it away after them. */
const example = (
  name: string,
  tests: (given: Deployed) => void,
  options: Parameters<typeof openExample>[2] = {},
) =>
  describe(`examples/${name}`, { concurrency: 1 }, () => {
    const given = {} as Deployed;
    let opened: ReturnType<typeof openExample>;
    before(async () => {
      opened = openExample(name, all, options);
      given.with = opened.with;
      const began = performance.now();
      const stack = await given.with();
      const result = await stack.up();
      assert.ok(result.ok, result.log);
      given.seconds = (performance.now() - began) / 1000;
      given.routers = (result.outputs.routers && routersOf(result)) as ExampleRouter[];
    });
    after(async () => {
      await (await given.with()).destroy();
      opened.close();
    });
    tests(given);
  });

interface Deployed {
  with: (config?: Record<string, string>) => Promise<Stack>;
  routers: ExampleRouter[];
  seconds: number;
}

const changesNothing = async ({ with: open }: Deployed) => {
  assert.deepEqual(changesOf(await (await open()).up()), []);
};

const reachesAll = async (t: TestContext, { routers, seconds }: Deployed) => {
  const began = performance.now();
  await allReached(all, routers, 40);
  const after = ((performance.now() - began) / 1000).toFixed(1);
  t.diagnostic(
    `${routers.length} routers deployed in ${seconds.toFixed(1)} s; all loopbacks reached ${after} s later`,
  );
};

const hostOf = ({ routers }: Deployed, name: string): LabHost => {
  const { host } = routers.find((each) => each.name === name) as ExampleRouter;
  return all.find((each) => each.name === host) as LabHost;
};

const up = async ({ with: open }: Deployed, config: Record<string, string>) => {
  const result = await (await open(config)).up();
  assert.ok(result.ok, result.log);
  return result;
};

// Two at a time: much of each is waiting.
describe('the examples', { concurrency: 2 }, () => {
  example('ospf-ring', (ring) => {
    test('all loopbacks reach each other', (t) => reachesAll(t, ring));
    test('a second up changes nothing', () => changesNothing(ring));

    test('a link that is taken down is gone round, with few packets lost', async (t) => {
      const first = hostOf(ring, 'ring1');
      const ping = inMachine(first, 'ring1', 'ping -q -i 0.02 -w 20 -I 10.192.0.1 10.192.0.2');
      const result = await up(ring, { down: '["ring1_ring2"]' });
      assert.deepEqual(changesOf(result), [
        'update RoutingCheck ring',
        'update VethPeering ring-ring1_ring2@h1',
      ]);
      const { stdout } = await inMachine(first, 'ring1', 'ip route get 10.192.0.2 from 10.192.0.1');
      assert.match(stdout, /dev to-ring4/);
      const [, sent, received] = /(\d+) packets transmitted, (\d+) received/.exec((await ping).stdout) ?? [];
      const lost = Number(sent) - Number(received);
      t.diagnostic(`failover: ${lost} of ${sent} packets lost, one every 20 ms: about ${lost * 20} ms`);
      assert.ok(lost <= 150, `${lost} of ${sent} packets lost`);
      await up(ring, { down: '[]' });
    });

    test('a router that is drained is gone round, live, and reached itself all the time', async () => {
      const first = hostOf(ring, 'ring1');
      // Both ways to the opposite router cost the same.
      const ways = async () => {
        const { stdout } = await inMachine(first, 'ring1', "vtysh -c 'show ip route 10.192.0.3/32 json'");
        const [route] = Object.values(
          JSON.parse(stdout) as Record<string, { nexthops: { interfaceName: string }[] }[]>,
        );
        return route?.[0]?.nexthops
          .map(({ interfaceName }) => interfaceName)
          .sort()
          .join(' ');
      };
      await waitUntil(
        'two ways from ring1 to ring3',
        20,
        async () => (await ways()) === 'to-ring2 to-ring4_h2',
      );
      assert.deepEqual(changesOf(await up(ring, { drain: 'ring2' })), [
        'update FrrConfig ring-ring2@h1',
        'update RoutingCheck ring',
      ]);
      await waitUntil('one way from ring1 to ring3', 20, async () => (await ways()) === 'to-ring4_h2');
      await allReached(all, ring.routers, 5);
      await up(ring, { drain: '' });
      await waitUntil(
        'two ways from ring1 to ring3',
        20,
        async () => (await ways()) === 'to-ring2 to-ring4_h2',
      );
    });

    test('after the restart of a machine everything is back', async (t) => {
      const began = performance.now();
      await hostOf(ring, 'ring3').run(['systemctl', 'restart', 'systemd-nspawn@ring3']);
      await allReached(all, ring.routers, 60);
      t.diagnostic(
        `all loopbacks reached ${((performance.now() - began) / 1000).toFixed(1)} s after a restart began`,
      );
    });
  });

  example(
    'two-hosts',
    (two) => {
      before(() => {
        two.routers = ['h1', 'h1', 'h2', 'h2'].map((host, index) => ({
          name: `r${index + 1}`,
          host,
          loopback: `10.255.0.${index + 1}`,
        }));
      });
      test('all loopbacks reach each other', (t) => reachesAll(t, two));
      test('a second up changes nothing', () => changesNothing(two));
    },
    { listed: true },
  );

  example('clos', (clos) => {
    test('all loopbacks reach each other', (t) => reachesAll(t, clos));
    test('a second up changes nothing', () => changesNothing(clos));

    test('leaves reach each other over all spines', async () => {
      const target = clos.routers.find(({ name }) => name === 'leaf4')?.loopback;
      await waitUntil('two ways from leaf1 to leaf4', 20, async () => {
        const { stdout } = await inMachine(hostOf(clos, 'leaf1'), 'leaf1', `ip route show ${target}`);
        return /to-spine1/.test(stdout) && /to-spine2/.test(stdout);
      });
    });
  });

  example('exchange', (exchange) => {
    test('all loopbacks reach each other', (t) => reachesAll(t, exchange));
    test('a second up changes nothing', () => changesNothing(exchange));

    test('members reach each other over the segment, on another host too', async () => {
      const { stdout } = await inMachine(
        hostOf(exchange, 'member1'),
        'member1',
        'ip route show 198.18.2.0/24',
      );
      assert.match(stdout, /via 100\.64\.\d+\.2 dev ix /);
      assert.notEqual(hostOf(exchange, 'member1').name, hostOf(exchange, 'member2').name);
    });

    test('with one more, the others have another session, and are where they were', async () => {
      const stack = await exchange.with({ members: '5' });
      const changes = changesOf(await stack.preview()).filter((change) => !/member5|^create/.test(change));
      assert.deepEqual(changes.sort(), [
        ...exchange.routers.map(({ name, host }) => `update FrrConfig exchange-${name}@${host}`),
        'update RoutingCheck exchange',
      ]);
    });
  });

  example('anycast', (anycast) => {
    const ask = async () => {
      const request = "bash -c 'exec 3<>/dev/tcp/192.0.2.80/80; cat <&3'";
      const { stdout } = await inMachine(hostOf(anycast, 'client'), 'client', `timeout 2 ${request}`);
      return /site\d/.exec(stdout)?.[0];
    };

    test('all loopbacks reach each other', (t) => reachesAll(t, anycast));
    test('a second up changes nothing', () => changesNothing(anycast));

    test('a site answers; drained, it leaves that to another one', async (t) => {
      const first = await waitUntil('a site answers', 20, ask);
      await up(anycast, { drain: first });
      const second = await waitUntil(`another one than ${first} answers`, 20, async () => {
        const site = await ask();
        return site !== first && site;
      });
      t.diagnostic(`${first} answered; drained, ${second} did`);
    });
  });

  example(
    'fleet',
    (fleet) => {
      const asked = async (router: string, command: string) =>
        (await inMachine(hostOf(fleet, router), router, command)).stdout;

      test('all loopbacks reach each other', (t) => reachesAll(t, fleet));
      test('a second up changes nothing', () => changesNothing(fleet));

      test('reflectors are on different hosts, and hear what a customer originates', async () => {
        assert.notEqual(hostOf(fleet, 'core1').name, hostOf(fleet, 'core2').name);
        for (const core of ['core1', 'core2']) {
          await waitUntil(`the route on ${core}`, 20, async () =>
            /proto bgp/.test(await asked(core, 'ip route show 203.0.113.0/24')),
          );
        }
      });

      test('OSPF neighbours prove themselves', async () => {
        assert.match(
          await asked('access1', "vtysh -c 'show ip ospf interface'"),
          /Cryptographic authentication/,
        );
      });

      test('the host itself reaches its router', async () => {
        const on = hostOf(fleet, 'core1');
        const { stdout } = await on.sh('ip -o -4 address show dev to-core1');
        const [, own = ''] = /inet ([0-9.]+)\//.exec(stdout) ?? [];
        const peer = own.replace(/\d+$/, (last) => String(Number(last) ^ 1));
        await on.sh(`ping -q -c 1 -W 2 ${peer}`);
      });
    },
    { secrets: { bgpPassword: 'customers-and-reflectors', ospfPassword: 'sixteen-at-most' } },
  );

  // As if h2 were behind NAT: nobody has an address for it.
  example(
    'wireguard-mesh',
    (mesh) => {
      test('all loopbacks reach each other', (t) => reachesAll(t, mesh));
      test('a second up changes nothing', () => changesNothing(mesh));

      test('what is between hosts is encrypted', async () => {
        const [first] = mesh.routers as [ExampleRouter];
        const { stdout } = await inMachine(hostOf(mesh, first.name), first.name, 'ip -d link');
        assert.match(stdout, /to-h2-1_h2/);
        assert.doesNotMatch(stdout, /vxlan/);
      });
    },
    { behindNat: 'h2' },
  );

  example('policy-rollback', (rollback) => {
    const session = async () => {
      const { stdout } = await inMachine(all[0] as LabHost, 'edge', "vtysh -c 'show bgp summary json'");
      return JSON.parse(stdout).ipv4Unicast?.peers['10.7.0.0'] as
        | { state: string; pfxRcd: number }
        | undefined;
    };
    const established = () =>
      waitUntil('Established', 30, async () => (await session())?.state === 'Established');

    test('the session is there, and a second up changes nothing', async () => {
      await established();
      await changesNothing(rollback);
    });

    test('both loopbacks reach each other', () =>
      allReached(
        all,
        [
          { name: 'upstream', host: 'h1', loopback: '10.255.7.1' },
          { name: 'edge', host: 'h1', loopback: '10.255.7.2' },
        ],
        40,
      ));

    test('a policy that ends the session is refused, and taken back', async () => {
      const result = await (await rollback.with({ maximumPrefix: '2' })).up();
      assert.equal(result.ok, false);
      assert.match(result.log, /bgp 10\.7\.0\.0 Idle/);
      assert.match(result.log, /old configuration is in force again/);
      // Prefixes come after the session.
      await waitUntil('all four prefixes', 30, async () => (await session())?.pfxRcd === 4);
    });

    test('one that does not passes', async () => {
      assert.deepEqual(changesOf(await up(rollback, { maximumPrefix: '100' })), ['update FrrConfig edge']);
      assert.equal((await session())?.state, 'Established');
    });
  });
});
