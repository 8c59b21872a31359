import { type Connection, hostLabel } from './connection';

// Failures after which another dial cannot help, with what to do about each.
const finalFailures: { pattern: RegExp; advice: (connection: Connection, stderr: string) => string }[] = [
  {
    pattern: /REMOTE HOST IDENTIFICATION HAS CHANGED|Host key verification failed|host key is known/i,
    advice: (connection) =>
      connection.hostKey
        ? 'The host shows another key than connection.hostKey. Nothing was sent to it.'
        : `The host's key is unknown or has changed. Check it (ssh-keyscan ${connection.host}), then give it as connection.hostKey, or add it to known_hosts.`,
  },
  {
    pattern: /Permission denied|Too many authentication failures|no mutual signature/i,
    advice: ({ user = 'root', proxy }, stderr) =>
      proxy && stderr.includes(`@${proxy.host}: Permission denied`)
        ? `The jump host ${proxy.host} refused the login of ${proxy.user ?? 'root'}. Check connection.proxy.`
        : `The host refused the login of ${user}. Check user, password, privateKey or the agent.`,
  },
  {
    pattern: /Load key .*(invalid format|error in libcrypto|incorrect passphrase)|Bad passphrase/i,
    advice: () => 'connection.privateKey could not be read: check its text and privateKeyPassword.',
  },
  {
    pattern: /must have a tty to run sudo/i,
    advice: ({ user = 'root' }) =>
      `sudo wants a terminal, which no program has: on the host, let "Defaults:${user} !requiretty" be in sudoers (sudoers(5)).`,
  },
  {
    pattern: /env: .sudo.: No such file|sudo: (command )?not found|exec: sudo: not found/i,
    advice: () => 'sudo is not installed on the host: install it, or log in as root without connection.sudo.',
  },
  {
    pattern: /^connection\.sshConfigFile/,
    advice: () => 'Without it ssh would connect by other settings than those that were asked for.',
  },
  {
    pattern: /^spawn ssh ENOENT/m,
    advice: () =>
      'There is no ssh on PATH where Pulumi runs: install the OpenSSH client (Debian: openssh-client).',
  },
  {
    pattern: /sudo: .*password|sudo: no password|not in the sudoers|not allowed to execute|Sorry, try again/i,
    advice: () =>
      'sudo did not let the user become root. Check connection.sudo: true needs NOPASSWD, else give { password }.',
  },
  {
    pattern: /Bad configuration option|Bad owner or permissions/i,
    advice: () => 'The command that ssh was to run could not start.',
  },
];

/** Advice for a failure that is final, undefined for one after which dialling again may help. */
export const finalAdvice = (connection: Connection, stderr: string): string | undefined =>
  finalFailures.find(({ pattern }) => pattern.test(stderr))?.advice(connection, stderr);

/** What an unreachable host needs. */
export const unreachableAdvice = (connection: Connection, dials: number): string => {
  const { proxy } = connection;
  const what = `${hostLabel(connection)} could not be reached${proxy ? ` through the jump host ${hostLabel(proxy)}` : ''}`;
  const check = proxy ? 'connection.host, connection.proxy and their ports' : 'connection.host and port';
  return `${what} in ${dials} ${dials === 1 ? 'dial' : 'dials'}. Check ${check}, and that sshd runs there.`;
};
