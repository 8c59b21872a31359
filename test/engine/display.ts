import { type DetailedDiff, diffProperties } from './diff';
import type { PlannedStep } from './executor';
import { subject } from './executor';
import { getAt, parsePath } from './paths';
import { type Options, visibleDiff } from './result';
import type { Resource } from './state';
import { isDefaultProvider, stackType, urnName } from './urn';
import { isObject, isSecret, isUnknown, type Properties, type Value } from './values';

/** Prints an operation the way `pulumi --diff` does: a step a paragraph, property by property. */
export interface Display {
  heading(text: string): void;
  step(step: PlannedStep): void;
  /** A resource has got outputs that the step did not have. */
  outputs(title: string, outputs: Properties): void;
  diagnostic(severity: string, message: string, urn: string): void;
  summary(counts: Record<string, number>, dryRun: boolean): void;
  text(): string;
}

/** Collects what is printed, and hands it on as it comes. */
export const newDisplay = ({ onOutput = () => undefined, brief = false }: Options): Display => {
  let text = '';
  const print = (lines: string) => {
    text += `${lines}\n`;
    onOutput(`${lines}\n`);
  };
  return {
    heading: print,
    step: (step) => {
      if (isShown(step)) print(brief ? describeBriefly(step) : describeStep(step));
    },
    outputs: (title, outputs) => {
      const lines = describeProperties(outputs, '    ');
      if (lines.length > 0) print([title, ...lines].join('\n'));
    },
    diagnostic: (severity, message, urn) => {
      const place = urn === '' ? '' : `${urn.split('::')[2]?.split('$').at(-1)} (${urnName(urn)}): `;
      print(`${place}${severity === 'info' ? '' : `${severity}: `}${message.trimEnd()}`);
    },
    summary: (counts, dryRun) => print(describeSummary(counts, dryRun)),
    text: () => text,
  };
};

const marks: Record<string, string> = {
  same: ' ',
  create: '+',
  update: '~',
  replace: '+-',
  'create-replacement': '++',
  'delete-replaced': '--',
  delete: '-',
  read: '>',
  refresh: '~',
  discard: '<',
};

// Parts of a replacement, which is shown as one.
const hidden = ['remove-pending-replace', 'create-replacement', 'delete-replaced'];

const isShown = ({ op, diff, gone, ...step }: PlannedStep) => {
  if (isDefaultProvider(subject({ op, ...step }).urn) || hidden.includes(op)) return false;
  if (op === 'refresh') return gone === true || diff?.changes === true;
  return op !== 'same' || subject({ op, ...step }).type === stackType;
};

const describeStep = (step: PlannedStep) => {
  const { op, old, new: fresh } = step;
  const { urn, type, id } = subject(step);
  const known = old?.id ?? id;
  const word = step.gone ? 'delete' : op;
  return [
    `${(step.gone ? '-' : (marks[op] ?? ' ')).padEnd(2)}${type}: (${word})`,
    ...(known ? [`    [id=${known}]`] : []),
    `    [urn=${urn}]`,
    ...changeLines(step, old, fresh),
  ].join('\n');
};

const describeBriefly = (step: PlannedStep) => {
  const { urn, type } = subject(step);
  const word = step.gone ? 'delete' : step.op;
  return `${(step.gone ? '-' : (marks[step.op] ?? ' ')).padEnd(2)}${type.split(':').at(-1)} ${urnName(urn)}: (${word})`;
};

const changeLines = ({ op, diff }: PlannedStep, old: Resource | undefined, fresh: Resource | undefined) => {
  if (op === 'create' && fresh) return describeProperties(fresh.inputs, '    ');
  if ((op === 'delete' || op === 'discard') && old) return describeProperties(old.inputs, '    ');
  if ((op === 'update' || op === 'replace') && old && fresh) return diffLines(diff?.detailed, old, fresh);
  if (op === 'refresh' && old && fresh) return diffLines(diff?.detailed, old, fresh);
  return [];
};

const diffLines = (detailed: DetailedDiff | undefined, old: Resource, fresh: Resource) => {
  const shown = visibleDiff(detailed) ?? visibleDiff(diffProperties(old.inputs, fresh.inputs)) ?? {};
  return Object.entries(shown)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([path, { kind }]) => {
      const keys = parsePath(path) ?? [path];
      const [before, after] = [getAt(old.inputs, keys), getAt(fresh.inputs, keys)];
      const [was, is] = [show(before, old.inputs, keys), show(after, fresh.inputs, keys)];
      if (kind.startsWith('add')) return `  + ${path}: ${is}`;
      if (kind.startsWith('delete')) return `  - ${path}: ${was}`;
      return `  ~ ${path}: ${was} => ${is}`;
    });
};

/** A value at a path; whatever lies in a secret is one. */
const show = (value: Value | undefined, root: Value, path: (string | number)[]) => {
  const above = path.map((_, length) => getAtMarked(root, path.slice(0, length + 1)));
  return above.some(isSecret) ? '[secret]' : format(value);
};

// `getAt` looks through secrets; this stops at them.
const getAtMarked = (root: Value, path: (string | number)[]) =>
  path.reduce<Value | undefined>((value, key) => {
    if (value === undefined || isSecret(value)) return value;
    return (value as { [key: string]: Value } | null)?.[key];
  }, root);

const describeProperties = (properties: Properties, indent: string) => {
  const visible = Object.entries(properties).filter(([key]) => !key.startsWith('__'));
  const width = Math.max(0, ...visible.map(([key]) => key.length));
  return visible
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${indent}${key.padEnd(width)}: ${format(value, indent)}`);
};

const format = (value: Value | undefined, indent = '    '): string => {
  if (value === undefined || value === null) return '<null>';
  if (isSecret(value)) return '[secret]';
  if (isUnknown(value)) return '[unknown]';
  if (Array.isArray(value)) {
    if (value.length === 0) return '[]';
    const items = value.map((item, index) => `${indent}    [${index}]: ${format(item, `${indent}    `)}`);
    return ['[', ...items, `${indent}]`].join('\n');
  }
  if (!isObject(value)) return JSON.stringify(value);
  if (Object.keys(value).length === 0) return '{}';
  return ['{', ...describeProperties(value, `${indent}    `), `${indent}}`].join('\n');
};

const summaries: [op: string, done: string, planned: string][] = [
  ['create', 'created', 'to create'],
  ['update', 'updated', 'to update'],
  ['replace', 'replaced', 'to replace'],
  ['delete', 'deleted', 'to delete'],
  ['read', 'read', 'to read'],
  ['discard', 'discarded', 'to discard'],
];

const describeSummary = (counts: Record<string, number>, dryRun: boolean) => {
  const lines = summaries
    .filter(([op]) => counts[op])
    .map(
      ([op, done, planned]) => `    ${(marks[op] ?? '').padEnd(2)}${counts[op]} ${dryRun ? planned : done}`,
    );
  const same = counts.same ? [`    ${counts.same} unchanged`] : [];
  return ['Resources:', ...lines, ...same].join('\n');
};
