import type { FrrConfiguration } from '../schema';
import { given, unlessDefault, when, words } from './lines';

/** What stands before everything else: profile, name, logs, forwarding. */
export const renderHead = (configuration: FrrConfiguration, hostname: string): string[] => [
  `frr defaults ${configuration.defaults ?? 'traditional'}`,
  `hostname ${configuration.hostname ?? hostname}`,
  ...logLines(configuration.log ?? {}),
  ...forwardingLine('ip forwarding', configuration.ipForwarding ?? true),
  ...forwardingLine('ipv6 forwarding', configuration.ipv6Forwarding ?? true),
  'service integrated-vtysh-config',
  '!',
];

// Without a line, frr-reload.py takes what the kernel has for a difference, and turns forwarding on.
const forwardingLine = (line: string, forwarding: boolean) => [forwarding ? line : `no ${line}`];

const logLines = ({
  syslog = 'informational',
  file,
  stdout,
  facility,
  recordPriority,
  timestampPrecision,
  commands,
}: NonNullable<FrrConfiguration['log']>): string[] => [
  ...given(syslog, (level) => words('log syslog', unlessFallback(level))),
  ...given(stdout, (level) => words('log stdout', unlessFallback(level))),
  ...given(file, ({ path, level }) => words('log file', path, unlessFallback(level))),
  ...when(facility !== undefined && facility !== 'daemon', `log facility ${facility}`),
  ...unlessDefault(recordPriority, false, 'log record-priority'),
  ...when(
    timestampPrecision !== undefined && timestampPrecision > 0,
    `log timestamp precision ${timestampPrecision}`,
  ),
  ...unlessDefault(commands, false, 'log commands'),
];

// The level that FRR writes nowhere.
const unlessFallback = (level: string | undefined) => level !== 'debugging' && level;
