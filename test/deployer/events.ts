import type { DetailedDiff } from '../engine/diff';
import { type Op, type Result, redactProperties, type Step, visibleDiff } from '../engine/result';
import { isDefaultProvider, stackType, urnName } from '../engine/urn';
import type { Properties } from '../engine/values';

/** A line of the CLI's event log, as far as it is used here. (sdk/go/common/apitype/events.go) */
export interface EngineEvent {
  resourcePreEvent?: { metadata: StepMetadata };
  resOutputsEvent?: { metadata: StepMetadata };
  diagnosticEvent?: { urn?: string; message: string; severity: string };
}

interface StepMetadata {
  op: string;
  urn: string;
  type: string;
  old: StateMetadata | null;
  new: StateMetadata | null;
  keys?: string[];
  detailedDiff: Record<string, { diffKind: string }> | null;
}

interface StateMetadata {
  inputs: Properties;
  outputs: Properties;
}

/** The steps of an operation, as this package's engine would report them. */
export const stepsOf = (events: EngineEvent[]): Step[] => {
  const steps: { metadata: StepMetadata; op: string; open: boolean }[] = [];
  for (const { resourcePreEvent, resOutputsEvent } of events) {
    if (resourcePreEvent) {
      const { metadata } = resourcePreEvent;
      steps.push({ metadata, op: metadata.op, open: true });
    }
    if (!resOutputsEvent) continue;
    const { metadata } = resOutputsEvent;
    // Outputs of a refresh come under the name of what the refresh found.
    const step = steps.find(
      ({ open, op, metadata: { urn } }) =>
        open && urn === metadata.urn && (op === metadata.op || op === 'refresh'),
    );
    if (step) Object.assign(step, { metadata, open: metadata.type === stackType });
  }
  return steps
    .filter(({ op, metadata: { urn } }) => op in ops && !isDefaultProvider(urn))
    .map(({ op, metadata }) => readStep(ops[op] as Op, metadata));
};

/** What the user was told went wrong. */
export const errorsOf = (events: EngineEvent[]): Result['errors'] =>
  events
    .map(({ diagnosticEvent }) => diagnosticEvent)
    // That an operation failed is no error of its own.
    .filter(
      (event) =>
        event?.severity === 'error' &&
        !/^(update|preview|refresh|destroy) failed$/.test(event.message.trim()),
    )
    .map((event) => ({
      ...(event?.urn && { urn: event.urn }),
      message: (event?.message ?? '').trimEnd(),
    }));

/** The outputs that a preview expects of the stack. */
export const plannedOutputs = (events: EngineEvent[]): Record<string, unknown> => {
  const stack = events.findLast(({ resOutputsEvent }) => resOutputsEvent?.metadata.type === stackType);
  return redactProperties(stack?.resOutputsEvent?.metadata.new?.outputs ?? {});
};

const ops: Record<string, Op> = {
  same: 'same',
  create: 'create',
  update: 'update',
  replace: 'replace',
  'create-replacement': 'create-replacement',
  'delete-replaced': 'delete-replaced',
  delete: 'delete',
  read: 'read',
  'read-replacement': 'read',
  refresh: 'refresh',
  discard: 'discard',
  'discard-replaced': 'discard',
  import: 'import',
};

const readStep = (op: Op, { urn, type, old, new: fresh, keys, detailedDiff }: StepMetadata): Step => {
  const diff = visibleDiff(detailedDiff ? kindsOf(detailedDiff) : undefined);
  return {
    op,
    urn,
    type,
    name: urnName(urn),
    ...(diff && { diff }),
    ...(keys && keys.length > 0 && { replaceKeys: [...keys].sort() }),
    ...(old && { old: readState(old) }),
    ...(fresh && { new: readState(fresh) }),
  };
};

const kindsOf = (detailed: Record<string, { diffKind: string }>) =>
  Object.fromEntries(
    Object.entries(detailed).map(([path, { diffKind }]) => [path, { kind: diffKind }]),
  ) as DetailedDiff;

const readState = ({ inputs, outputs }: StateMetadata) => ({
  inputs: redactProperties(inputs ?? {}),
  outputs: redactProperties(outputs ?? {}),
});
