import type { LabHost } from '../lab';
import { inMachine } from './life';
import { type LinkState, provider } from './link';

type Properties = Record<string, unknown>;

/** Resources on one host, by kind and name: made, changed and taken away as the engine would. */
export const stackOn = (host: LabHost, owner = 'p/s') => {
  const made: { kind: string; name: string; state: LinkState }[] = [];
  const find = (kind: string, name: string) => made.find((each) => each.kind === kind && each.name === name);
  const inputsOf = (kind: string, name: string, more: Properties): Properties => ({
    owner: `${owner}/${name}`,
    ...(kind === 'VethPeering' || kind === 'RoutingCheck' ? {} : { machineName: name }),
    ...more,
  });
  return {
    /** Creates or updates it; what a failed create has recorded is updated next time. */
    put: async (kind: string, name: string, more: Properties = {}) => {
      const known = find(kind, name);
      const operations = provider(kind, host);
      try {
        const state = known
          ? await operations.update(known.state, inputsOf(kind, name, more))
          : await operations.create(inputsOf(kind, name, more));
        if (known) known.state = state;
        else made.push({ kind, name, state });
        return state.outs;
      } catch (error) {
        const { id, properties } = error as { id?: string; properties?: Properties };
        if (id !== undefined && properties) {
          const partial = { id, outs: properties };
          if (known) known.state = partial;
          else made.push({ kind, name, state: partial });
        }
        throw error;
      }
    },
    /** What a refresh shows of it; undefined: it is gone. */
    drift: async (kind: string, name: string) =>
      (await provider(kind, host).read(find(kind, name)?.state as LinkState))?.drift,
    /** What the state holds of it. */
    state: (kind: string, name: string) => find(kind, name)?.state,
    /** Takes it away. */
    drop: async (kind: string, name: string) => {
      const known = find(kind, name);
      if (!known) return;
      await provider(kind, host).delete(known.state);
      made.splice(made.indexOf(known), 1);
    },
    /** Takes all away, the last first. */
    clear: async () => {
      for (const { kind, state } of made.splice(0).reverse()) await provider(kind, host).delete(state);
    },
  };
};

/** What a stack on a host can do. */
export type HostStack = ReturnType<typeof stackOn>;

/** A machine with FRR and no addresses, running. */
export const putRouter = async (
  { put }: HostStack,
  name: string,
  { config, init }: { config?: Properties; init?: 'tini' } = {},
) => {
  await put('HostRootfs', name, init ? { bootstrap: { method: 'skeleton' } } : {});
  await put('NspawnConfig', name, init ? { init } : {});
  if (config) await put('FrrConfig', name, config);
  await put('Machine', name);
};

/** What FRR in a machine answers, as text. */
export const vtysh = async (host: LabHost, machine: string, command: string): Promise<string> =>
  (await inMachine(host, machine, `vtysh -c '${command}'`)).stdout;

/** When the sessions of a machine came up, by neighbour: the same number as long as a session lives. */
export const bornOf = async (host: LabHost, machine: string): Promise<Record<string, number>> => {
  const shown = JSON.parse(await vtysh(host, machine, 'show bgp neighbors json'));
  return Object.fromEntries(
    Object.entries(shown as Record<string, { bgpTimerUpEstablishedEpoch?: number }>)
      .filter(([name]) => name !== 'vrfId' && name !== 'vrfName')
      .map(([name, { bgpTimerUpEstablishedEpoch = 0 }]) => [name, bgpTimerUpEstablishedEpoch]),
  );
};
