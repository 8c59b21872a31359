import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { withLock } from './lock';
import { findMirror } from './mirror';
import { type Release, releases } from './types';

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
  return await withImageLock(release, async () => {
    if (!existsSync(image)) await build(release, image, log);
    return image;
  });
}

/** Removes all base images. Running hosts keep their disks, which are copies. */
export async function cleanCache(): Promise<string[]> {
  const removed = releases.map((release) =>
    withImageLock(release, async () => {
      const images = readdirSync(cacheDirectory).filter(
        (name) => name.startsWith(`${release}-`) && name.endsWith('.ext4'),
      );
      for (const name of images) rmSync(join(cacheDirectory, name));
      return images;
    }),
  );
  return (await Promise.all(removed)).flat();
}

// The lock is held: what an interrupted build left, its lock holder killed as well, is nobody's.
async function build(release: Release, image: string, log: (line: string) => void): Promise<void> {
  const directory = buildDirectory(release);
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  const mirror = await findMirror();
  const started = performance.now();
  log(`${release}: building the base image from ${mirror} (a minute, once)`);
  const ownNamespaces = ['--mount', '--pid', '--fork', '--kill-child', '--mount-proc'];
  const command = ['sh', recipe[0] as string, release, directory, mirror, size, packages.join(',')];
  const building = execa('setpriv', ['--pdeathsig', 'KILL', 'unshare', ...ownNamespaces, '--', ...command], {
    lines: true,
    all: true,
    stdin: 'ignore',
  });
  for await (const line of building.iterable({ from: 'all' })) {
    if (line.startsWith('I: ')) log(`${release}: ${line.slice(3)}`);
  }
  await building;
  renameSync(join(directory, 'image'), image);
  log(`${release}: base image ready after ${Math.round((performance.now() - started) / 1000)} s`);
}

function buildDirectory(release: Release): string {
  return join(cacheDirectory, `building-${release}`);
}

function withImageLock<T>(release: Release, work: () => Promise<T>): Promise<T> {
  return withLock(join(cacheDirectory, `${release}.lock`), work, buildDirectory(release));
}
