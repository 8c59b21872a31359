import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Connection, Endpoint } from './connection';
import { scriptPath } from './script';
import { secretFile } from './secret-file';

/** The user's own OpenSSH, ready to start: an argument array, its environment, and what to drop when it has connected. */
export interface SshCommand {
  file: string;
  arguments: string[];
  environment: Record<string, string>;
  close: () => void;
}

// The jump host's block in the config, and the names under which declared host keys are known; they reach no user.
const jumpHost = 'pulumi-nspawn-jump-host';
const keyAlias = 'declared-host-key';
const jumpKeyAlias = 'declared-jump-host-key';

/**
 * Builds the ssh command for a connection. What the connection says goes into a config of its own which comes before
 * the user's, since ssh takes the first value it finds (ssh_config(5), OpenSSH 9.2).
 */
export const sshCommand = (connection: Connection, remoteCommand: string): SshCommand => {
  const files: { path: string; close: () => void }[] = [];
  const hold = (content: string) => {
    const file = secretFile(content);
    files.push(file);
    return file.path;
  };
  const { proxy } = connection;
  const proxyKey = proxy?.privateKey && hold(keyText(proxy.privateKey));
  const key = connection.privateKey && hold(keyText(connection.privateKey));

  const config = [
    `Host ${connection.host}`,
    ...endpointOptions(connection, key, hold, policyOf(connection), keyAlias),
    ...(connection.identityFile
      ? [`IdentityFile ${quote(connection.identityFile)}`, 'IdentitiesOnly yes']
      : []),
    ...(proxy ? [`ProxyJump ${jumpHost}`] : []),
    ...(proxy ? [`Host ${jumpHost}`, `HostName ${proxy.host.replaceAll('%', '%%')}`] : []),
    ...(proxy ? endpointOptions(proxy, proxyKey, hold, policyOf(connection), jumpKeyAlias) : []),
    'Match all',
    ...sessionOptions(connection),
    `Include ${connection.sshConfigFile === undefined ? '~/.ssh/config' : quote(connection.sshConfigFile)}`,
    'Include /etc/ssh/ssh_config',
    'Match all',
    'User root',
  ];
  return {
    file: 'ssh',
    arguments: ['-F', hold(`${config.join('\n')}\n`), '-T', '--', connection.host, remoteCommand],
    environment: askpassEnvironment(connection, proxyKey, hold),
    close: () => {
      for (const file of files) file.close();
    },
  };
};

/** The ssh config file that the connection names and that is not there, which ssh itself passes over in silence. */
export const missingConfigFile = ({ sshConfigFile }: Connection): string | undefined => {
  // Include takes patterns and names of users, too, and begins at ~/.ssh (ssh_config(5)).
  if (sshConfigFile === undefined || /[*?[]|^~[^/]/.test(sshConfigFile)) return undefined;
  const path = resolve(homedir(), '.ssh', sshConfigFile.replace(/^~(?=\/)/, homedir()));
  return existsSync(path) ? undefined : path;
};

const endpointOptions = (
  endpoint: Endpoint & { knownHostsFile?: string | undefined },
  key: string | undefined,
  hold: (content: string) => string,
  policy: string,
  alias: string,
) => [
  ...(endpoint.port === undefined ? [] : [`Port ${endpoint.port}`]),
  ...(endpoint.user === undefined ? [] : [`User ${endpoint.user}`]),
  ...(key ? [`IdentityFile ${key}`, 'IdentitiesOnly yes'] : []),
  ...(endpoint.agentSocketPath ? [`IdentityAgent ${quote(endpoint.agentSocketPath)}`] : []),
  ...loginOptions(endpoint),
  ...hostKeyOptions(endpoint, hold, policy, alias),
];

const loginOptions = ({ privateKey, privateKeyPassword, password }: Endpoint) => {
  if (privateKey)
    return ['PreferredAuthentications publickey', `BatchMode ${privateKeyPassword ? 'no' : 'yes'}`];
  if (password === undefined) return ['BatchMode yes'];
  return [
    'PreferredAuthentications password,keyboard-interactive',
    'NumberOfPasswordPrompts 1',
    'BatchMode no',
  ];
};

const hostKeyOptions = (
  { hostKey, knownHostsFile }: Endpoint & { knownHostsFile?: string | undefined },
  hold: (content: string) => string,
  policy: string,
  alias: string,
) => {
  if (hostKey !== undefined) {
    const [type, key] = hostKey.trim().split(/\s+/);
    return [
      'StrictHostKeyChecking yes',
      `HostKeyAlias ${alias}`,
      `HostKeyAlgorithms ${type === 'ssh-rsa' ? 'rsa-sha2-512,rsa-sha2-256' : type}`,
      `UserKnownHostsFile ${hold(`${alias} ${type} ${key}\n`)}`,
      'GlobalKnownHostsFile /dev/null',
      'CheckHostIP no',
    ];
  }
  if (policy === 'insecure') return ['StrictHostKeyChecking no', 'UserKnownHostsFile /dev/null'];
  return [
    `StrictHostKeyChecking ${policy === 'accept-new' ? 'accept-new' : 'yes'}`,
    ...(knownHostsFile
      ? [`UserKnownHostsFile ${quote(knownHostsFile)}`, 'GlobalKnownHostsFile /dev/null']
      : []),
  ];
};

// A link that has frozen is noticed after 3 × 5 s; nothing of the user's multiplexing is joined or left behind.
const sessionOptions = ({ perDialTimeout = 15 }: Connection) => [
  'ServerAliveInterval 5',
  'ServerAliveCountMax 3',
  ...(perDialTimeout > 0 ? [`ConnectTimeout ${perDialTimeout}`] : []),
  'ConnectionAttempts 1',
  'ControlMaster no',
  'ControlPath none',
  'ClearAllForwardings yes',
  'PermitLocalCommand no',
  'RemoteCommand none',
  'LogLevel ERROR',
];

const askpassEnvironment = (
  connection: Connection,
  proxyKey: string | undefined,
  hold: (content: string) => string,
): Record<string, string> => {
  const { proxy } = connection;
  const secrets = {
    PULUMI_NSPAWN_PASSWORD: connection.password,
    PULUMI_NSPAWN_PASSPHRASE: connection.privateKeyPassword,
    PULUMI_NSPAWN_PROXY_PASSWORD: proxy?.password,
    PULUMI_NSPAWN_PROXY_PASSPHRASE: proxy?.privateKeyPassword,
  };
  const given = Object.entries(secrets).filter((entry): entry is [string, string] => entry[1] !== undefined);
  if (given.length === 0) return {};
  return {
    ...Object.fromEntries(Object.keys(secrets).map((name) => [name, '/dev/null'])),
    ...Object.fromEntries(given.map(([name, secret]) => [name, hold(`${secret}\n`)])),
    // ssh asks for the password of the alias, where there is one (sshconnect2.c, OpenSSH 9.2).
    PULUMI_NSPAWN_PROXY_HOST: proxy?.hostKey ? jumpKeyAlias : (proxy?.host ?? ''),
    PULUMI_NSPAWN_PROXY_KEY: proxyKey ?? '',
    SSH_ASKPASS: scriptPath(join('host', 'askpass.sh')),
    SSH_ASKPASS_REQUIRE: 'force',
    DISPLAY: process.env.DISPLAY ?? ':0',
  };
};

const policyOf = ({ hostKeyPolicy = 'strict' }: Connection) => hostKeyPolicy;
const keyText = (text: string) => `${text.trimEnd()}\n`;
// Between quotes, a backslash is special only before its like, a quote, and the closing quote (argv_split() in misc.c).
const quote = (path: string) => `"${path.replace(/\\(?=[\\']|$)/g, '\\\\')}"`;
