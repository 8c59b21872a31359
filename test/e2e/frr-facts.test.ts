import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { normalizeText } from '../../provider/frr/raw-text';
import type { LabHost } from '../lab';
import { waitUntil } from '../lab/wait';
import { frrDaemons } from './frr-daemons';
import { hosts } from './hosts';

/*
 * What is known of FRR, and what this package builds on: each on both releases. What FRR does is seen on daemons in a network
 * namespace; what the package makes of it is in frr-config, frr-change, frr-rollback and frr-model.
 */

const name = 'frr-facts';
const conf = `/etc/frr/${name}/frr.conf`;
// What a text needs so that it settles.
const head = `hostname ${name}\nip forwarding\nipv6 forwarding\n`;
/** Another router on the same host. */
const other = 'frr-facts-2';
const spelledOut = `${head}interface eth4
 ip address 192.0.2.1/24
 ipv6 ospf6 area 0.0.0.0
 ipv6 ospf6 network point-to-point
 ipv6 ospf6 hello-interval 1
exit
router bgp 65001
 no bgp ebgp-requires-policy
 bgp graceful-restart restart-time 120
 timers bgp 60 180
 neighbor 192.0.2.2 remote-as 65002
 neighbor 192.0.2.2 bfd
 neighbor 192.0.2.2 timers connect 1
 address-family ipv4 unicast
  neighbor 192.0.2.2 maximum-prefix 100 75
 exit-address-family
exit
router ospf6
 timers throttle spf 0 50 5000
exit
bfd
 peer 192.0.2.2
  detect-multiplier 3
 exit
exit
`;
const opposite = `hostname ${other}
ip forwarding
ipv6 forwarding
interface far
 ip address 192.0.2.2/24
 ipv6 ospf6 area 0.0.0.0
 ipv6 ospf6 network point-to-point
 ipv6 ospf6 hello-interval 1
exit
router bgp 65002
 no bgp ebgp-requires-policy
 neighbor 192.0.2.1 remote-as 65001
 neighbor 192.0.2.1 bfd
 neighbor 192.0.2.1 timers connect 1
exit
router ospf6
exit
`;

describe('FRR', { concurrency: 2 }, () => {
  for (const index of [0, 1]) {
    const old = index === 0;
    describe(old ? '8.4 of Debian 12' : '10.3 of Debian 13', { concurrency: 1 }, () => {
      let host: LabHost;
      const daemons = (action: string, input = '') => frrDaemons(host, name).run(action, input);
      /** A script on the host: `beside COMMAND…` runs with the daemons' namespaces, `init ACTION` is what FRR's service runs, whose daemons hold nothing open. */
      const on = async (text: string) =>
        host.sh(
          `beside() { nsenter -t "$(cat /run/frr/${name}/zebra.pid)" --uts --net "$@"; }
          v() { beside vtysh -N ${name} "$@"; }
          reload() { beside /usr/lib/frr/frr-reload.py "$@" -N ${name} --rundir /run/frr/${name} --stdout --log-level error --confdir /etc/frr/${name} 2>&1; }
          # What it starts lives on, with whatever is open.
          init() {
            beside unshare --mount --propagation private sh -c '
              mount --bind "/etc/frr/$0" /etc/frr && mount --bind "/run/frr/$0" /run/frr && exec /usr/lib/frr/frrinit.sh "$1"' ${name} "$1" >/dev/null 2>&1 </dev/null
          }
          reload_elsewhere() { beside /usr/lib/frr/frr-reload.py --reload -N ${name} --rundir /run/frr/${name} --stdout --log-level error "$1" 2>&1; }
          ${text}`,
          { reject: false },
        );
      const write = (text: string) => host.sh(`cat >${conf}`, { input: text });
      const running = async () => (await on("v -c 'show running-config'")).stdout;
      const delta = async () => on(`reload --test ${conf}`);
      const kernel = async (key: string) =>
        (await host.sh(`ip netns exec ${name} cat /proc/sys/net/${key}`)).stdout.trim();

      /** A second router, with which the first has a session of every kind. */
      const meet = async () => {
        await frrDaemons(host, other).run('start');
        await host.sh(
          `ip -n ${name} link set peer4 netns ${other} name far && ip -n ${other} link set far up`,
        );
        await frrDaemons(host, other).run('boot', opposite);
        await write(spelledOut);
        await on(`reload --reload ${conf}`);
        await waitUntil('sessions of every kind', 90, async () => {
          const { bgp, bfd, ospf6 } = await sessions();
          return bgp.state === 'Established' && bfd.status === 'up' && ospf6.state === 'Full';
        });
      };
      const part = async () => {
        await host.sh(
          `ip -n ${other} link set far netns ${name} name peer4 && ip -n ${name} link set peer4 up`,
        );
        await frrDaemons(host, other).run('stop');
        await daemons('restart');
      };
      const sessions = async () => {
        const shown = async (command: string) =>
          JSON.parse((await on(`v -c '${command} json'`)).stdout || '{}');
        const bgp = (await shown('show bgp neighbors 192.0.2.2'))['192.0.2.2'];
        const [bfd] = (await shown('show bfd peers counters')) as { 'session-down': number }[];
        const [{ status = '' } = {}] = (await shown('show bfd peers')) as { status?: string }[];
        const [neighbor] = (await shown('show ipv6 ospf6 neighbor')).neighbors ?? [];
        const detail = (await on("v -c 'show ipv6 ospf6 neighbor detail'")).stdout;
        return {
          bgp: { state: bgp?.bgpState, dropped: bgp?.connectionsDropped },
          bfd: { status, down: bfd?.['session-down'] },
          ospf6: { state: neighbor?.state, exchange: /SeqNum: \S+/.exec(detail)?.[0] },
        };
      };

      before(async () => {
        host = (await hosts())[index] as LabHost;
        await frrDaemons(host, other).run('stop');
        await daemons('stop');
        await daemons('start');
        await daemons('boot', head);
      });
      after(async () => {
        await frrDaemons(host, other).run('stop');
        await daemons('stop');
      });

      test('vtysh -C needs no daemon and sees syntax only: 0, 2 for a bad line with its number, 11 for no file', async () => {
        const dry = async (text: string) => {
          const { exitCode, stdout, stderr } = await host.sh(
            'cat >/run/frr-facts-dry.conf; vtysh -C -f /run/frr-facts-dry.conf; status=$?; rm /run/frr-facts-dry.conf; exit $status',
            { input: text, reject: false },
          );
          return { exitCode, told: `${stdout}${stderr}` };
        };
        assert.equal((await dry('')).exitCode, 0);
        const meaningless = `router bgp 65001\n neighbor 192.0.2.1 remote-as 1\n neighbor 192.0.2.1 route-map NONE in\nexit\nrouter bgp 65002\nexit\n`;
        assert.equal((await dry(meaningless)).exitCode, 0);
        const bad = await dry('hostname x\nrouter bgp 65001\n neighbour 192.0.2.1\n');
        assert.equal(bad.exitCode, 2);
        assert.match(bad.told, /line 3: % Unknown command\[\d+\]: {2}neighbour/);
        assert.equal((await host.sh('vtysh -C -f /nowhere', { reject: false })).exitCode, 11);
      });

      test('frr-reload.py --test ends with 0 with a delta and without, and with a bad file tells a delta that deletes all', async () => {
        await on("v -c 'configure terminal' -c 'ip route 192.0.2.0/24 blackhole'");
        await write(`${head}ip route 192.0.2.0/24 blackhole\n`);
        const none = await delta();
        assert.equal(none.exitCode, 0);
        assert.doesNotMatch(none.stdout, /192\.0\.2\.0/);
        await write(head);
        const some = await delta();
        assert.equal(some.exitCode, 0);
        assert.match(some.stdout, /no ip route 192\.0\.2\.0\/24/);
        await write(`${head}ip route 192.0.2.0/24 blackhole\nnonsense\n`);
        const bad = await delta();
        assert.equal(bad.exitCode, 1);
        assert.match(bad.stdout, /no ip route 192\.0\.2\.0\/24/);
        await on("v -c 'configure terminal' -c 'no ip route 192.0.2.0/24 blackhole'");
      });

      test('without a line for it, a reload turns forwarding on; a text made whole says it', async () => {
        await on("v -c 'configure terminal' -c 'no ip forwarding' -c 'no ipv6 forwarding'");
        assert.equal(await kernel('ipv4/ip_forward'), '0');
        await write(`hostname ${name}\n`);
        assert.match((await delta()).stdout, /Lines To Delete\n=+\nip forwarding\nipv6 forwarding/);
        assert.equal((await on(`reload --reload ${conf}`)).exitCode, 0);
        assert.deepEqual(
          [await kernel('ipv4/ip_forward'), await kernel('ipv6/conf/all/forwarding')],
          ['1', '1'],
        );
        const text = normalizeText('no ip forwarding\nno ipv6 forwarding\n', { hostname: name });
        await write(text);
        await on(`reload --reload ${conf}`);
        assert.equal(await kernel('ipv4/ip_forward'), '0');
        assert.doesNotMatch((await delta()).stdout, /forwarding/);
      });

      test("a host name that is not the kernel's never converges", async () => {
        await write(head.replace(name, 'other'));
        await on(`reload --reload ${conf}`);
        assert.match((await delta()).stdout, /no hostname frr-facts[\s\S]*^hostname other$/m);
      });

      test('a reload of another file than its own writes frr.conf anew, and keeps the old one beside it', async () => {
        await write(`! by hand\n${head}`);
        await host.sh('cat >/run/frr-facts-other.conf', { input: `${head}ip route 192.0.2.0/24 Null0\n` });
        await on('reload_elsewhere /run/frr-facts-other.conf; rm /run/frr-facts-other.conf');
        const { stdout } = await host.sh(`cat ${conf}; echo =; cat ${conf}.sav`);
        const [now, before] = stdout.split('\n=\n');
        assert.match(now ?? '', /^frr version [\s\S]*^ip route 192\.0\.2\.0\/24 Null0$/m);
        assert.match(before ?? '', /^! by hand$/m);
        await write(head);
        await on(`reload --reload ${conf}`);
        // Of its own file it writes nothing: that is how configurations are changed before they are confirmed.
        assert.equal((await host.sh(`cat ${conf}`)).stdout.trim(), head.trim());
      });

      test('an entry of a list without a sequence is given one, and a default that is spelled out is written nowhere', async () => {
        await write(`${head}ip prefix-list P permit 10.0.0.0/8
router bgp 65001
 bgp graceful-restart restart-time 120
 neighbor 192.0.2.1 remote-as 65002
 neighbor 192.0.2.1 port 179
exit
`);
        await on(`reload --reload ${conf}`);
        const text = await running();
        assert.match(text, /^ip prefix-list P seq 5 permit 10\.0\.0\.0\/8$/m);
        assert.doesNotMatch(text, /port 179/);
      });

      test('a default that is spelled out is a difference at every reload, and takes no session down', async () => {
        await meet();
        const before = await sessions();
        // Each exchange of databases has a number of its own.
        assert.ok(before.ospf6.exchange);
        const told = (await delta()).stdout;
        for (const line of [
          'bgp graceful-restart restart-time 120',
          'timers bgp 60 180',
          'neighbor 192.0.2.2 maximum-prefix 100 75',
          'timers throttle spf 0 50 5000',
          'detect-multiplier 3',
        ]) {
          assert.match(told, new RegExp(`^ +${line}$`, 'm'));
        }
        // Of this one, the limit goes and comes again.
        assert.match(told, /^ +no neighbor 192\.0\.2\.2 maximum-prefix 100$/m);
        await on(`reload --reload ${conf}`);
        assert.deepEqual(await sessions(), before);
        await part();
      });

      test('entries without a sequence settle, but for those of AS path lists on FRR 8.4, which go and come again', async () => {
        await write(`${head}ip prefix-list P permit 10.0.0.0/8
ip prefix-list P permit 192.0.2.0/24
bgp community-list standard C permit 65000:1
bgp as-path access-list A permit ^65001_
`);
        await on(`reload --reload ${conf}`);
        const told = (await delta()).stdout;
        assert.doesNotMatch(told, /prefix-list|community-list/);
        assert.equal(/^no bgp as-path access-list A seq 5 permit \^65001_$/m.test(told), old);
        assert.equal(/^bgp as-path access-list A permit \^65001_$/m.test(told), old);
      });

      test('static routes of a VRF settle; one whose tag or distance alone changes is lost, and another reload brings it back', async () => {
        const vrf = (route: string) =>
          `${head}ip route 10.1.0.0/16 blackhole\nvrf blue\n ${route}\nexit-vrf\n`;
        const routes = async () =>
          ((await running()).match(/^vrf .*| ?ip route .*$/gm) ?? []).filter((line) => line !== 'vrf blue');
        const reload = async (text: string) => {
          await write(text);
          await on(`reload --reload ${conf}`);
          return routes();
        };
        const common = 'ip route 10.1.0.0/16 blackhole';
        for (const _ of [1, 2]) {
          assert.deepEqual(await reload(vrf('ip route 10.2.0.0/16 blackhole')), [
            common,
            ' ip route 10.2.0.0/16 blackhole',
          ]);
        }
        const changed = vrf('ip route 10.2.0.0/16 blackhole tag 5 200');
        // The new one is there before the old one is taken away, which is by prefix and next hop alone.
        assert.deepEqual(await reload(changed), [common]);
        assert.deepEqual(await reload(changed), [common, ' ip route 10.2.0.0/16 blackhole tag 5 200']);
        // Written in another order, it is lost at every second reload (FRR issue 17606).
        assert.deepEqual(await reload(vrf('ip route 10.2.0.0/16 blackhole 200 tag 5')), [common]);
        // Outside of VRFs nothing is lost.
        assert.deepEqual(await reload(`${head}${common} tag 5 200\n`), [`${common} tag 5 200`]);
      });

      test("frr-reload.py ends with 1 when a daemon refuses a line; the service's reload does so on FRR 8.4 alone", async () => {
        const reload = async (text: string) => {
          await write(text);
          const own = await on(`reload --reload ${conf}`);
          const service = await on('init reload');
          return [own.exitCode, service.exitCode];
        };
        await on("printf 'bgpd=yes\nospfd=yes\nospf6d=yes\nbfdd=yes\n' >/etc/frr/frr-facts/daemons");
        assert.deepEqual(await reload(head), [0, 0]);
        // frrinit.sh of FRR 10 ends with `exit 0`.
        const ofService = old ? 1 : 0;
        assert.deepEqual(await reload(`${head}nonsense\n`), [1, ofService]);
        const two = 'router bgp 65001\nexit\nrouter bgp 65002\nexit\n';
        assert.deepEqual(await reload(`${head}${two}`), [1, ofService]);
        await daemons('restart');
      });

      test("the service's reload starts the daemons that came to its file, stops those that went, and leaves the others alone", async () => {
        const list = (text: string) => host.sh(`cat >/etc/frr/${name}/daemons`, { input: text });
        const born = async () => {
          const { stdout } = await host.sh(
            `cd /run/frr/${name} && for each in *.pid; do
              read -r pid <"$each" && kill -0 "$pid" && echo "\${each%.pid} $pid"
            done`,
          );
          return new Map(stdout.split('\n').map((line) => line.split(' ') as [string, string]));
        };
        await write(head);
        await daemons('restart');
        try {
          await host.sh(`cd /run/frr/${name} && for each in ospfd ospf6d bgpd bfdd staticd; do
            kill -KILL "$(cat "$each.pid")"; rm "$each.pid"
          done`);
          await list('bgpd=yes\nospfd=yes\n');
          await on('init start');
          const before = await born();
          assert.deepEqual([before.has('ospfd'), before.has('bfdd')], [true, false]);
          await list('bgpd=yes\nbfdd=yes\n');
          await on('init reload');
          const after = await born();
          assert.deepEqual([after.has('ospfd'), after.has('bfdd')], [false, true]);
          for (const daemon of ['zebra', 'bgpd', 'staticd']) {
            assert.equal(after.get(daemon), before.get(daemon), daemon);
          }
        } finally {
          await on('init stop');
          await daemons('restart');
        }
      });

      test('frr-reload.py needs the integrated configuration', async () => {
        const folder = `/etc/frr/${name}`;
        await host.sh(`echo 'no service integrated-vtysh-config' >${folder}/vtysh.conf`);
        const { exitCode, stdout } = await on(`reload_elsewhere ${conf}`);
        await host.sh(`echo 'service integrated-vtysh-config' >${folder}/vtysh.conf`);
        assert.equal(exitCode, 1);
        assert.match(stdout, /'service integrated-vtysh-config' is not configured/);
      });

      test('another profile of defaults is for the start of daemons: later it changes a line, and what is there keeps its own', async () => {
        const bgp = 'router bgp 65001\n neighbor 192.0.2.1 remote-as 65002\nexit\n';
        const holdTime = async () =>
          JSON.parse((await on("v -c 'show bgp neighbors 192.0.2.1 json'")).stdout)['192.0.2.1']
            .bgpTimerConfiguredHoldTimeMsecs;
        await write(`${head}${bgp}`);
        await on(`reload --reload ${conf}`);
        assert.equal(await holdTime(), 180_000);
        await write(`frr defaults datacenter\n${head}${bgp}`);
        await on(`reload --reload ${conf}`);
        assert.match(await running(), /^frr defaults datacenter$/m);
        assert.equal(await holdTime(), 180_000);
        // And no reload takes the line away.
        await write(head);
        await on(`reload --reload ${conf}`);
        assert.match(await running(), /^frr defaults datacenter$/m);
        assert.doesNotMatch((await delta()).stdout, /defaults/);
      });

      test('an address that FRR and somebody else give an interface is taken from both by the one', async () => {
        const has = async () =>
          (await host.sh(`ip -n ${name} -o address show dev eth2`)).stdout.includes('192.0.2.9/24');
        await host.sh(`ip -n ${name} address add 192.0.2.9/24 dev eth2`);
        await write(`${head}interface eth2\n ip address 192.0.2.9/24\nexit\n`);
        await on(`reload --reload ${conf}`);
        assert.equal(await has(), true);
        await write(`${head}interface eth2\n description x\nexit\n`);
        await on(`reload --reload ${conf}`);
        assert.equal(await has(), false);
      });

      test('staticd always runs, mgmtd from FRR 10 on', async () => {
        const { stdout } = await host.sh(
          `ls /usr/lib/frr; grep -E '^ *(mgmtd|staticd|zebra)=' /etc/frr/daemons`,
          {
            reject: false,
          },
        );
        assert.match(stdout, /^staticd$/m);
        assert.equal(/^mgmtd$/m.test(stdout), !old);
        assert.doesNotMatch(stdout, /=/);
      });

      test('zebra and bgpd do not start without CAP_SYS_ADMIN', async () => {
        for (const daemon of ['zebra', 'bgpd']) {
          const { exitCode, stderr } = await host.sh(
            `ip netns exec ${name} setpriv --inh-caps=-sys_admin --bounding-set=-sys_admin \\
              timeout 20 /usr/lib/frr/${daemon} -d -N ${name}-caps -P 0 -A 127.0.0.1 </dev/null`,
            { reject: false },
          );
          await host.sh(`rm -rf /run/frr/${name}-caps`);
          assert.equal(exitCode, 1);
          assert.match(stderr, /cap_sys_admin/);
        }
      });

      test('a configuration for daemons that do not listen is lost', async () => {
        await daemons('restart');
        const { exitCode } = await host.sh(
          `kill -KILL "$(cat /run/frr/${name}/bgpd.pid)"
          printf 'router bgp 65001\\nexit\\n' >/run/frr-facts-late.conf
          nsenter -t "$(cat /run/frr/${name}/zebra.pid)" --uts --net vtysh -N ${name} -f /run/frr-facts-late.conf >/dev/null 2>&1
          status=$?; rm /run/frr-facts-late.conf; exit $status`,
          { reject: false },
        );
        assert.doesNotMatch(await running(), /router bgp/);
        assert.equal(exitCode, 0, 'vtysh does not tell');
      });
    });
  }
});
