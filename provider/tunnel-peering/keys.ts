import type { HostSession } from '../host/session';
import { type Side, sides } from '../link/end';
import type { LinkPlan } from '../link/plan';
import { isRecord } from '../unknown';
import { onBoth, type PublicKeys, type TunnelInputs } from './both';

/**
 * Makes both ends of a WireGuard tunnel, each of which needs the other's public key: with those on record first, which is
 * all where they still hold; the end that was told another key than the other has now is told again.
 */
export const applyKeys = async (
  inputs: TunnelInputs,
  recorded: PublicKeys,
  apply: (host: HostSession, plan: LinkPlan) => Promise<{ values: Record<string, string> }>,
): Promise<PublicKeys> => {
  const outcomes = await onBoth(inputs, recorded, apply);
  const keys = keysOf(
    outcomes.map(({ values }) => ({ publicKey: values.public_key })),
    {},
  );
  await onBoth(inputs, keys, async (host, plan, side) => {
    const other = side === 'a' ? 'b' : 'a';
    if (keys[other] !== recorded[other]) await apply(host, plan);
  });
  return keys;
};

/** The keys that hosts have; of one that has none, what is on record. */
export const keysOf = (seen: ({ publicKey?: string | undefined } | undefined)[], recorded: PublicKeys) =>
  Object.fromEntries(
    sides.flatMap((side, index): [Side, string][] => {
      const key = seen[index]?.publicKey ?? recorded[side];
      return key ? [[side, key]] : [];
    }),
  ) as PublicKeys;

/** The keys on record in a state. */
export const recordedKeys = (state: Record<string, unknown> | undefined): PublicKeys =>
  isRecord(state?.publicKeys) ? (state.publicKeys as PublicKeys) : {};
