import { askedState, linkDrift } from '../link/drift';
import { type MadeEnd, madeEnd } from '../link/end';
import { linkId } from '../link/identity';
import { applyLink, deleteLink, readLink } from '../link/operation';
import { type LinkPlan, linkLabel } from '../link/plan';
import { linkRules } from '../link/rules';
import { type CheckFailure, defineResource } from '../resource';
import { isRecord, isUnknown } from '../unknown';
import { type VethPeeringInputs, vethPeeringSchema } from './schema';

type Inputs = VethPeeringInputs & Record<string, unknown>;
type Ends = { a: MadeEnd; b: MadeEnd };

/** VethPeering: see schema.ts for what it takes. */
export const vethPeering = defineResource({
  kind: 'VethPeering',
  schema: vethPeeringSchema,
  // Inputs may be unknown in part, and what is known of an end stays known.
  derived: {
    a: { from: [], value: ({ a, owner }) => madeEnd(a, owner, 'a') },
    b: { from: [], value: ({ b, owner }) => madeEnd(b, owner, 'b') },
    linkId: { from: [], value: (inputs) => linkId('veth', inputs) },
    // As asked for. `read` tells what has become of it, and the next update makes it so again.
    state: { from: ['adminState'], value: ({ adminState }) => askedState(adminState) },
  },
  rules: (inputs) => [...endsOfOnePlace(inputs), ...linkRules(inputs)],
  replaceOn: ['linkId'],
  deleteBeforeReplace: true,
  id: ({ a, b }) => linkLabel(a as MadeEnd, b as MadeEnd),

  apply: async ({ inputs, host, progress }) => {
    await applyLink(host, planOf(inputs), { adopt: inputs.adopt, onStep: progress });
    return {};
  },

  read: async ({ inputs, host }) => {
    const seen = await readLink(host, planOf(inputs));
    return seen && { facts: {}, drift: linkDrift(inputs as Inputs & Ends, seen) };
  },

  delete: ({ inputs, host, progress }) => deleteLink(host, planOf(inputs), progress),
});

const planOf = (inputs: Inputs): LinkPlan => {
  const { a, b } = inputs as Ends;
  return {
    id: String(inputs.linkId),
    owner: inputs.owner,
    label: linkLabel(a, b),
    mtu: inputs.mtu,
    adminState: inputs.adminState,
    ends: [
      { side: 'a', end: a },
      { side: 'b', end: b },
    ],
  };
};

const endsOfOnePlace = ({ a, b }: Record<string, unknown>): CheckFailure[] => {
  if (!isRecord(a) || !isRecord(b) || isUnknown(a.machineName) || isUnknown(b.machineName)) return [];
  if (a.machineName === undefined && b.machineName === undefined) {
    const reason = 'it is missing on both ends; accepted is a machine on one of them at least';
    return [{ property: 'a.machineName', reason }];
  }
  if (a.machineName !== b.machineName || isUnknown(a.interface) || a.interface !== b.interface) return [];
  const reason = `received ${JSON.stringify(b.interface)}, which end a is called in the same machine; accepted is another name`;
  return [{ property: 'b.interface', reason }];
};
