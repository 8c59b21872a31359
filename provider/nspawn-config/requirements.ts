import { type Settings, shiftsUsers } from './defaults';
import { sections } from './render';

/** Something that was given, and the first systemd that has it. */
export interface Requirement {
  property: string;
  version: number;
}

/** Which systemd each option needs, and each of the values that are younger than their option. */
export const requirementsOf = (settings: Settings): Requirement[] => [
  ...sections.flatMap(({ input, options }) =>
    Object.entries(options)
      .filter(([property, { kind }]) => {
        const value = (settings[input] as Record<string, unknown>)[property];
        return value !== undefined && kind.write(value as never).length > 0;
      })
      .map(([property, { since }]) => ({ property: `${input}.${property}`, version: since })),
  ),
  ...valueRequirements(settings),
];

const valueRequirements = ({ exec, files, network }: Settings): Requirement[] => [
  ...when(exec.privateUsers === 'identity', 'exec.privateUsers "identity"', 249),
  ...when(exec.privateUsers === 'managed', 'exec.privateUsers "managed"', 258),
  // "Failed to mount … (MS_MOVE)" on 252, and not on 257: systemd PR #25513. Not tried between.
  ...when(exec.pivotRoot?.includes(':') === true, 'exec.pivotRoot "NEW:OLD"', 253),
  // "Failed to set up ID mapped mounts: Device or resource busy" on 252, and not on 257. Not tried between.
  ...when(
    shiftsUsers(exec.privateUsers) &&
      (files.volatile === true || files.volatile === 'state') &&
      ['auto', 'map'].includes(files.privateUsersOwnership ?? ''),
    `files.volatile ${JSON.stringify(files.volatile)} with files.privateUsersOwnership "${files.privateUsersOwnership}"`,
    253,
  ),
  ...when(files.privateUsersOwnership === 'foreign', 'files.privateUsersOwnership "foreign"', 258),
  ...(['bind', 'bindReadOnly'] as const).flatMap((option) => [
    ...mountOption(files[option], option, 'idmap', 250),
    ...mountOption(files[option], option, 'rootidmap', 252),
    ...mountOption(files[option], option, 'owneridmap', 256),
  ]),
  ...(['interface', 'macvlan', 'ipvlan'] as const).flatMap((option) =>
    when(
      (network[option] ?? []).some((name) => name.includes(':')),
      `network.${option} "HOST:MACHINE"`,
      254,
    ),
  ),
];

const mountOption = (mounts: string[] | undefined, option: string, word: string, version: number) =>
  when(
    (mounts ?? []).some((mount) => (mount.split(/(?<!\\):/)[2] ?? '').split(',').includes(word)),
    `files.${option} with ${word}`,
    version,
  );

const when = (holds: boolean, property: string, version: number): Requirement[] =>
  holds ? [{ property, version }] : [];
