import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatPlan, planTopology } from '../../../sdk';

test('a plan is three tables that fit a terminal, without columns in which nothing stands', () => {
  const plan = planTopology({
    hosts: { paris: { underlay: '192.0.2.1', memory: '1G' }, tokyo: { underlay: '192.0.2.2' } },
    routers: {
      r1: { id: 1, host: 'paris' },
      r2: { id: 2, host: 'tokyo', role: 'reflector', drain: true },
      r3: { id: 3, host: 'paris', memoryMax: '64M' },
    },
    links: [
      { a: 'r1', b: 'r2', id: 1 },
      { a: 'r1', b: { router: 'r3', metric: 9 }, id: 2, adminState: 'down', cost: 20 },
    ],
    policy: { asn: 65000, ipv6: true, pools: { loopback4: '10.255.0.0/24', p2p4: '10.0.0.0/24' } },
  });
  assert.equal(
    formatPlan(plan),
    `host   routers  memory   of
paris  2        196 MiB  1 GiB
tokyo  1        130 MiB

router  host   loopback           AS     memory
r1      paris  10.255.0.1         65000  128M
               fd6e:7370:6177::1
r2      tokyo  10.255.0.2         65000  128M    reflector, drained
               fd6e:7370:6177::2
r3      paris  10.255.0.3         65000  64M
               fd6e:7370:6177::3

from            to              link        addresses                runs        cost
r1:to-r2_tokyo  r2:to-r1_paris  vxlan       10.0.0.0–1/31            ospf ospf6
                                            fd6e:7370:8000::–1/127
r1:to-r3        r3:to-r1        veth, down  10.0.0.2–3/31            ospf ospf6  20 9
                                            fd6e:7370:8000::2–3/127
`,
  );
});
