import { stripVTControlCharacters } from 'node:util';
import type { Display } from './display';
import { type Observer, type PlannedStep, subject } from './executor';
import type { Severity } from './monitor';
import { type Op, type Result, redactProperties, type Step, visibleDiff } from './result';
import type { Resource } from './state';
import { isDefaultProvider, urnName } from './urn';

/** Prints steps and keeps them for the result. */
export interface Recorder extends Observer {
  diagnostic(severity: Severity, message: string, urn: string): void;
  steps(): Step[];
  errors: Result['errors'];
  counts: Record<string, number>;
}

export const record = (display: Display): Recorder => {
  const steps: PlannedStep[] = [];
  const errors: Result['errors'] = [];
  const counts: Record<string, number> = {};
  const diagnostic = (severity: Severity, message: string, urn: string) => {
    if (severity === 'debug') return;
    // The SDK colours stack traces.
    const plain = stripVTControlCharacters(message).trimEnd();
    if (severity === 'error') errors.push({ ...(urn && { urn }), message: plain });
    display.diagnostic(severity, plain, urn);
  };
  return {
    before: (step) => {
      // Default providers are the engine's own affair.
      if (isDefaultProvider(subject(step).urn) || step.op === 'remove-pending-replace') return;
      steps.push(step);
      if (step.op !== 'refresh') display.step(step);
    },
    after: (step) => {
      if (isDefaultProvider(subject(step).urn)) return;
      if (step.op === 'refresh') display.step(step);
      const counted = countedAs(step);
      if (counted) counts[counted] = (counts[counted] ?? 0) + 1;
    },
    failed: (step, message) => diagnostic('error', message, subject(step).urn),
    warning: (message, urn) => diagnostic('warning', message, urn),
    diagnostic,
    steps: () => steps.map(publicStep),
    errors,
    counts,
  };
};

const countedAs = ({ op, gone, diff, skippedCreate }: PlannedStep) => {
  if (op === 'refresh') return gone ? 'delete' : diff?.changes ? 'update' : 'same';
  if (op === 'create-replacement' || op === 'delete-replaced' || skippedCreate) return undefined;
  return op;
};

const publicStep = (step: PlannedStep): Step => {
  const { op, old, new: fresh, diff } = step;
  const { urn, type } = subject(step);
  const shown = visibleDiff(diff?.detailed);
  const replaces = op === 'replace' || op === 'create-replacement';
  return {
    op: op as Op,
    urn,
    type,
    name: urnName(urn),
    ...(shown && { diff: shown }),
    ...(replaces && diff && diff.replaceKeys.length > 0 && { replaceKeys: [...diff.replaceKeys].sort() }),
    ...(old && !step.skippedCreate && { old: publicState(old) }),
    ...(fresh && { new: publicState(fresh) }),
  };
};

const publicState = ({ inputs, outputs }: Resource) => ({
  inputs: redactProperties(inputs),
  outputs: redactProperties(outputs),
});
