import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { closeSessions } from '../../provider/host/pool';
import type { LabHost } from '../lab';
import { waitUntil } from '../lab/wait';
import { hosts } from './hosts';
import { inMachine } from './life';
import { putRouter, stackOn } from './routers';

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
    test(`speaks OSPF on each of them on ${release}`, { timeout: 240_000 }, async () => {
      const host = (await hosts())[index] as LabHost;
      const stack = stackOn(host);
      try {
        await putRouter(stack, name, { config: { config } });
        const made = links.map(
          (link, at) =>
            `link add ${link} type veth peer name end${at}\naddress add 10.79.${at}.1/24 dev ${link}\nlink set end${at} up\nlink set ${link} up\n`,
        );
        await inMachine(host, name, `sh -c 'printf "${made.join('')}" | ip -batch -'`);
        const joined = async () => {
          const { stdout } = await inMachine(host, name, 'ip maddress show');
          return links.filter((link) =>
            stdout
              .split(/^\d+:\t/m)
              .some((part) => part.startsWith(`${link}\n`) && /224\.0\.0\.5\b/.test(part)),
          );
        };
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
