/** What every failure on a host tells: where, at what, how it ended, and what was printed last. */
export class HostError extends Error {
  override readonly name = 'HostError';
  /** Whether something on the host may have been changed before it failed. */
  readonly changed: boolean;
  /** Exit status of the failed step, where there was one. */
  readonly status: number | undefined;
  /** Whether no host answered at all. */
  readonly unreachable: boolean;

  constructor(facts: FailureFacts | { message: string; changed: boolean; unreachable: boolean }) {
    super('message' in facts ? facts.message : describe(facts));
    this.changed = facts.changed;
    this.status = 'status' in facts ? facts.status : undefined;
    this.unreachable = facts.unreachable ?? false;
  }
}

/** The failures on several hosts as one; `changed`: whether something was done on others of them. */
export const failureOnHosts = (failures: unknown[], changed: boolean): HostError =>
  new HostError({
    message: failures.map((each) => (each instanceof Error ? each.message : String(each))).join('\n'),
    changed: changed || failures.some((each) => !(each instanceof HostError) || each.changed),
    unreachable: failures.every((each) => each instanceof HostError && each.unreachable),
  });

interface FailureFacts {
  host: string;
  machine?: string | undefined;
  action: string;
  step?: string | undefined;
  status?: number | undefined;
  log?: string | undefined;
  advice?: string | undefined;
  changed: boolean;
  unreachable?: boolean;
}

const describe = ({ host, machine, action, step, status, log, advice }: FailureFacts) => {
  const where = machine ? `${machine} on ${host}` : host;
  const what = step && step !== action ? `${action}: ${step}` : action;
  const how = status === undefined || status === REFUSED ? '' : ` (exit status ${status})`;
  const lines = lastLines(log ?? '', 40);
  return [`${where}: ${what} failed${how}`, lines && indent(lines), advice].filter(Boolean).join('\n');
};

/** The exit status of a script that refused before it changed anything (`refuse` in prelude.sh; EX_DATAERR in sysexits.h). */
export const REFUSED = 65;

const lastLines = (text: string, count: number) => text.trimEnd().split('\n').slice(-count).join('\n');
const indent = (text: string) => text.replace(/^/gm, '  ');
