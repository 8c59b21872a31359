import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { planTopology, TopologyProblems } from '../../../sdk';
import { placementOf } from '../../../sdk/topology/placement';

const names = fc.uniqueArray(fc.stringMatching(/^[a-z][a-z0-9]{0,9}$/), { minLength: 1, maxLength: 20 });
const places = fc.uniqueArray(fc.stringMatching(/^[a-z]{1,6}$/), { minLength: 1, maxLength: 4 });
const unlimited = (hosts: string[]) => new Map(hosts.map((host) => [host, Number.POSITIVE_INFINITY]));
const routers = (each: string[]) => each.map((name) => ({ name, memoryMax: '128M' }));

test('a router more at the end moves none, however tight it is', () => {
  fc.assert(
    fc.property(names, places, fc.integer({ min: 1, max: 8 }), (all, hosts, fit) => {
      const budgets = new Map(hosts.map((host) => [host, fit * 130 * 1024 ** 2]));
      const before = placementOf(routers(all.slice(0, -1)), budgets);
      const after = placementOf(routers(all), budgets);
      for (const [router, host] of before.hosts) assert.equal(after.hosts.get(router), host);
    }),
  );
});

test('another host takes only what goes to it', () => {
  fc.assert(
    fc.property(names, places, (all, hosts) => {
      const before = placementOf(routers(all), unlimited(hosts.slice(1)));
      const after = placementOf(routers(all), unlimited(hosts));
      for (const [router, host] of before.hosts) {
        assert.ok([host, hosts[0]].includes(after.hosts.get(router) as string));
      }
    }),
  );
});

test('no host gets more than its budget, and none is left out while there is room', () => {
  fc.assert(
    fc.property(names, places, fc.integer({ min: 1, max: 8 }), (all, hosts, fit) => {
      const budget = fit * 130 * 1024 ** 2;
      const { used, problems } = placementOf(routers(all), new Map(hosts.map((host) => [host, budget])));
      for (const bytes of used.values()) assert.ok(bytes <= budget);
      assert.equal(problems.length, Math.max(0, all.length - fit * hosts.length));
    }),
  );
});

test('what fits nowhere is refused, with what it needs and what is left', () => {
  assert.throws(
    () =>
      planTopology({
        hosts: { paris: { memory: '256M' }, tokyo: { memory: '100M' } },
        routers: { r1: { host: 'paris' }, r2: {} },
      }),
    (error) => {
      assert.ok(error instanceof TopologyProblems);
      assert.equal(error.problems.length, 1);
      assert.match(error.message, /^routers\.r2: it needs 130 MiB \(memoryMax 128M and 2 MiB\)/);
      assert.match(error.message, /paris has 126 MiB/);
      assert.match(error.message, /tokyo has 100 MiB/);
      return true;
    },
  );
});

test('those of one group are kept apart as far as there are hosts, reflectors without being told', () => {
  fc.assert(
    fc.property(names, places, (all, hosts) => {
      const spread = all.map((name) => ({ name, memoryMax: '128M', spread: 'spines' }));
      const { hosts: found } = placementOf(spread, unlimited(hosts));
      const counts = hosts.map((host) => [...found.values()].filter((each) => each === host).length);
      assert.ok(Math.max(...counts) - Math.min(...counts) <= 1, counts.join());
    }),
  );
  const { routers: planned } = planTopology({
    hosts: { paris: {}, tokyo: {} },
    routers: { a: { role: 'reflector', host: 'tokyo' }, b: { role: 'reflector' } },
    policy: { asn: 65000 },
  });
  assert.equal(planned.b?.host, 'paris');
});

test('one more of a group at the end moves none', () => {
  fc.assert(
    fc.property(names, places, (all, hosts) => {
      const spread = all.map((name, index) => ({ name, memoryMax: '128M', spread: `group ${index % 2}` }));
      const before = placementOf(spread.slice(0, -1), unlimited(hosts));
      const after = placementOf(spread, unlimited(hosts));
      for (const [router, host] of before.hosts) assert.equal(after.hosts.get(router), host);
    }),
  );
});
