import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { closeSessions } from '../../provider/host/pool';
import type { LabHost } from '../lab';
import { waitUntil } from '../lab/wait';
import { hosts } from './hosts';
import { inMachine } from './life';
import { end } from './link';
import { putRouter, stackOn, vtysh } from './routers';

const name = 'ml-spine';
// More than the 20 groups that the kernel lets one socket join (net.ipv4.igmp_max_memberships in ip-sysctl.rst).
const links = Array.from({ length: 30 }, (_, index) => `link${index + 1}`);
const config = [
  ...links.flatMap((link) => [`interface ${link}`, ' ip ospf area 0', 'exit']),
  'router ospf',
  'exit',
  '',
].join('\n');

describe('a router with many links', { concurrency: 2 }, () => {
  after(closeSessions);
  for (const [index, release] of ['Debian 12', 'Debian 13'].entries()) {
    test(`speaks OSPF on each of them on ${release}, also when they came while zebra was busy`, {
      timeout: 240_000,
    }, async () => {
      const host = (await hosts())[index] as LabHost;
      const stack = stackOn(host);
      const isIn = async (pattern: RegExp, command: string) => {
        const { stdout } = await inMachine(host, name, command);
        return links.filter((link) =>
          stdout
            .split(/^\d+:\s/m)
            .some((part) => new RegExp(`^${link}[@\\s]`).test(part) && pattern.test(part)),
        );
      };
      const signal = (which: string) =>
        inMachine(host, name, `sh -c "kill -${which} \\$(cat /run/frr/zebra.pid)"`);
      try {
        await putRouter(stack, name, { config: { config } });
        // With both of its threads behind, FRR 8 loses addresses of interfaces that it does not know yet.
        await signal('STOP');
        const made = Promise.all(
          links.map((link, at) =>
            stack.put('VethPeering', link, {
              a: end(name, link, `10.79.${at}.1/24`, `fd00:79:${at + 1}::1/64`),
              b: end(undefined, `ml${at}`),
            }),
          ),
        );
        made.catch(() => {});
        await waitUntil('all links are there', 60, async () => {
          return (await isIn(/inet 10\.79\..* fd00:79:/s, 'ip address show')).length === links.length;
        }).finally(() => signal('CONT'));
        await made;
        const zebra = await vtysh(host, name, 'show interface');
        for (const [at, link] of links.entries()) {
          const known = zebra.split(/^Interface /m).find((part) => part.startsWith(`${link} `));
          assert.match(
            known ?? '',
            new RegExp(`inet 10\\.79\\.${at}\\.1/24[^]*inet6 fd00:79:${at + 1}::1/64`),
            link,
          );
        }
        const joined = () => isIn(/224\.0\.0\.5\b/, 'ip maddress show');
        await waitUntil(
          'OSPF listens on all links',
          30,
          async () => (await joined()).length === links.length,
        ).catch(() => {});
        assert.deepEqual(await joined(), links);
      } finally {
        await stack.clear();
      }
    });
  }
});
