import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStack, type Result, type Stack } from '../deployer';
import type { LabHost } from '../lab';
import { waitUntil } from '../lab/wait';
import { placeOf } from './hosts';

/** What the program test/e2e/programs/life is told. */
export const settings = {
  memoryMax: '200M',
  motd: 'first\n',
  secondAddress: 'fd00:1::1/64',
  environment: undefined as Record<string, string> | undefined,
  nameOfB: 'life-b',
  method: 'host' as 'host' | 'debootstrap',
};

/** A stack of the program on hosts, whose settings can be changed between deployments. */
export const openLife = async (hosts: LabHost[]) => {
  const backendDir = mkdtempSync(join(tmpdir(), 'pulumi-nspawn-life-'));
  const open = (current: typeof settings): Promise<Stack> =>
    openStack({
      dir: join(__dirname, 'programs/life'),
      stack: 'test',
      backendDir,
      passphrase: 'test',
      config: {
        'life:hosts': JSON.stringify(
          hosts.map((host) => ({
            name: host.name,
            connection: { ...placeOf(host).connection, dialErrorLimit: 2, perDialTimeout: 5 },
          })),
        ),
        'life:settings': JSON.stringify(current),
        'life:secret': { secret: 'correct horse battery staple' },
        'life:privateKey': { secret: hosts[0]?.privateKey ?? '' },
      },
    });
  return {
    with: (changes: Partial<typeof settings> = {}) => open({ ...settings, ...changes }),
    close: () => rmSync(backendDir, { recursive: true, force: true }),
  };
};

/** The steps that are more than "same", as `op kind name`. */
export const changesOf = ({ steps }: Result): string[] =>
  steps
    .filter(({ op, type }) => op !== 'same' && !/^pulumi:(pulumi|providers):/.test(type))
    .map(({ op, type, name }) => `${op} ${type.split(':').at(-1)} ${name}`)
    .sort();

/** A command in a machine, by its leader's namespaces: not by the code under test. */
export const inMachine = (host: LabHost, machine: string, command: string) =>
  host.sh(
    `nsenter -t "$(machinectl show -p Leader --value ${machine})" -a -F -- sh -c '"$@"; exit' sh ${command}`,
    { reject: false },
  );

/** Waits until the machine's BGP session with a neighbour is Established. */
export const established = (host: LabHost, machine: string, neighbour: string, seconds = 40) =>
  waitUntil(`${machine} on ${host.name} and ${neighbour} Established`, seconds, async () => {
    const { stdout } = await inMachine(host, machine, "vtysh -c 'show bgp summary json'");
    try {
      return JSON.parse(stdout).ipv4Unicast.peers[neighbour].state === 'Established';
    } catch {
      return false;
    }
  });

/** The process that a machine began with: another one after a restart. */
export const leaderOf = async (host: LabHost, machine: string): Promise<string> =>
  (await host.sh(`machinectl show -p Leader --value ${machine}`)).stdout.trim();

/** All that a deployment could leave on a host: files, units, interfaces, machines, nft tables. */
export const traceOn = async (host: LabHost): Promise<string[]> => {
  const { stdout } = await host.sh(`
    find /etc /var/lib /usr/local /root /home /opt /srv -xdev ! -path '/var/lib/systemd/*' ! -path '/var/lib/apt/*' \
      ! -path '/etc/.pwd.lock' -printf '%M %U %G %s %p -> %l\\n' | sort -k5
    find /run/systemd/system /run/systemd/transient /run/systemd/network /run/systemd/nspawn /run/pulumi-nspawn -type f ! -name '*.lock' ! -name 'session-*.scope' 2>/dev/null | sort
    systemctl list-unit-files --no-legend --plain | grep -v '^session-' | sort
    systemctl list-units --all --no-legend --plain 'systemd-nspawn@*' 'pulumi*' 'machines.target' | sort
    ip -o link | cut -d' ' -f2 | cut -d@ -f1 | sort
    ip -o address show scope global | awk '{ print $2, $4 }' | sort
    machinectl list --no-legend
    nft list tables 2>/dev/null | sort`);
  return stdout.split('\n');
};
