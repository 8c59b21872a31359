import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import { normalizeText } from '../../provider/frr/raw-text';
import { renderFrr } from '../../provider/frr/render';
import type { FrrConfiguration } from '../../provider/frr/schema';
import type { LabHost } from '../lab';
import { anyConfiguration } from '../provider/frr/arbitrary';
import { everything } from '../provider/frr/everything';
import { frrDaemons } from './frr-daemons';
import { hosts } from './hosts';

/** How many random configurations each host is given; PULUMI_NSPAWN_FRR_SEED repeats those of a run. */
const count = Number(process.env.PULUMI_NSPAWN_FRR_CONFIGURATIONS ?? 3);
const seed = Number(process.env.PULUMI_NSPAWN_FRR_SEED ?? Date.now() % 1000000);
const hostname = 'frr-model';
const render = (configuration: FrrConfiguration) => renderFrr(configuration, { hostname });

const { bgp = { asn: 65000 } } = everything;
const { gracefulRestart: _, ...withoutRestart } = bgp;
const configurations: [string, FrrConfiguration][] = [
  ['nothing', {}],
  ['every property', everything],
  ['every property with the defaults of a data center', { ...everything, defaults: 'datacenter' }],
  [
    'what is off by default turned on, and the other way round',
    {
      ipForwarding: false,
      ipv6Forwarding: false,
      log: { syslog: false, file: { path: '/var/log/frr/frr.log' } },
      interfaces: {
        // FRR 8.4 keeps max-metric with areas, and has an area once an interface of it has an address.
        lo: { addresses: ['10.255.0.1/32'], ospf: { area: 0 } },
        eth1: { ospf: { area: 0, passive: false } },
        eth2: { ospf: { area: 0, passive: true } },
      },
      ospf: { passiveInterfaceDefault: true, maxMetric: true, logAdjacencyChanges: true },
      bgp: { ...withoutRestart, gracefulRestart: false, shutdown: true },
      ...{ prefixLists: everything.prefixLists, routeMaps: everything.routeMaps, bfd: everything.bfd },
      ...{ communityLists: everything.communityLists, asPathLists: everything.asPathLists },
      largeCommunityLists: everything.largeCommunityLists,
      extendedCommunityLists: everything.extendedCommunityLists,
    },
  ],
];

describe('the model of FRR on real FRR', { concurrency: 2 }, () => {
  for (const index of [0, 1]) {
    describe(['FRR 8.4 of Debian 12', 'FRR 10.3 of Debian 13'][index], { concurrency: 1 }, () => {
      let host: LabHost;
      const frr = async (action: string, input?: string) => {
        const { stdout, stderr } = await frrDaemons(host, hostname).run(action, input);
        return `${stdout}\n${stderr}`;
      };
      const settles = async (text: string) => {
        await frr('restart');
        const booted = await frr('boot', text);
        assert.doesNotMatch(booted, /line \d+|failure|Unknown command|Configuration failed/, booted);
        assert.deepEqual(differences(await frr('delta')), []);
        const running = contextsOf(await frr('running'));
        const lost = [...contextsOf(text)].filter((line) => !running.has(line) && !isUnwritten(line));
        assert.deepEqual(lost, []);
      };

      before(async () => {
        host = (await hosts())[index] as LabHost;
        await frr('stop');
        await frr('start');
      });
      after(async () => {
        await frr('stop');
      });

      for (const [what, configuration] of configurations) {
        test(`${what}: FRR takes it, writes it back, and finds nothing to do`, () =>
          settles(render(configuration)));
      }

      test(`random configurations, of seed ${seed}`, async () => {
        for (const configuration of fc.sample(anyConfiguration(), { seed, numRuns: count })) {
          await settles(render(configuration));
        }
      });

      test('raw text settles once it is made whole; without, its host name never would', async () => {
        const raw = 'interface lo\n ip address 10.255.0.1/32\nexit\n!\n';
        await settles(normalizeText(raw, { hostname }));
        await frr('restart');
        await frr('boot', raw);
        assert.match(await frr('delta'), /Lines To Delete\n=+\nno hostname/);
      });

      test('no forwarding is kept as it is said', async () => {
        await settles(render({ ipForwarding: false, ipv6Forwarding: false }));
        const { stdout } = await host.sh(
          `ip netns exec ${hostname} cat /proc/sys/net/ipv4/ip_forward /proc/sys/net/ipv6/conf/all/forwarding`,
        );
        assert.equal(stdout.trim(), '0\n0');
      });
    });
  }
});

// `ip forwarding` is written nowhere while it is so (zebra_vty.c, config_write_forwarding()), nor is how next hops are found
// where that is the release's default; to say it again changes nothing.
const isUnwritten = (line: string) =>
  /^(ip|ipv6) forwarding$|^(no )?(ip|ipv6) nht resolve-via-default$/.test(line);

const differences = (told: string) => {
  assert.doesNotMatch(told, /ERROR|Traceback/, told);
  return told
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !/INFO:|^=+$|^Lines To/.test(line) && !isUnwritten(line));
};

/** The lines of a configuration, each with those that it is under. */
const contextsOf = (text: string): Set<string> => {
  const above: string[] = [];
  return new Set(
    text.split('\n').flatMap((line) => {
      const depth = line.search(/\S/);
      // FRR 10 leaves out the number (see ownHopLines() in the renderer).
      const words = line.trim().replace(/ebgp-multihop 255$/, 'ebgp-multihop');
      if (depth < 0 || /^(!|exit|end$)/.test(words)) return [];
      above.length = depth;
      above[depth] = words;
      return [above.filter(Boolean).join(' / ')];
    }),
  );
};
