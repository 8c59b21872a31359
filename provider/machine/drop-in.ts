import { parseUnitFile, renderUnitFile, type UnitSection, valuesOf } from '../systemd/unit-file';
import type { MachineInputs, RestartPolicy } from './schema';

/**
 * The drop-in of a machine's unit that belongs to its life; NspawnConfig has one of its own. At each start, whoever starts
 * it, it puts aside what the machine is started with: files.sh says where, and compares.
 */
export const renderDropIn = ({ machineName, restartPolicy }: MachineInputs): string => {
  const unit = `systemd-nspawn@${machineName}.service`;
  const started = `/run/pulumi-nspawn/${machineName}.started`;
  // A machine that has not all of these starts all the same: hence the "-".
  const note = `umask 077; rm -rf ${started}; mkdir -p ${started}; cp -L /etc/systemd/nspawn/${machineName}.nspawn /etc/systemd/system/${unit}.d/*.conf ${started}/`;
  return renderUnitFile(
    [
      { name: 'Unit', entries: policyEntries('Unit', restartPolicy) },
      {
        name: 'Service',
        entries: [
          ...policyEntries('Service', restartPolicy),
          { key: 'ExecStartPre', value: `-/bin/sh -c "${note}"` },
        ],
      },
    ].filter(({ entries }) => entries.length > 0),
    'Written by pulumi-nspawn. What is changed here, the next `pulumi up` takes back.',
  );
};

/** What the drop-in on the host says otherwise than it was written. */
export const dropInDrift = (
  inputs: MachineInputs,
  found: string | undefined,
): { restartPolicy?: RestartPolicy | undefined; note?: string } => {
  if (found === renderDropIn(inputs)) return {};
  if (found === undefined) return { note: 'the drop-in of its unit is missing' };
  const policy = policyOf(found);
  return policy === 'unreadable' || sameText(policy, inputs.restartPolicy)
    ? { note: 'the drop-in of its unit is not as it was written' }
    : { restartPolicy: policy };
};

const keys: { property: keyof RestartPolicy; section: 'Unit' | 'Service'; key: string }[] = [
  { property: 'startLimitIntervalSeconds', section: 'Unit', key: 'StartLimitIntervalSec' },
  { property: 'startLimitBurst', section: 'Unit', key: 'StartLimitBurst' },
  { property: 'restart', section: 'Service', key: 'Restart' },
  { property: 'restartSeconds', section: 'Service', key: 'RestartSec' },
];

const policyEntries = (name: string, policy: RestartPolicy | undefined) =>
  keys
    .filter(({ section, property }) => section === name && policy?.[property] !== undefined)
    .map(({ key, property }) => ({ key, value: String(policy?.[property]) }));

const policyOf = (text: string): RestartPolicy | undefined | 'unreadable' => {
  let sections: UnitSection[];
  try {
    sections = parseUnitFile(text);
  } catch {
    return 'unreadable';
  }
  const found = keys.flatMap(({ property, section, key }) => {
    const value = valuesOf(sections, section, key).at(-1);
    if (value === undefined) return [];
    return [[property, property === 'restart' || !/^\d+(\.\d+)?$/.test(value) ? value : Number(value)]];
  });
  return found.length > 0 ? (Object.fromEntries(found) as RestartPolicy) : undefined;
};

const sameText = (a: RestartPolicy | undefined, b: RestartPolicy | undefined) =>
  policyText(a) === policyText(b);
const policyText = (policy: RestartPolicy | undefined) =>
  JSON.stringify(keys.map(({ property }) => policy?.[property] ?? null));
