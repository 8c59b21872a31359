import { sha256 } from '../digest';
import { execOptions, filesOptions, networkOptions } from '../systemd/nspawn-options';
import type { Option } from '../systemd/option';
import { extraKind, serviceOptions } from '../systemd/resource-control';
import { renderUnitFile, type UnitEntry, type UnitSection } from '../systemd/unit-file';
import { type Settings, settingsOf } from './defaults';
import type { NspawnConfigInputs } from './schema';

/** The inputs that hold a section's options, with the table of each. */
export const sections: { input: keyof Settings; name: string; options: Record<string, Option> }[] = [
  { input: 'exec', name: 'Exec', options: execOptions },
  { input: 'files', name: 'Files', options: filesOptions },
  { input: 'network', name: 'Network', options: networkOptions },
  { input: 'service', name: 'Service', options: serviceOptions },
];

/** The two files, as text. */
export interface Files {
  nspawn: string;
  dropIn: string;
}

/** Both files of a machine. */
export const renderFiles = (inputs: NspawnConfigInputs): Files => {
  const rendered = sectionsOf(settingsOf(inputs));
  const isService = ({ name }: UnitSection) => name === 'Service';
  return {
    nspawn: renderUnitFile(
      rendered.filter((section) => !isService(section)),
      note,
    ),
    dropIn: renderUnitFile(rendered.filter(isService), note),
  };
};

const note = 'Written by pulumi-nspawn. What is changed here, the next `pulumi up` takes back.';

/** The sections of both files, without those that are empty. */
export const sectionsOf = (settings: Settings): UnitSection[] =>
  sections
    .map(({ input, name, options }) => ({
      name,
      entries: [
        ...entriesOf(options, settings[input]),
        ...(input === 'service' ? extraEntries(settings.service.extra ?? {}) : []),
      ],
    }))
    .filter(({ entries }) => entries.length > 0);

// In the table's order, so that the order in a program means nothing.
const entriesOf = (options: Record<string, Option>, values: Record<string, unknown>): UnitEntry[] =>
  Object.entries(options).flatMap(([property, { key, kind }]) =>
    values[property] === undefined
      ? []
      : kind.write(values[property] as never).map((value) => ({ key, value })),
  );

const extraEntries = (extra: Record<string, string | string[]>): UnitEntry[] =>
  Object.entries(extra)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([key, texts]) => extraKind.write(texts).map((value) => ({ key, value })));

/** A digest of both files. */
export const digestOf = ({ nspawn, dropIn }: Files): string => sha256(`${nspawn}\0${dropIn}`);

/** A digest of what a machine only takes at its start: of everything but the limits that systemd applies live. */
export const restartDigestOf = (parsed: readonly UnitSection[]): string =>
  sha256(
    JSON.stringify(
      parsed
        .map(({ name, entries }) => [
          name,
          entries
            .filter(({ key }) => name !== 'Service' || !liveKeys.has(key))
            .map(({ key, value }) => [key, value]),
        ])
        .filter(([, entries]) => entries?.length),
    ),
  );

/** The entries that `systemctl set-property` applies to a running unit. */
export const liveEntries = (rendered: readonly UnitSection[]): UnitEntry[] =>
  rendered
    .filter(({ name }) => name === 'Service')
    .flatMap(({ entries }) => entries.filter(({ key }) => settableKeys.has(key)));

const keysThatAre = (which: 'live' | 'settable') =>
  new Set(
    Object.values(serviceOptions)
      .filter((option) => option[which])
      .map(({ key }) => key),
  );

const liveKeys = keysThatAre('live');
const settableKeys = keysThatAre('settable');
