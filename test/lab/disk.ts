import { randomBytes } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { readAptProxy } from './mirror';
import { runInOwnMounts } from './mounts';
import { address6Of, addressOf } from './network';
import { type HostState, hostDirectory, type LabState, labDirectory, readKeeper } from './state';

/** The disk of a host: a file with an ext4 file system. */
export function diskPath(lab: LabState, host: HostState): string {
  return join(lab.diskDirectory, `${host.name}.ext4`);
}

/** Makes the disk of a host from its release's base image and from what is the host's own. */
export async function createDisk(lab: LabState, host: HostState, image: string): Promise<void> {
  mkdirSync(lab.diskDirectory, { recursive: true });
  const seed = join(hostDirectory(lab.id, host.name), 'seed');
  for (const [path, text] of Object.entries(await ownFiles(lab, host))) {
    mkdirSync(dirname(join(seed, path)), { recursive: true });
    writeFileSync(join(seed, path), text);
  }
  const key = join(hostDirectory(lab.id, host.name), 'ssh_host_ed25519_key');
  mkdirSync(join(seed, 'etc/ssh'), { recursive: true });
  for (const end of ['', '.pub'])
    copyFileSync(`${key}${end}`, join(seed, `etc/ssh/ssh_host_ed25519_key${end}`));
  await runInOwnMounts('disk.sh', image, diskPath(lab, host), seed);
  rmSync(seed, { recursive: true });
}

/** Makes the file system of a running host forget what is not on its disk yet. */
export async function loseWrites(lab: LabState, host: HostState): Promise<void> {
  const keeper = readKeeper(lab.id, host.name);
  if (keeper === undefined) throw new Error(`host ${host.name} is off`);
  await execa('perl', [join(__dirname, 'lose-writes.pl'), `/proc/${keeper.pid}/root/run/root`]);
}

/** The loop devices on files that the question is true of. */
export function loopDevices(isAsked: (file: string) => boolean): string[] {
  const names = readdirSync('/sys/block').filter((name) => name.startsWith('loop'));
  return names
    .filter((name) => {
      const backing = `/sys/block/${name}/loop/backing_file`;
      return existsSync(backing) && isAsked(readFileSync(backing, 'utf8').trim());
    })
    .map((name) => `/dev/${name}`);
}

async function ownFiles(lab: LabState, host: HostState): Promise<Record<string, string>> {
  const names = lab.hosts.flatMap(({ name, index }) => [
    `${addressOf(lab.number, index)} ${name}`,
    `${address6Of(lab.number, index)} ${name}`,
  ]);
  return {
    'etc/hostname': `${host.name}\n`,
    'etc/hosts': `127.0.0.1 localhost\n::1 localhost\n${names.join('\n')}\n`,
    'etc/machine-id': `${randomBytes(16).toString('hex')}\n`,
    'etc/resolv.conf': readResolvConf(),
    'etc/apt/apt.conf.d/90proxy': await readAptProxy(),
    'etc/systemd/network/10-host0.network': networkFile(lab.number, host.index),
    'root/authorized_keys': readFileSync(join(labDirectory(lab.id), 'id_ed25519.pub'), 'utf8'),
  };
}

function networkFile(number: number, index: number): string {
  return `[Match]
Name=host0

[Network]
Gateway=${addressOf(number, 0)}
IPv6AcceptRA=no
KeepConfiguration=static

[Address]
Address=${addressOf(number, index)}/24

[Address]
Address=${address6Of(number, index)}/64
DuplicateAddressDetection=none
`;
}

// A stub resolver on this machine's loopback is out of a host's reach: systemd-resolved lists the real ones elsewhere.
function readResolvConf(): string {
  const text = readFileSync('/etc/resolv.conf', 'utf8');
  const uplink = '/run/systemd/resolve/resolv.conf';
  return /^nameserver\s+127\./m.test(text) && existsSync(uplink) ? readFileSync(uplink, 'utf8') : text;
}
