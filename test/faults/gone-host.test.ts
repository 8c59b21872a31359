import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { closeSessions } from '../../provider/host/pool';
import { connectionTo, hosts } from '../e2e/hosts';
import { interfaceIn } from '../e2e/link';
import type { LabHost } from '../lab';
import { changesSince, tracesOf } from './trace';

const dynamic = require('../../provider/dynamic');
const variable = 'PULUMI_NSPAWN_DELETE_UNREACHABLE';
const away = { host: '127.0.0.1', port: 1, dialErrorLimit: 1, perDialTimeout: 2 };

type State = Record<string, unknown>;

// Of each kind one that was made when its host was there.
const kinds: Record<string, State> = {
  HostRuntime: {},
  HostRootfs: { machineName: 'r1' },
  NspawnConfig: { machineName: 'r1' },
  Machine: { machineName: 'r1' },
  FrrConfig: { machineName: 'r1', config: 'router bgp 65001\n' },
  VethPeering: { a: { interface: 'e0' }, b: { machineName: 'r1', interface: 'e1' } },
  TunnelPeering: {
    connection: undefined,
    a: { connection: away, interface: 'e0', underlay: '192.0.2.1' },
    b: { connection: { ...away, port: 2 }, interface: 'e0', underlay: '192.0.2.2' },
  },
  RoutingCheck: { routers: [{ machineName: 'r1', prefixes: ['10.0.0.0/8'] }], timeoutSeconds: 1 },
};

const stateOf = async (kind: string, inputs: State): Promise<State> => {
  const given = { connection: away, owner: `p/s/${kind}`, ...inputs };
  const { inputs: checked, failures } = await dynamic[kind].check({}, given);
  assert.deepEqual(failures, []);
  return checked;
};

const givingUp = async <T>(act: () => Promise<T>): Promise<T> => {
  process.env[variable] = 'true';
  try {
    return await act();
  } finally {
    delete process.env[variable];
    // What a session knows of a host that is given up must not tell the next test.
    await closeSessions();
  }
};

describe('a host that is gone for ever', { concurrency: 1, timeout: 120_000 }, () => {
  for (const [kind, inputs] of Object.entries(kinds)) {
    test(`${kind}: stays in the state, whatever is run; the error names the host and the way out`, async () => {
      const state = await stateOf(kind, inputs);
      await assert.rejects(dynamic[kind].read('x', state), /127\.0\.0\.1:1.*could not be reached/s);
      await assert.rejects(dynamic[kind].update('x', state, { ...state }), (error: Error) => {
        assert.match(error.message, /127\.0\.0\.1:1.*could not be reached/s);
        assert.equal('id' in error, false, 'nothing was changed, and nothing is recorded');
        return true;
      });
      if (kind === 'RoutingCheck') {
        // It has left nothing anywhere, so that no host has to be asked.
        await dynamic[kind].delete('x', state);
      } else {
        await assert.rejects(
          dynamic[kind].delete('x', state),
          new RegExp(`127\\.0\\.0\\.1:1.*could not be reached.*${variable}=true`, 's'),
        );
      }
    });

    test(`${kind}: counts as deleted where that is asked for`, async () => {
      const state = await stateOf(kind, inputs);
      await givingUp(async () => {
        assert.equal((await dynamic[kind].read('x', state)).id, '');
        await dynamic[kind].delete('x', state);
        // To make it anew there is still an error.
        await assert.rejects(dynamic[kind].create(state), /could not be reached/);
      });
    });
  }

  describe('of a tunnel of which the other host is there', { concurrency: 1 }, () => {
    let h1: LabHost;
    let h2: LabHost;
    let empty: string[][];
    let made: State;
    const gone = () => ({ ...made, b: { ...(made.b as State), connection: away } });
    before(async () => {
      [h1, h2] = (await hosts()) as [LabHost, LabHost];
      empty = await Promise.all([h1, h2].map(tracesOf));
      const state = await stateOf('TunnelPeering', {
        connection: undefined,
        a: { connection: connectionTo(h1), interface: 'sk-gone', underlay: h1.address },
        b: { connection: connectionTo(h2), interface: 'sk-gone', underlay: h2.address },
      });
      made = (await dynamic.TunnelPeering.create(state)).outs;
    });
    after(async () => {
      await dynamic.TunnelPeering.delete('x', made);
      await closeSessions();
    });

    test('a refresh is an error, also where giving up is asked for: what the one host has is not forgotten', async () => {
      await assert.rejects(dynamic.TunnelPeering.read('x', gone()), /127\.0\.0\.1:1/);
      await givingUp(() => assert.rejects(dynamic.TunnelPeering.read('x', gone()), /127\.0\.0\.1:1/));
      assert.ok(await interfaceIn(h1, undefined, 'sk-gone'));
    });

    test('it stays in the state, and its end on the host that is there goes all the same', async () => {
      await assert.rejects(
        dynamic.TunnelPeering.delete('x', gone()),
        new RegExp(`127\\.0\\.0\\.1:1.*${variable}`, 's'),
      );
      assert.deepEqual(await changesSince(h1, empty[0] as string[]), []);
      await givingUp(() => dynamic.TunnelPeering.delete('x', gone()));
      assert.deepEqual(await changesSince(h1, empty[0] as string[]), []);
    });

    test('its end on the host that comes back is found, and deleted', async () => {
      assert.ok(await interfaceIn(h2, undefined, 'sk-gone'));
      await dynamic.TunnelPeering.delete('x', made);
      assert.deepEqual(await changesSince(h2, empty[1] as string[]), []);
    });
  });
});
