import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { withLock } from './lock';
import { findMirror } from './mirror';
import type { Release } from './types';

/** Where base images and the disks of hosts are. */
export const cacheDirectory = process.env.PULUMI_NSPAWN_LAB_CACHE ?? '/var/cache/pulumi-nspawn-lab';

const packages = [
  ...[
    'systemd',
    'systemd-sysv',
    'dbus',
    'libpam-systemd',
    'libnss-systemd',
    'systemd-container',
    'kmod',
    'procps',
  ],
  ...['openssh-server', 'sudo', 'iproute2', 'iputils-ping', 'traceroute', 'tcpdump', 'nftables', 'tini'],
  ...['frr', 'frr-pythontools', 'wireguard-tools', 'wireguard-go', 'mmdebstrap', 'debootstrap'],
];
const size = '3G';
const recipe = ['image-build.sh', 'image-customize.sh'].map((file) => join(__dirname, file));

/** The base image of a release, as this recipe makes it. The file need not exist yet. */
export function imagePath(release: Release): string {
  const digest = createHash('sha256');
  digest.update(JSON.stringify([release, size, packages]));
  for (const file of recipe) digest.update(readFileSync(file));
  return join(cacheDirectory, `${release}-${digest.digest('hex').slice(0, 12)}.ext4`);
}

/** Makes the base image of a release unless it is there already, and returns its path. */
export async function ensureImage(release: Release, log: (line: string) => void): Promise<string> {
  const image = imagePath(release);
  if (existsSync(image)) return image;
  return await withLock(join(cacheDirectory, `${release}.lock`), async () => {
    if (!existsSync(image)) await build(release, image, log);
    return image;
  });
}

/** Removes all base images. Running hosts keep theirs, which are copies. */
export function cleanCache(): string[] {
  if (!existsSync(cacheDirectory)) return [];
  const names = readdirSync(cacheDirectory).filter((name) => name !== 'disks');
  for (const name of names) rmSync(join(cacheDirectory, name), { recursive: true, force: true });
  return names.filter((name) => name.endsWith('.ext4'));
}

// The lock is held: what an interrupted build left is nobody's.
async function build(release: Release, image: string, log: (line: string) => void): Promise<void> {
  const directory = join(cacheDirectory, `building-${release}`);
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  const mirror = await findMirror();
  const started = performance.now();
  log(`${release}: building the base image from ${mirror} (a minute, once)`);
  try {
    const ownNamespaces = ['--mount', '--pid', '--fork', '--kill-child', '--mount-proc'];
    const command = ['sh', recipe[0] as string, release, directory, mirror, size, packages.join(',')];
    const building = execa(
      'setpriv',
      ['--pdeathsig', 'KILL', 'unshare', ...ownNamespaces, '--', ...command],
      {
        lines: true,
        all: true,
        stdin: 'ignore',
      },
    );
    for await (const line of building.iterable({ from: 'all' })) {
      if (line.startsWith('I: ')) log(`${release}: ${line.slice(3)}`);
    }
    await building;
    renameSync(join(directory, 'image'), image);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
  log(`${release}: base image ready after ${Math.round((performance.now() - started) / 1000)} s`);
}
