import { execa } from 'execa';

/** The Debian mirror to install from: the environment's PULUMI_NSPAWN_LAB_MIRROR, else the one that this machine uses. */
export async function findMirror(): Promise<string> {
  const wanted = process.env.PULUMI_NSPAWN_LAB_MIRROR;
  if (wanted !== undefined && wanted !== '') return wanted;
  const { stdout } = await execa(
    'apt-get',
    ['indextargets', '--format', '$(ORIGIN) $(REPO_URI)', 'Created-By: Packages'],
    {
      reject: false,
    },
  );
  const addresses = stdout.match(/(?<=^Debian )\S+/gm) ?? [];
  return addresses.find((address) => /\/debian\/?$/.test(address)) ?? 'http://deb.debian.org/debian';
}

/** The apt proxy settings of this machine, as lines for apt.conf.d. */
export async function readAptProxy(): Promise<string> {
  const { stdout } = await execa('apt-config', ['dump'], { reject: false });
  const configured = stdout.split('\n').filter((line) => /^Acquire::https?::Proxy\b/.test(line));
  if (configured.length > 0) return configured.map((line) => `${line}\n`).join('');
  const proxy = process.env.http_proxy;
  return proxy === undefined || proxy === '' ? '' : `Acquire::http::Proxy "${proxy}";\n`;
}
