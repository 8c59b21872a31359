import { createHash } from 'node:crypto';
import { renderFrr } from '../frr/render';
import type { FrrConfigInputs } from './schema';

type Configured = Pick<FrrConfigInputs, 'machineName' | 'config' | 'daemons'>;

/** FRR's own text of a configuration, as it is written: passwords stand in it. */
export const configurationText = ({ config, machineName }: Configured): string =>
  typeof config === 'string' ? normalised(config) : renderFrr(config, { hostname: machineName });

/** Daemons that run besides those that always do, in one order. */
export const wantedDaemons = (inputs: Configured): string[] =>
  [...new Set(inputs.daemons ?? daemonsIn(configurationText(inputs)))].sort();

/** The text of /etc/frr/daemons. */
export const daemonsText = (inputs: Configured): string => daemonsFile(wantedDaemons(inputs));

/** Changes when what FRR is to run does, passwords among it. */
export const configurationDigest = (inputs: Configured): string =>
  sha256(JSON.stringify([configurationText(inputs), wantedDaemons(inputs)]));

/** SHA-256 of a text, in hexadecimal. */
export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

const normalised = (text: string) => `${text.replace(/\r\n/g, '\n').trimEnd()}\n`;

const words: [string, RegExp][] = [
  ['bgpd', /^router bgp /m],
  ['ospfd', /^router ospf\b(?!6)|^ ip ospf /m],
  ['ospf6d', /^router ospf6|^ ipv6 ospf6 /m],
  ['bfdd', /^bfd$|^ .*\bbfd\b/m],
];
const daemonsIn = (text: string) => words.flatMap(([daemon, word]) => (word.test(text) ? [daemon] : []));
const all =
  'bgpd ospfd ospf6d ripd ripngd isisd pimd pim6d ldpd nhrpd eigrpd babeld pbrd bfdd fabricd vrrpd pathd';
const daemonsFile = (names: string[]) =>
  `${all
    .split(' ')
    .map((name) => `${name}=${names.includes(name) ? 'yes' : 'no'}\n`)
    .join(
      '',
    )}vtysh_enable=yes\nzebra_options="  -A 127.0.0.1 -s 90000000"\nmgmtd_options="  -A 127.0.0.1"\nbgpd_options="   -A 127.0.0.1"\nospfd_options="  -A 127.0.0.1"\nospf6d_options=" -A ::1"\nstaticd_options="-A 127.0.0.1"\nbfdd_options="   -A 127.0.0.1"\n`;
