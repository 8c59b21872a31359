import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { canonicalIp, ipSchema, overlap, prefixSchema, routerIdSchema } from '../../../provider/frr/address';
import { runs } from '../../fuzz';

// An address as a number of so many bits, and how it is written in full.
const written = (bits: 32 | 128, value: bigint): string =>
  bits === 32
    ? [24n, 16n, 8n, 0n].map((at) => (value >> at) & 255n).join('.')
    : [112n, 96n, 80n, 64n, 48n, 32n, 16n, 0n].map((at) => ((value >> at) & 65535n).toString(16)).join(':');
const network = fc.constantFrom<32 | 128>(32, 128).chain((bits) =>
  fc.record({
    bits: fc.constant(bits),
    // Above what stands for IPv4 in IPv6, which no router has.
    value: fc.bigInt({ min: bits === 32 ? 0n : 1n << 120n, max: (1n << BigInt(bits)) - 1n }),
    length: fc.integer({ min: bits === 32 ? 0 : 8, max: bits }),
  }),
);
type Network = typeof network extends fc.Arbitrary<infer T> ? T : never;
const host = ({ bits, length }: Network) => (1n << BigInt(bits - length)) - 1n;
const first = (given: Network) => given.value & ~host(given);
const prefix = (given: Network) => `${written(given.bits, first(given))}/${given.length}`;

test('a prefix is refused exactly where it has host bits, and what is said to be accepted is', () => {
  fc.assert(
    fc.property(network, (given) => {
      const text = `${written(given.bits, given.value)}/${given.length}`;
      const { success, error } = prefixSchema.safeParse(text);
      assert.equal(success, first(given) === given.value, text);
      const [, better] = /accepted is (\S+)$/.exec(error?.issues[0]?.message ?? '') ?? [];
      if (success) return;
      assert.equal(better, canonicalIp(prefix(given)));
      assert.ok(prefixSchema.safeParse(better).success, better);
    }),
    runs(300),
  );
});

test('two prefixes overlap where an address is in both', () => {
  // Of few bits, so that they meet.
  const near = network.map((given) => ({
    ...given,
    value: (given.value >> 3n) << 3n,
    length: given.bits - (given.length % 6),
  }));
  fc.assert(
    fc.property(near, near, fc.boolean(), (one, other, meet) => {
      const second = meet ? { ...one, length: Math.max(one.bits - 5, one.length - 1) } : other;
      const expected =
        one.bits === second.bits &&
        first(one) <= first(second) + host(second) &&
        first(second) <= first(one) + host(one);
      assert.equal(overlap(prefix(one), prefix(second)), expected);
      assert.equal(overlap(prefix(second), prefix(one)), expected);
      if (meet) assert.ok(expected);
    }),
    runs(300),
  );
});

test('an address has one form, which is accepted, and is its own', () => {
  fc.assert(
    fc.property(network, ({ bits, value }) => {
      const text = written(bits, value);
      const form = canonicalIp(text);
      assert.equal(canonicalIp(form), form);
      assert.equal(canonicalIp(text.toUpperCase()), form);
      assert.ok(ipSchema.safeParse(text).success);
      assert.ok(ipSchema.safeParse(form).success);
      assert.equal(routerIdSchema.safeParse(text).success, bits === 32 && value !== 0n);
    }),
    runs(300),
  );
});

test('a text that is no address stays as it is, and never throws', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (text) => {
      if (!ipSchema.safeParse(text).success) assert.ok(!prefixSchema.safeParse(`${text}/8`).success);
      assert.ok(!ipSchema.safeParse(`${text};`).success);
    }),
    runs(300),
  );
});
