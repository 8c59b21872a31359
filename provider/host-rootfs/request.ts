import { sha256 } from '../digest';
import { script } from '../host/script';
import type { HostRootfsInputs } from './schema';

/** Inputs with their derived path. */
export type Wanted = HostRootfsInputs & Record<string, unknown>;

/** A file as the scripts take it, with what is not given filled in. */
export interface WantedFile {
  path: string;
  content: string;
  /** Octal, as stat(1) prints it. */
  mode: string;
  owner: string;
  group: string;
}

/** What tini runs in a machine without systemd. */
export const initPath = '/init.sh';

/** Files by their path. */
export const wantedFiles = ({ files = {}, bootstrap }: Contents): WantedFile[] =>
  Object.entries({ ...files, ...initFile(bootstrap) })
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([path, { content, mode = '0644', owner = 'root', group = 'root' }]) => ({
      path,
      content,
      mode: Number.parseInt(mode, 8).toString(8),
      owner: String(owner),
      group: String(group),
    }));

type Contents = Pick<HostRootfsInputs, 'files' | 'bootstrap'>;

const initFile = (bootstrap: HostRootfsInputs['bootstrap']): NonNullable<HostRootfsInputs['files']> =>
  bootstrap.method === 'skeleton'
    ? { [initPath]: { content: bootstrap.init ?? script('host-rootfs/init.sh'), mode: '0755' } }
    : {};

/** What names the rootfs on its host. */
export const identity = ({ machineName, owner, path }: Wanted): Record<string, string> => ({
  machine: machineName,
  owner,
  rootfs: String(path),
});

/** What the rootfs is to hold. */
export const contents = (inputs: Wanted): Record<string, string> => ({
  ...outline(inputs),
  ...texts(wantedFiles(inputs), () => true),
});

/** The same without the texts of files, which their digests stand for; but units say in theirs what starts them. */
export const outlineOnly = (inputs: Wanted): Record<string, string> => ({
  ...outline(inputs),
  ...texts(wantedFiles(inputs), ({ path }) => path.startsWith('/etc/systemd/system/')),
});

const texts = (files: WantedFile[], wanted: (file: WantedFile) => boolean): Record<string, string> =>
  Object.fromEntries(
    files.flatMap((file, index) => (wanted(file) ? [[`content_${index}`, file.content]] : [])),
  );

const outline = (inputs: Wanted): Record<string, string> => {
  const { bootstrap, packages, shareUsr, units = {}, hostname, machineName } = inputs;
  const files = wantedFiles(inputs);
  const {
    suite = '',
    mirror = '',
    include = [],
    components = [],
    variant = '',
  } = bootstrap.method === 'debootstrap' ? bootstrap : {};
  return {
    method: bootstrap.method,
    suite,
    mirror,
    include: include.join(' '),
    components: components.join(','),
    variant,
    default_init: bootstrap.method === 'skeleton' && bootstrap.init === undefined ? '1' : '0',
    // A skeleton carries no package's configuration.
    packages: bootstrap.method === 'skeleton' ? '' : packages.join(' '),
    share_usr: shareUsr ? '1' : '0',
    hostname: hostname ?? machineName,
    units_enable: (units.enable ?? []).join(' '),
    units_disable: (units.disable ?? []).join(' '),
    units_mask: (units.mask ?? []).join(' '),
    files: files
      .map(({ path, content, mode, owner, group }, index) =>
        [index, path, mode, owner, group, sha256(content)].join('\t'),
      )
      .join('\n'),
  };
};
