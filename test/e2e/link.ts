import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LabHost } from '../lab';
import { connectionTo } from './hosts';

type Properties = Record<string, unknown>;

/** A link as the engine would keep it. */
export interface LinkState {
  id: string;
  // biome-ignore lint/suspicious/noExplicitAny: outputs as they come
  outs: any;
}

/** One end, as a program gives it. */
export const end = (machineName: string | undefined, name: string, ...addresses: string[]) => ({
  ...(machineName ? { machineName } : {}),
  interface: name,
  ...(addresses.length > 0 ? { addresses } : {}),
});

/** The operations of a resource, called as the dynamic provider's process calls them; with a host's connection, where there is one. */
export const provider = (kind: string, host?: LabHost) => {
  const dynamic = require('../../provider/dynamic')[kind];
  const connected = (inputs: Properties) => (host ? { ...inputs, connection: connectionTo(host) } : inputs);
  const check = async (inputs: Properties): Promise<Properties> => {
    const { inputs: checked, failures } = await dynamic.check({}, connected(inputs));
    if (failures.length > 0) throw new Error(JSON.stringify(failures));
    return checked;
  };
  return {
    create: async (inputs: Properties): Promise<LinkState> => dynamic.create(await check(inputs)),
    update: async ({ id, outs }: LinkState, inputs: Properties): Promise<LinkState> => ({
      id,
      ...(await dynamic.update(id, outs, await check(inputs))),
    }),
    read: async ({ id, outs }: LinkState): Promise<{ drift: Properties } | undefined> => {
      const seen = await dynamic.read(id, outs);
      if (!seen.id) return undefined;
      const changed = Object.entries(seen.inputs).filter(
        ([name, value]) => JSON.stringify(value) !== JSON.stringify(outs[name]),
      );
      return { drift: Object.fromEntries(changed) };
    },
    delete: async ({ id, outs }: LinkState): Promise<void> => dynamic.delete(id, outs),
  };
};

const smallTree = readFileSync(join(__dirname, 'small-tree.sh'), 'utf8');

/** A machine that shares the host's /usr and has a network of its own, not started. */
export const makeMachine = async (host: LabHost, machine: string): Promise<void> => {
  await removeMachine(host, machine);
  await host.run(['sh', '-s', machine], { input: smallTree });
  await host.sh(`mkdir -p /etc/systemd/nspawn /run/systemd/system/systemd-nspawn@.service.d
    printf '%s\\n' '[Exec]' Boot=yes NotifyReady=yes PrivateUsers=pick '[Files]' BindReadOnly=/usr:/usr:idmap \\
      '[Network]' Private=yes VirtualEthernet=no >/etc/systemd/nspawn/${machine}.nspawn
    mkdir -p /etc/systemd/system/systemd-nspawn@${machine}.service.d
    printf '%s\\n' '[Service]' Environment=SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1 \\
      >/etc/systemd/system/systemd-nspawn@${machine}.service.d/test.conf
    systemctl daemon-reload`);
};

/** Takes it away again, running or not. */
export const removeMachine = async (host: LabHost, machine: string): Promise<void> => {
  await host.sh(
    `systemctl disable --quiet systemd-nspawn@${machine} || :
    systemctl stop systemd-nspawn@${machine} || :
    systemctl reset-failed systemd-nspawn@${machine} || :
    rm -rf --one-file-system /var/lib/machines/${machine} /etc/systemd/nspawn/${machine}.nspawn \\
      /etc/systemd/system/systemd-nspawn@${machine}.service.d
    systemctl daemon-reload`,
  );
};

/** An interface as iproute2 shows it. */
export interface Interface {
  ifindex: number;
  mtu: number;
  flags: string[];
  address: string;
  ifalias?: string;
  /** Addresses with prefix lengths, but link-local ones. */
  global: string[];
}

/** An interface in a machine or, with no machine, on the host. */
export const interfaceIn = async (
  host: LabHost,
  machine: string | undefined,
  name: string,
): Promise<Interface | undefined> => {
  const { stdout, exitCode } = await host.sh(
    `${machine ? `nsenter -t "$(machinectl show -p Leader --value ${machine})" -n ` : ''}ip -j -d address show dev ${name}`,
    { reject: false },
  );
  if (exitCode !== 0) return undefined;
  const [shown] = JSON.parse(stdout);
  const addresses: { local: string; prefixlen: number; scope: string }[] = shown.addr_info;
  const global = addresses
    .filter(({ scope }) => scope !== 'link')
    .map(({ local, prefixlen }) => `${local}/${prefixlen}`);
  return { ...shown, global };
};

/** What limits an interface of a machine, as tc(8) shows it. */
export const limitsOf = async (host: LabHost, machine: string, name: string): Promise<string> => {
  const { stdout } = await host.sh(
    `nsenter -t "$(machinectl show -p Leader --value ${machine})" -n tc -s qdisc show dev ${name}`,
  );
  return stdout;
};

/** Whether a machine gets an answer from an address within a second. */
export const reaches = async (host: LabHost, machine: string, address: string): Promise<boolean> => {
  const ping = `ping -c 1 -W 1 -q ${address}`;
  const { exitCode } = await host.sh(
    `nsenter -t "$(machinectl show -p Leader --value ${machine})" -n ${ping}`,
    {
      reject: false,
    },
  );
  return exitCode === 0;
};

/** All that links could leave on a host. */
export const linkTrace = async (host: LabHost): Promise<string> => {
  const { stdout } = await host.sh(
    `find /etc/systemd /etc/NetworkManager /var/lib/pulumi-nspawn -printf '%y %m %p\\n' 2>/dev/null | sort
    systemctl list-units --all --no-legend --plain 'pulumi*'
    systemctl list-unit-files --no-legend --plain 'pulumi*'
    ip -o link | sed 's/@.*//' | cut -d' ' -f2 | sort`,
  );
  return stdout;
};
