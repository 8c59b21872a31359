import type { HostSession } from '../host/session';
import { hostMachine } from '../link/end';
import { linkScripts, wantsText } from '../link/unit';

/** Takes away what a host holds of a link, by the data that the host itself has of it: linkData in link/plan.ts. */
export const deleteRecordedLink = async (
  host: HostSession,
  { data, owner, onStep }: { data: string; owner: string; onStep: (step: string) => void },
): Promise<void> => {
  await host.run({
    action: 'delete the link',
    machine: owner.split('/').slice(2).join('/'),
    script: [...linkScripts, 'systemd/reload.sh', 'link/host.sh', 'link/delete.sh'],
    values: { data, owner, wants: wantsOf(data) },
    onStep,
  });
};

/** What wants the units of a link, by its data: as wantsText in link/unit.ts has it. */
export const wantsOf = (data: string): string => {
  const ends = data.split('\n').flatMap((line) => {
    const [word, , machineName] = line.split(' ');
    return word === 'end'
      ? [{ end: machineName === hostMachine || machineName === undefined ? {} : { machineName } }]
      : [];
  });
  return wantsText({ ends });
};
