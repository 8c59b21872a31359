import { sha256 } from '../digest';
import { daemonsOf, renderDaemons } from '../frr/daemons';
import { normalizeText } from '../frr/raw-text';
import { renderFrr } from '../frr/render';
import type { FrrConfigInputs } from './schema';

type Configured = Pick<FrrConfigInputs, 'machineName' | 'config' | 'daemons'>;

/** FRR's own text of a configuration, as it is written: passwords stand in it. */
export const configurationText = ({ config, machineName }: Configured): string =>
  typeof config === 'string'
    ? normalizeText(config, { hostname: machineName })
    : renderFrr(config, { hostname: machineName });

/** How many lines it has above those that were given, whose numbers errors tell. */
export const linesBefore = (inputs: Configured): number =>
  typeof inputs.config === 'string' ? lines(configurationText(inputs)) - lines(inputs.config) : 0;

const lines = (text: string) => text.trimEnd().split('\n').length;

/** Daemons that run besides those that always do, in one order. */
export const wantedDaemons = ({ config, daemons }: Configured): string[] =>
  [...new Set(daemons ?? daemonsOf(config))].sort();

/** The text of /etc/frr/daemons. */
export const daemonsText = (inputs: Configured): string => renderDaemons(wantedDaemons(inputs));

/** Changes when what FRR is to run does, passwords among it. */
export const configurationDigest = (inputs: Configured): string =>
  sha256(JSON.stringify([configurationText(inputs), wantedDaemons(inputs)]));
