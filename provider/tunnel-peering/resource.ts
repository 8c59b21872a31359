import { failureOnHosts } from '../host/error';
import { sessionFor } from '../host/pool';
import type { HostSession } from '../host/session';
import { canonicalAddress } from '../link/address';
import { askedState, linkDrift } from '../link/drift';
import { madeEnd, type Side, sides } from '../link/end';
import { derivedVni, linkId } from '../link/identity';
import { applyLink, deleteLink, readLink, type SeenLink } from '../link/operation';
import { type LinkPlan, type LinkState, linkLabel } from '../link/plan';
import { defineResource } from '../resource';
import { isRecord, isUnknown, UNKNOWN } from '../unknown';
import type { MadeTunnelEnd } from './end';
import { tunnelMtu } from './mtu';
import { tunnelRules } from './rules';
import { type TunnelPeeringInputs, tunnelPeeringSchema } from './schema';

type Inputs = TunnelPeeringInputs & Record<string, unknown>;

/** TunnelPeering: see schema.ts for what it takes. */
export const tunnelPeering = defineResource({
  kind: 'TunnelPeering',
  schema: tunnelPeeringSchema,
  connections: [
    ['a', 'connection'],
    ['b', 'connection'],
  ],
  // Inputs may be unknown in part, and what is known of an end stays known.
  derived: {
    a: { from: [], value: ({ a, owner }) => madeTunnelEnd(a, owner, 'a') },
    b: { from: [], value: ({ b, owner }) => madeTunnelEnd(b, owner, 'b') },
    vni: { from: [], value: ({ vni, owner }) => vni ?? derivedVni(owner) },
    mtu: { from: [], value: ({ mtu, a }) => mtu ?? defaultMtu(a) },
    linkId: { from: [], value: (inputs) => linkId('tunnel', inputs) },
    // As asked for. `read` tells what has become of it, and the next update makes it so again.
    state: { from: ['adminState'], value: ({ adminState }) => askedState(adminState) },
  },
  rules: tunnelRules,
  replaceOn: ['linkId', 'kind'],
  deleteBeforeReplace: true,
  id: ({ a, b }) => linkLabel(a as MadeTunnelEnd, b as MadeTunnelEnd),

  apply: async ({ inputs, progress }) => {
    await onBoth(inputs, (host, plan) =>
      applyLink(host, plan, { adopt: inputs.adopt, onStep: (step) => progress(`${host.label}: ${step}`) }),
    );
    return {};
  },

  read: async ({ inputs }) => {
    const seen = await onBoth(inputs, readLink);
    return seen.some(Boolean) ? { facts: {}, drift: drift(inputs, seen) } : undefined;
  },

  delete: async ({ inputs, progress }) => {
    await onBoth(inputs, (host, plan) =>
      deleteLink(host, plan, (step) => progress(`${host.label}: ${step}`)),
    );
  },
});

const madeTunnelEnd = (end: unknown, owner: string, side: Side): unknown => {
  const made = madeEnd(end, owner, side);
  if (!isRecord(made) || typeof made.underlay !== 'string' || isUnknown(made.underlay)) return made;
  return { ...made, underlay: canonicalAddress(made.underlay) };
};

const defaultMtu = (a: unknown) =>
  isRecord(a) && typeof a.underlay === 'string' && !isUnknown(a.underlay) ? tunnelMtu(a.underlay) : UNKNOWN;

// Both hosts at once. Where one fails, the other still becomes what it is to be, and the next run repairs the rest.
const onBoth = async <T>(
  inputs: Inputs,
  act: (host: HostSession, plan: LinkPlan) => Promise<T>,
): Promise<[T, T]> => {
  const results = await Promise.allSettled(
    sides.map((side) => {
      const { connection } = inputs[side] as MadeTunnelEnd;
      return act(sessionFor(connection), planOf(inputs, side));
    }),
  );
  const failed = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
  if (failed.length > 0) throw failureOnHosts(failed, failed.length < results.length);
  return results.map((result) => (result as PromiseFulfilledResult<T>).value) as [T, T];
};

/** What one of the two hosts is to hold. Each end has an id of its own, should both ever be on one host. */
const planOf = (inputs: Inputs, side: Side): LinkPlan => {
  const [a, b] = [inputs.a, inputs.b] as [MadeTunnelEnd, MadeTunnelEnd];
  const [near, far] = side === 'a' ? [a, b] : [b, a];
  return {
    id: linkId(`tunnel ${side}`, inputs),
    owner: inputs.owner,
    label: linkLabel(a, b),
    mtu: inputs.mtu as number,
    adminState: inputs.adminState,
    ends: [{ side, end: near }],
    vxlan: { vni: inputs.vni as number, local: near.underlay, remote: far.underlay, port: inputs.port },
  };
};

// An end that is gone is a fault, and so is one host's whole part.
const drift = (inputs: Inputs, [a, b]: [SeenLink | undefined, SeenLink | undefined]) =>
  linkDrift(inputs as Inputs & { a: MadeTunnelEnd; b: MadeTunnelEnd; mtu: number }, {
    state: stateOfBoth(inputs, [a?.state ?? 'absent', b?.state ?? 'absent']),
    ends: { ...a?.ends, ...b?.ends },
  });

const stateOfBoth = ({ adminState }: Inputs, states: [LinkState, LinkState]): LinkState => {
  const asked = askedState(adminState);
  const wrong = states.filter((state) => state !== asked && state !== 'waiting');
  const [first] = wrong;
  if (!first) return asked;
  if (first === 'absent' && wrong.length === 1) return 'partial';
  return wrong.every((state) => state === first) ? first : 'partial';
};
