import { sha256 } from '../digest';
import { wantedFiles } from './request';
import type { HostRootfsInputs } from './schema';

/** Changes when what the machine is started from does. Give it to a Machine's restartTriggers, if such a change is to restart it. */
export const digest = (inputs: HostRootfsInputs): string => {
  const { machineName, hostname = machineName, bootstrap, packages, shareUsr, units = {} } = inputs;
  const { enable = [], disable = [], mask = [] } = units;
  const listed = [enable, disable, mask].map((names) => [...names].sort());
  return sha256(
    JSON.stringify([
      hostname,
      Object.entries(bootstrap).sort(),
      [...packages].sort(),
      shareUsr,
      listed,
      wantedFiles(inputs),
    ]),
  );
};
