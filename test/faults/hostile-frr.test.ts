import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { closeSessions } from '../../provider/host/pool';
import { hosts } from '../e2e/hosts';
import { type HostStack, putRouter, stackOn, vtysh } from '../e2e/routers';
import type { LabHost } from '../lab';

after(closeSessions);

const exhaustive = process.env.PULUMI_NSPAWN_EXHAUSTIVE !== undefined;
const name = 'sk-hfrr';
const canary = '/run/hostile-canary';
// What is there to be verified is looked at by the test itself.
const verify = { stableSeconds: 0 };
const bgp = (lines: string) => `router bgp 65001\n no bgp ebgp-requires-policy\n${lines}exit\n`;

// Refused before anything is changed: what is tried, and what is said of it.
const refusals: [title: string, config: unknown, refusal: RegExp][] = [
  ['a command of vtysh that writes a file', `output file ${canary}\n`, /writes a file/],
  ['the same, shortened', ` outp fi ${canary}\n`, /writes a file/],
  ['the same, in a block', bgp(` output file ${canary}\n`), /writes a file/],
  ["a command of vtysh that writes FRR's own file", 'exit\nwrite file\n', /writes a file/],
  ['the same, shortened further', 'exit\nwr\n', /writes a file/],
  ['an exit too many, behind which nothing is read', 'exit\nexit\nno such command\n', /stops reading/],
  ['a command that is no configuration', 'do show version\n', /Unknown command: do show version/],
  ['a shell', 'start-shell\n', /Unknown command/],
  ['another file to read', 'include /etc/shadow\n', /Unknown command/],
  ['10 MB of it', '! x\n'.repeat(2_500_000), /10000000 bytes; accepted are at most 1048576/],
  ['a line longer than FRR reads', `! ${'x'.repeat(5000)}\n`, /line 1 has 5002 bytes/],
  ['a control character', 'hostname a\n! \x1b[2J\n', /line 2 holds a control character/],
  ['a NUL byte', 'hostname a\0b\n', /line 1 holds a control character/],
  ['what is no character', 'hostname \ud800\n', /line 1 holds a control character/],
  [
    'a pipe, at which FRR drops the line and says nothing',
    bgp(' neighbor 10.0.0.1 remote-as 1\n neighbor 10.0.0.1 description a | b\n'),
    /line 4 holds .+which FRR takes for a filter/,
  ],
  [
    'a new line in a description',
    { bgp: { asn: 65001, neighbors: { '10.0.0.1': { remoteAs: 1, description: 'a\nrouter bgp 2' } } } },
    /description/,
  ],
];

describe('a hostile configuration of FRR', { concurrency: 2 }, () => {
  for (const [index, release] of ['FRR 8.4 of Debian 12', 'FRR 10.3 of Debian 13'].entries()) {
    describe(`on ${release}`, { concurrency: 1, timeout: 240_000 }, () => {
      let host: LabHost;
      let stack: HostStack;
      const conf = `/var/lib/machines/${name}/etc/frr/frr.conf`;
      const own = async () =>
        (await host.sh('ls -l --time-style=full-iso /etc/frr; sha256sum /etc/frr/*')).stdout;
      const text = async () => (await host.sh(`head -c 2000000 ${conf}`)).stdout;
      const untouched = async () => {
        const { stdout } = await host.sh(
          `ls -d ${canary}* /var/lib/machines/${name}${canary}* 2>/dev/null || :`,
        );
        assert.equal(stdout, '');
      };
      before(async () => {
        host = (await hosts())[index] as LabHost;
        await host.sh(`rm -f ${canary}*`);
        stack = stackOn(host);
        await putRouter(stack, name, { config: { config: bgp(''), verify } });
      });
      after(async () => {
        await host.sh(`rm -f ${canary}*`);
        await stack.clear();
      });

      for (const [title, config, refusal] of refusals) {
        test(`${title} is refused, and leaves host and machine as they were`, async () => {
          const [theirs, ours] = [await own(), await text()];
          await assert.rejects(stack.put('FrrConfig', name, { config, verify }), (error: Error) => {
            assert.match(error.message, refusal);
            assert.ok(error.message.length < 5000, 'an error can be read');
            return true;
          });
          await untouched();
          assert.equal(await own(), theirs);
          assert.equal(await text(), ours);
        });
      }

      test('after all of them FRR runs what it ran', async () => {
        assert.deepEqual(await stack.drift('FrrConfig', name), {});
      });

      test('what a shell would run, in descriptions, is carried as it is, live', async () => {
        const hostile = `$(touch ${canary}) \`touch ${canary}\` ; touch ${canary} |' " %s \\n && {1..9} ~`;
        await stack.put('FrrConfig', name, {
          config: bgp(` neighbor 10.0.0.1 remote-as 65002\n neighbor 10.0.0.1 description ${hostile}\n`),
          verify,
        });
        const shown = JSON.parse(await vtysh(host, name, 'show bgp neighbors 10.0.0.1 json'));
        assert.equal(shown['10.0.0.1'].nbrDesc, hostile);
        assert.ok((await text()).includes(`description ${hostile}\n`));
        await untouched();
        assert.deepEqual(await stack.drift('FrrConfig', name), {});
      });

      test('what a daemon refuses is told by its line, and the old configuration lives on', async () => {
        const was = await vtysh(host, name, 'show running-config');
        // Its syntax is right, but there is a BGP of another number already.
        await assert.rejects(
          stack.put('FrrConfig', name, { config: `${bgp('')}router bgp 65009\nexit\n` }),
          /65009[\s\S]*old configuration is in force again|65009/,
        );
        assert.equal(await vtysh(host, name, 'show running-config'), was);
        assert.deepEqual(await stack.drift('FrrConfig', name), {});
      });

      test('a daemon whose program is missing is told by its name, and the old configuration lives on', async () => {
        await host.run(['mv', '/usr/lib/frr/bfdd', '/usr/lib/frr/bfdd.away']);
        try {
          await assert.rejects(
            stack.put('FrrConfig', name, { config: `${bgp('')}bfd\n peer 10.0.0.1\n exit\nexit\n`, verify }),
            /bfdd does not start in the machine[\s\S]*old configuration is in force again/,
          );
        } finally {
          await host.run(['mv', '/usr/lib/frr/bfdd.away', '/usr/lib/frr/bfdd']);
        }
        assert.doesNotMatch(await vtysh(host, name, 'show running-config'), /bfd/);
      });

      // What whoever is root in the machine may put there.
      const planted: [title: string, done: string][] = [
        ['that is no text', `head -c 300000 /dev/urandom >${conf}`],
        ['with 100 MB of NUL bytes behind it', `truncate -s 100M ${conf}`],
        ['that is a pipe which nobody writes to', `rm ${conf}; mkfifo ${conf}`],
        ["that is a link to the host's passwords", `ln -sf /etc/shadow ${conf}`],
        ['that is not there', `rm ${conf}`],
      ];
      // On each release in turn, or on both.
      const tried = planted.filter((_, nth) => exhaustive || nth % 2 === index);
      for (const [title, done] of tried) {
        test(`a frr.conf in the machine ${title} is shown as drift, and replaced`, async () => {
          const shadow = (await host.sh('sha256sum /etc/shadow')).stdout;
          await host.sh(done);
          const drift = await stack.drift('FrrConfig', name);
          assert.notDeepEqual(drift, {});
          assert.doesNotMatch(JSON.stringify(drift), /root:\$|root:\*/);
          await stack.put('FrrConfig', name, {
            config: bgp(` neighbor 10.0.0.1 remote-as 65002\n neighbor 10.0.0.1 description ${title}\n`),
            verify,
          });
          assert.deepEqual(await stack.drift('FrrConfig', name), {});
          assert.equal(
            (await host.sh(`stat -c '%F %a' ${conf}; sha256sum /etc/shadow`)).stdout.trimEnd(),
            `regular file 640\n${shadow.trimEnd()}`,
          );
        });
      }

      test('a megabyte of lists is taken, as long as the machine does not run', async () => {
        const lists = Array.from(
          { length: 18_000 },
          (_, nth) => `ip prefix-list L${nth % 50} seq ${nth + 1} permit 10.${nth >> 8}.${nth & 255}.0/24`,
        ).join('\n');
        await stack.drop('Machine', name);
        await stack.put('FrrConfig', name, { config: `${lists}\n` });
        assert.ok((await text()).length > 800_000);
        assert.deepEqual(await stack.drift('FrrConfig', name), {});
      });
    });
  }
});
