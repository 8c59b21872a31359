import { script } from '../host/script';
import { hostMachine, type MadeEnd } from './end';

/**
 * The units that make links again, one for each machine that has any. It runs when its machine has started, stops with
 * it, and never starts one. A unit a link, bound to both its machines, would: BindsTo= pulls in what it names
 * (systemd.unit(5)), so that starting one router would start its neighbours. Two machines that start at once each have
 * their own run, and the later one finds both running. A failure is seen in `systemctl --failed`; no machine waits for it.
 */
export const linkUnits = {
  'pulumi-nspawn-links@.service': unitText('Links of the machine %i', [
    'BindsTo=systemd-nspawn@%i.service',
    'After=systemd-nspawn@%i.service',
  ]),
  // A tunnel's end on the host itself has no machine to come with.
  'pulumi-nspawn-host-links.service': unitText('Links of the host', ['After=network-pre.target']),
};

function unitText(description: string, dependencies: string[]): string {
  const machine = description.includes('%i') ? '%i' : '.host';
  return [
    '# Written by pulumi-nspawn.',
    '[Unit]',
    `Description=${description} (pulumi-nspawn)`,
    'RequiresMountsFor=/var/lib/pulumi-nspawn',
    // As often as its machine, which has a limit of its own.
    'StartLimitIntervalSec=0',
    ...dependencies,
    '',
    '[Service]',
    'Type=oneshot',
    `ExecStart=/bin/sh /var/lib/pulumi-nspawn/bin/links.sh ${machine}`,
    'TimeoutStartSec=5min',
    '',
  ].join('\n');
}

/** What wants the units of a link's machines, as paths of symbolic links under /etc/systemd/system. */
export const linkWants = ({ ends }: Ends): { machine: string; path: string }[] =>
  [...new Set(ends.map(({ end }) => end.machineName))].map((machine) =>
    machine === undefined
      ? { machine: hostMachine, path: 'multi-user.target.wants/pulumi-nspawn-host-links.service' }
      : { machine, path: `systemd-nspawn@${machine}.service.wants/pulumi-nspawn-links@${machine}.service` },
  );

/** The same as the host's scripts read it: a machine and its path a line. */
export const wantsText = (link: Ends): string =>
  linkWants(link)
    .map(({ machine, path }) => `${machine} ${path}\n`)
    .join('');

interface Ends {
  ends: { end: Pick<MadeEnd, 'machineName'> }[];
}

/** What the units run, with nothing of ours around it. It lies in /var, where hosts with a read-only /usr can have it. */
export const bootScript = (): string =>
  ['#!/bin/sh', ...[...linkScripts, 'link/boot.sh'].map(script)].join('\n');

/** What the boot script and each operation on links begin with. */
export const linkScripts = [
  'host/in-machine.sh',
  'link/observe.sh',
  'link/zebra.sh',
  'link/connect.sh',
  'link/wireguard.sh',
  'link/wireguard-userspace.sh',
];
