import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { resources } from '../../provider';
import { closeSessions } from '../../provider/host/pool';
import type { LabHost } from '../lab';
import { connectionTo, hosts } from './hosts';
import { end, type LinkState, linkTrace, provider } from './link';

type Properties = Record<string, unknown>;

const machineName = 'old-state';
const owner = 'p/s/old-state';

// State of a release that had none of today's outputs, nor what `check` works out: only what programs gave.
const oldStateOf = (kind: string, { id, outs }: LinkState): LinkState => {
  const given = Object.keys(resources.find((resource) => resource.kind === kind)?.schema.shape ?? {});
  return {
    id,
    outs: Object.fromEntries(Object.entries(outs).filter(([name]) => given.includes(name))),
  };
};

describe('from state that lacks all outputs', { concurrency: 1 }, () => {
  let all: LabHost[];
  let life: { kind: string; inputs: Properties; state?: LinkState }[];
  let traces: string[];
  const operations = (kind: string) => provider(kind, kinds.has(kind) ? undefined : all[0]);
  const kinds = new Set(['TunnelPeering']);

  before(async () => {
    all = await hosts();
    const [h1, h2] = all as [LabHost, LabHost];
    const tunnelEnd = (host: LabHost, address: string, machine?: string) => ({
      ...end(machine, 'wg1', address),
      connection: connectionTo(host),
      underlay: host.address,
    });
    life = [
      {
        kind: 'HostRuntime',
        inputs: { owner: 'p/s/old-runtime', sysctls: { 'net.ipv4.ip_default_ttl': 63 } },
      },
      { kind: 'HostRootfs', inputs: { owner, machineName, files: { '/etc/motd': { content: 'old\n' } } } },
      { kind: 'NspawnConfig', inputs: { owner, machineName, service: { memoryMax: '128M' } } },
      { kind: 'FrrConfig', inputs: { owner, machineName, config: 'router bgp 65001\nexit\n' } },
      { kind: 'Machine', inputs: { owner, machineName } },
      {
        kind: 'VethPeering',
        inputs: {
          owner,
          a: end(undefined, 'to-old', '10.95.0.0/31'),
          b: end(machineName, 'eth1', '10.95.0.1/31'),
        },
      },
      {
        kind: 'TunnelPeering',
        inputs: {
          owner: 'p/s/old-tunnel',
          kind: 'wireguard',
          a: tunnelEnd(h1, '10.95.1.0/31', machineName),
          b: tunnelEnd(h2, '10.95.1.1/31'),
        },
      },
      { kind: 'RoutingCheck', inputs: { owner, routers: [{ machineName, prefixes: ['10.95.0.0/31'] }] } },
    ];
    traces = await Promise.all(all.map(linkTrace));
  });
  after(async () => {
    for (const { kind, state } of [...life].reverse()) {
      if (state)
        await operations(kind)
          .delete(state)
          .catch(() => {});
    }
    await closeSessions();
  });

  test('each kind is refreshed: it is there, and as it should be', async () => {
    for (const each of life) each.state = await operations(each.kind).create(each.inputs);
    for (const { kind, inputs, state } of life) {
      const seen = await operations(kind).read(oldStateOf(kind, state as LinkState));
      assert.ok(seen, kind);
      // What nobody had given then is new, and no drift.
      const drifted = Object.keys(seen.drift).filter((name) => name in inputs);
      assert.deepEqual(drifted, [], kind);
    }
  });

  test('each kind is updated, and then has the outputs of this release', async () => {
    for (const each of life) {
      const { kind, inputs, state } = each as Required<typeof each>;
      each.state = await operations(kind).update(oldStateOf(kind, state), inputs);
      assert.deepEqual(Object.keys(each.state.outs).sort(), Object.keys(state.outs).sort(), kind);
      assert.deepEqual((await operations(kind).read(each.state))?.drift, {}, kind);
    }
  });

  test('each kind is deleted, and leaves nothing', async () => {
    for (const each of [...life].reverse()) {
      const { kind, state } = each as Required<typeof each>;
      await operations(kind).delete(oldStateOf(kind, state));
      assert.equal(kind === 'RoutingCheck' ? undefined : await operations(kind).read(state), undefined, kind);
      delete each.state;
    }
    assert.deepEqual(await Promise.all(all.map(linkTrace)), traces);
  });
});
