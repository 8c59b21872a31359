import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { wantsOf } from '../../../provider/host-runtime/recorded-link';
import { type LinkPlan, linkData } from '../../../provider/link/plan';
import { wantsText } from '../../../provider/link/unit';
import { runs } from '../../fuzz';

const end = fc.record(
  {
    machineName: fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,10}$/),
    interface: fc.stringMatching(/^[a-z][a-z0-9.-]{0,10}$/),
    mac: fc.constant('02:00:00:00:00:01'),
    addresses: fc.array(fc.constantFrom('10.0.0.1/31', 'fd00::1/64')),
    metric: fc.nat(),
    linkLocal: fc.constant('fe80::1/64'),
  },
  { requiredKeys: ['interface', 'mac'] },
);
const plan = fc.record({
  id: fc.stringMatching(/^[0-9a-f]{16}$/),
  owner: fc.stringMatching(/^[a-z]+\/[a-z]+\/[a-z .:]+$/),
  label: fc.constant('a link'),
  mtu: fc.integer({ min: 68, max: 9000 }),
  adminState: fc.constantFrom('up', 'down'),
  ends: fc.tuple(end, end).chain(([a, b]) =>
    fc.constantFrom(
      [{ side: 'a', end: a }],
      [
        { side: 'a', end: a },
        { side: 'b', end: b },
      ],
    ),
  ),
}) as fc.Arbitrary<LinkPlan>;

test("from a link's data on its host comes what wants its units, as from the link itself", () => {
  fc.assert(
    fc.property(plan, (link) => {
      assert.equal(wantsOf(linkData(link)), wantsText(link));
    }),
    runs(200),
  );
});
