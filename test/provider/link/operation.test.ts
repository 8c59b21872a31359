import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { HostSession } from '../../../provider/host/session';
import { linkDrift } from '../../../provider/link/drift';
import { readLink } from '../../../provider/link/operation';
import type { LinkPlan } from '../../../provider/link/plan';
import { runs } from '../../fuzz';
import { answersLike } from '../answers';
import { assertPlain } from '../plain';

const a = { machineName: 'r1', interface: 'eth1', mac: '02:00:00:00:00:01', addresses: ['10.0.0.0/31'] };
const b = {
  interface: 'to-r1',
  mac: '02:00:00:00:00:02',
  addresses: ['10.0.0.1/31', 'fd00::1/64'],
  metric: 50,
};
const link = {
  id: '0123456789abcdef',
  owner: 'p/s/l',
  label: 'l',
  mtu: 1500,
  adminState: 'up',
  a,
  b,
} as const;
const plan: LinkPlan = {
  ...link,
  ends: [
    { side: 'a', end: a },
    { side: 'b', end: b },
  ],
};
const answer = {
  present: '1',
  state: 'connected',
  seen: [
    'a mac 02:00:00:00:00:01',
    'a mtu 1500',
    'a global 10.0.0.0/31',
    'a metric 10.0.0.0/31 0',
    'b mac 02:00:00:00:00:02',
    'b mtu 1500',
    'b local fe80::1/64',
    'b global 10.0.0.1/31',
    'b global fd00::1/64',
    'b metric 10.0.0.1/31 50',
    'b metric fd00::1/64 50',
  ].join('\n'),
};
const hostWith = (values: Record<string, string>) =>
  ({ run: async () => ({ values, log: '' }) }) as unknown as HostSession;

test('a link is read as its host tells it', async () => {
  const seen = await readLink(hostWith(answer), plan);
  assert.deepEqual(seen?.ends.b, {
    mac: b.mac,
    mtu: 1500,
    global: b.addresses,
    linkLocal: ['fe80::1/64'],
    metrics: { '10.0.0.1/31': 50, 'fd00::1/64': 50 },
  });
  assert.deepEqual(linkDrift({ ...link, a, b }, seen as NonNullable<typeof seen>), { state: 'connected' });
});

test('whatever a host answers of a link is told', async () => {
  await fc.assert(
    fc.asyncProperty(answersLike(answer), async (values) => {
      const seen = await readLink(hostWith(values), plan);
      if (!seen) return;
      assertPlain(linkDrift({ ...link, a, b }, seen));
    }),
    runs(150),
  );
});
