import { isDeepStrictEqual } from 'node:util';
import type { HostSession } from '../host/session';
import { askedState, linkDrift } from '../link/drift';
import { derivedVni, linkId } from '../link/identity';
import { applyLink, deleteLink, readLink, type SeenLink } from '../link/operation';
import { type LinkPlan, type LinkState, linkLabel } from '../link/plan';
import { defineResource } from '../resource';
import { isRecord, isUnknown, UNKNOWN } from '../unknown';
import { type TunnelInputs as Inputs, onBoth } from './both';
import { type MadeTunnelEnd, madeTunnelEnd } from './end';
import { applyKeys, keysOf, recordedKeys } from './keys';
import { tunnelMtu } from './mtu';
import { tunnelRules } from './rules';
import { tunnelPeeringSchema } from './schema';

type Seen = SeenLink | undefined;

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
    a: { from: ['kind'], value: (inputs) => madeTunnelEnd(inputs.a, inputs, 'a') },
    b: { from: ['kind'], value: (inputs) => madeTunnelEnd(inputs.b, inputs, 'b') },
    vni: {
      from: ['kind'],
      value: ({ kind, vni, owner }) => (kind === 'vxlan' ? (vni ?? derivedVni(owner)) : undefined),
    },
    mtu: { from: ['kind'], value: (inputs) => inputs.mtu ?? defaultMtu(inputs) },
    linkId: { from: [], value: (inputs) => linkId('tunnel', inputs) },
    // As asked for. `read` tells what has become of it, and the next update makes it so again.
    state: { from: ['adminState'], value: ({ adminState }) => askedState(adminState) },
  },
  told: [
    ['a', 'linkLocal'],
    ['b', 'linkLocal'],
  ],
  rules: tunnelRules,
  replaceOn: ['linkId', 'kind'],
  deleteBeforeReplace: true,
  id: ({ a, b }) => linkLabel(a as MadeTunnelEnd, b as MadeTunnelEnd),

  apply: async ({ inputs, old, progress }) => {
    const apply = (host: HostSession, plan: LinkPlan) =>
      applyLink(host, plan, { adopt: inputs.adopt, onStep: (step) => progress(`${host.label}: ${step}`) });
    if (inputs.kind === 'wireguard') return { publicKeys: await applyKeys(inputs, recordedKeys(old), apply) };
    await onBoth(inputs, {}, apply);
    return {};
  },

  read: async ({ inputs, state }) => {
    const recorded = recordedKeys(state);
    const seen = await onBoth(inputs, recorded, readLink);
    if (!seen.some(Boolean)) return undefined;
    const publicKeys = keysOf(seen, recorded);
    return {
      facts: inputs.kind === 'wireguard' ? { publicKeys } : {},
      drift: drift(inputs, seen, !isDeepStrictEqual(publicKeys, recorded)),
    };
  },

  delete: async ({ inputs, progress }) => {
    await onBoth(inputs, {}, (host, plan) =>
      deleteLink(host, plan, (step) => progress(`${host.label}: ${step}`)),
    );
  },
});

const defaultMtu = ({ kind, a, b }: Record<string, unknown>) => {
  const underlays = [a, b].map((end) => (isRecord(end) ? end.underlay : UNKNOWN));
  const known = underlays.find((underlay) => typeof underlay === 'string' && !isUnknown(underlay));
  return known === undefined ? UNKNOWN : tunnelMtu(kind as Inputs['kind'], known as string);
};

// An end that is gone is a fault, and so is one host's whole part, or another key than the other host knows.
const drift = (inputs: Inputs, [a, b]: [Seen, Seen], newKeys: boolean) =>
  linkDrift(inputs as Inputs & { a: MadeTunnelEnd; b: MadeTunnelEnd; mtu: number }, {
    state: newKeys ? 'partial' : stateOfBoth(inputs, [a?.state ?? 'absent', b?.state ?? 'absent']),
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
