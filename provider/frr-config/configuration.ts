import { createHash } from 'node:crypto';
import { daemonsOf, renderDaemons } from '../frr/daemons';
import { renderFrr } from '../frr/render';
import type { FrrConfigInputs } from './schema';

type Configured = Pick<FrrConfigInputs, 'machineName' | 'config' | 'daemons'>;

/** FRR's own text of a configuration, as it is written: passwords stand in it. */
export const configurationText = ({ config, machineName }: Configured): string =>
  typeof config === 'string' ? normalised(config) : renderFrr(config, { hostname: machineName });

/** Daemons that run besides those that always do, in one order. */
export const wantedDaemons = ({ config, daemons }: Configured): string[] =>
  [...new Set(daemons ?? daemonsOf(config))].sort();

/** The text of /etc/frr/daemons. */
export const daemonsText = (inputs: Configured): string => renderDaemons(wantedDaemons(inputs));

/** Changes when what FRR is to run does, passwords among it. */
export const configurationDigest = (inputs: Configured): string =>
  sha256(JSON.stringify([configurationText(inputs), wantedDaemons(inputs)]));

/** SHA-256 of a text, in hexadecimal. */
export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

const normalised = (text: string) => `${text.replace(/\r\n/g, '\n').trimEnd()}\n`;
