import { sha256 } from '../digest';
import { toldNumber } from '../host/number';
import { script } from '../host/script';
import type { HostSession, Operation, Outcome } from '../host/session';
import type { Side } from './end';
import { type LinkPlan, type LinkState, linkData, unmanaged } from './plan';
import { bootScript, linkScripts, linkUnits, wantsText } from './unit';

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
      ...(plan.wireguard
        ? {
            wireguard_program_text: script('link/wireguard.pl'),
            rekey: sha256(plan.wireguard.rekey).slice(0, 16),
          }
        : {}),
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
  /** Of each address's route. */
  metrics: Record<string, number>;
  /** The bridge that it is a port of, where that is up. */
  bridge?: string;
  /** What leaves by it at most, in bits a second. */
  rate?: number;
}

/** What a host was seen to hold of a link. */
export interface SeenLink {
  state: LinkState;
  ends: Partial<Record<Side, SeenEnd>>;
  /** Of the key that the host has for its end of a WireGuard tunnel. */
  publicKey?: string;
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
    const [bridge] = all('bridge');
    const [rate] = all('rate');
    const end: SeenEnd = {
      mac,
      mtu: toldNumber(all('mtu')[0]),
      global: all('global'),
      linkLocal: all('local'),
      metrics: metricsOf(all('metric')),
      ...(bridge === undefined ? {} : { bridge }),
      ...(rate === undefined ? {} : { rate: toldNumber(rate) }),
    };
    return [[side, end]];
  });
  return {
    state: values.state as LinkState,
    ends: Object.fromEntries(ends),
    ...(values.public_key ? { publicKey: values.public_key } : {}),
  };
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
    script: [...linkScripts, 'systemd/reload.sh', 'link/host.sh', file],
    values: { data: linkData(plan), owner: plan.owner, wants: wantsText(plan), ...values },
    ...(onStep ? { onStep } : {}),
  });

const metricsOf = (shown: string[]) =>
  Object.fromEntries(
    shown
      .filter((line) => / \d+$/.test(line))
      .map((line) => [line.replace(/ \d+$/, ''), toldNumber(line.slice(line.lastIndexOf(' ') + 1))]),
  );

const lines = (text: string | undefined) => (text ?? '').split('\n').filter(Boolean);
