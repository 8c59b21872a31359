import type { HostSession, Operation, Outcome } from '../host/session';
import type { MadeEnd, Side } from './end';
import { type LinkPlan, linkData, unmanaged } from './plan';
import { bootScript, linkUnits, linkWants } from './unit';

/** Makes what a host holds of a link; in one round trip, as the others. */
export const applyLink = (
  host: HostSession,
  plan: LinkPlan,
  { adopt, onStep }: { adopt: boolean | undefined; onStep: (step: string) => void },
): Promise<Outcome> => {
  const { networkd = '', networkManager = '' } = unmanaged(plan) ?? {};
  return run(host, plan, 'make the link', 'link/apply.sh', {
    values: {
      boot_script: bootScript(),
      machine_unit_text: linkUnits['pulumi-nspawn-links@.service'],
      host_unit_text: linkUnits['pulumi-nspawn-host-links.service'],
      networkd_text: networkd,
      network_manager_text: networkManager,
      adopt: adopt ? '1' : '0',
    },
    onStep,
  });
};

/** What an end was seen to be. */
export interface SeenEnd {
  mac: string;
  mtu: number;
  /** All but those that router advertisements gave. */
  global: string[];
  linkLocal: string[];
}

/** What a host was seen to hold of a link; `waiting` where a machine of it does not run. */
export interface SeenLink {
  state: 'connected' | 'waiting' | 'down' | 'partial' | 'absent';
  ends: Partial<Record<Side, SeenEnd>>;
}

/** What there is; undefined where the host has nothing of it. */
export const readLink = async (host: HostSession, plan: LinkPlan): Promise<SeenLink | undefined> => {
  const { values } = await run(host, plan, 'read the link', 'link/read.sh', {});
  if (values.present !== '1') return undefined;
  const seen = lines(values.seen).map((line) => line.split(' '));
  const ends = plan.ends.flatMap(({ side }) => {
    const all = (property: string) =>
      seen
        .filter(([end, name]) => end === side && name === property)
        .map(([, , ...words]) => words.join(' '));
    const [mac] = all('mac');
    if (mac === undefined) return [];
    const end: SeenEnd = { mac, mtu: Number(all('mtu')[0]), global: all('global'), linkLocal: all('local') };
    return [[side, end]];
  });
  return { state: values.state as SeenLink['state'], ends: Object.fromEntries(ends) };
};

/** Takes away what is ours of a link. */
export const deleteLink = async (
  host: HostSession,
  plan: LinkPlan,
  onStep: (step: string) => void,
): Promise<void> => {
  await run(host, plan, 'delete the link', 'link/delete.sh', { onStep });
};

const run = (
  host: HostSession,
  plan: LinkPlan,
  action: string,
  file: string,
  { values, onStep }: Pick<Operation, 'values' | 'onStep'>,
) =>
  host.run({
    action,
    machine: plan.label,
    script: ['link/observe.sh', 'link/connect.sh', 'link/host.sh', file],
    values: { data: linkData(plan), owner: plan.owner, wants: wantsText(plan), ...values },
    ...(onStep ? { onStep } : {}),
  });

const wantsText = (plan: LinkPlan) =>
  linkWants(plan)
    .map(({ machine, path }) => `${machine} ${path}\n`)
    .join('');

const lines = (text: string | undefined) => (text ?? '').split('\n').filter(Boolean);

/** The properties of an end that are no longer as they were made; undefined where none is. */
export const endDrift = (made: MadeEnd, seen: SeenEnd | undefined): MadeEnd | undefined => {
  if (!seen) return undefined;
  const addresses = made.addresses && addressesAsSeen(made.addresses, seen);
  const same = seen.mac === made.mac && (!addresses || addresses.join() === made.addresses?.join());
  return same ? undefined : { ...made, mac: seen.mac, ...(addresses ? { addresses } : {}) };
};

// In the order in which they were given, so that only what differs shows; what was added comes last.
const addressesAsSeen = (given: string[], { global, linkLocal }: SeenEnd) => [
  ...given.filter((address) => global.includes(address) || linkLocal.includes(address)),
  ...global.filter((address) => !given.includes(address)),
];
