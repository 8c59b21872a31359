import type { DetailedDiff } from './diff';
import { isSecret, isUnknown, mapValue, type Properties, type Value } from './values';

export type Op =
  | 'same'
  | 'create'
  | 'update'
  | 'replace'
  | 'create-replacement'
  | 'delete-replaced'
  | 'delete'
  | 'read'
  | 'refresh'
  | 'discard'
  | 'import';

/** One step of an operation. Secrets are shown as `[secret]`, unknown values as `[unknown]`. */
export interface Step {
  op: Op;
  urn: string;
  type: string;
  name: string;
  /** What changes, by property path. A refresh has one when it found drift. */
  diff?: Record<string, { kind: string }>;
  /** The properties that cause a replacement. */
  replaceKeys?: string[];
  old?: { inputs: Record<string, unknown>; outputs: Record<string, unknown> };
  /** Absent for deletes, and for a refresh which found nothing. */
  new?: { inputs: Record<string, unknown>; outputs: Record<string, unknown> };
}

/** What an operation did. */
export interface Result {
  ok: boolean;
  steps: Step[];
  outputs: Record<string, unknown>;
  errors: { urn?: string; message: string }[];
  /** Everything that a user would see printed. */
  log: string;
}

export interface Options {
  /** URNs; `*` and `**` are wildcards. */
  targets?: string[];
  refresh?: boolean;
  parallel?: number;
  env?: Record<string, string>;
  onOutput?: (text: string) => void;
  /** Prints a line for each step, without its properties. */
  brief?: boolean;
  /** Aborting it is a first Ctrl-C: no new steps start, and those that run are waited for. */
  signal?: AbortSignal;
  /** Aborting it is a second Ctrl-C: child processes are killed. */
  killSignal?: AbortSignal;
}

/** Replaces secret and unknown values by their names. */
export const redact = (value: Value): Value => {
  if (isSecret(value)) return '[secret]';
  if (isUnknown(value)) return '[unknown]';
  return mapValue(value, redact);
};

export const redactProperties = (properties: Properties) => redact(properties) as Record<string, unknown>;

/** The part of a diff that users see, or nothing when there is none. */
export const visibleDiff = (detailed: DetailedDiff | undefined) => {
  const entries = Object.entries(detailed ?? {}).filter(([path]) => !path.startsWith('__'));
  return entries.length > 0 ? Object.fromEntries(entries) : undefined;
};
