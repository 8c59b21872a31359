/** What every failure on a host tells: where, at what, how it ended, and what was printed last. */
export class HostError extends Error {
  override readonly name = 'HostError';
  /** Whether something on the host may have been changed before it failed. */
  readonly changed: boolean;
  /** Exit status of the failed step, where there was one. */
  readonly status: number | undefined;

  constructor(facts: {
    host: string;
    machine?: string | undefined;
    action: string;
    step?: string | undefined;
    status?: number | undefined;
    log?: string | undefined;
    advice?: string | undefined;
    changed: boolean;
  }) {
    super(describe(facts));
    this.changed = facts.changed;
    this.status = facts.status;
  }
}

const describe = ({
  host,
  machine,
  action,
  step,
  status,
  log,
  advice,
}: ConstructorParameters<typeof HostError>[0]) => {
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
