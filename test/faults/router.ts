import { end, type LinkState, provider } from '../e2e/link';
import type { LabHost } from '../lab';

type Kind = 'HostRootfs' | 'NspawnConfig' | 'Machine' | 'VethPeering';
const kinds: Kind[] = ['HostRootfs', 'NspawnConfig', 'Machine', 'VethPeering'];

/** One router with a link to its host: the four resources of a program, in the order of their life. */
export const routerOn = (host: LabHost, machineName: string, subnet: string) => {
  const common = { owner: `p/s/${machineName}`, machineName };
  const inputs: Record<Kind, object> = {
    HostRootfs: { ...common, files: { '/etc/motd': { content: 'hello\n' } } },
    NspawnConfig: { ...common },
    Machine: { ...common, stopTimeoutSeconds: 10 },
    VethPeering: {
      owner: common.owner,
      a: end(undefined, `to-${machineName}`.slice(0, 15), `${subnet}.0/31`),
      b: end(machineName, 'eth1', `${subnet}.1/31`),
    },
  };
  const state: Partial<Record<Kind, LinkState>> = {};

  /** Like `up` after a `refresh`: what is there is updated, what is not is made. */
  const up = async (more: Partial<Record<Kind, object>> = {}) => {
    for (const kind of kinds) {
      const resource = provider(kind, host);
      const wanted = { ...inputs[kind], ...more[kind] };
      const known = state[kind] && (await resource.read(state[kind])) ? state[kind] : undefined;
      state[kind] = known ? await resource.update(known, wanted) : await resource.create(wanted);
    }
  };

  return {
    host,
    machineName,
    inputs,
    up,
    /** What `refresh` shows, by kind; "gone" for what is not there. */
    refresh: async (): Promise<Partial<Record<Kind, unknown>>> => {
      const shown: Partial<Record<Kind, unknown>> = {};
      for (const kind of kinds) {
        const known = state[kind];
        if (!known) continue;
        const seen = await provider(kind, host).read(known);
        if (!seen) shown[kind] = 'gone';
        else if (Object.keys(seen.drift).length > 0) shown[kind] = seen.drift;
      }
      return shown;
    },
    /** One of its operations by itself. */
    update: (kind: Kind, more: object = {}) =>
      provider(kind, host).update(state[kind] as LinkState, { ...inputs[kind], ...more }),
    delete: (kind: Kind) => provider(kind, host).delete(state[kind] as LinkState),
    destroy: async () => {
      for (const kind of [...kinds].reverse()) {
        const known = state[kind];
        if (known) await provider(kind, host).delete(known);
        delete state[kind];
      }
    },
  };
};

export type Router = ReturnType<typeof routerOn>;
