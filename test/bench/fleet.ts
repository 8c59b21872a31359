/**
 * A fabric of routers on four hosts: how long it takes from nothing to all sessions Established, with no change, with one
 * router more, to refresh and to destroy; in how many round trips and at what cost on either side; what a router takes of
 * memory and disk; and how each grows.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { table } from '../demo/table';
import { openStack, type Stack } from '../deployer';
import { connectionTo } from '../e2e/hosts';
import type { Result } from '../engine/result';
import { type Lab, type LabHost, startLab } from '../lab';
import { measure, type Usage } from './usage';

type Say = (line: string) => void;

/** One size, as far as it has been measured. */
interface Fabric {
  size: number;
  usage: Partial<Record<Act, Usage>>;
  facts: Record<string, string>;
}

type Act = (typeof acts)[number];
const acts = [
  'from nothing to all Established',
  'up, no change',
  'refresh',
  'one router more',
  'destroy',
] as const;

/** Measures fabrics of these sizes, tells each figure as it comes, and prints tables: also of what there is after a failure. */
export const benchFleet = async (sizes: number[], say: Say): Promise<void> => {
  const wrong = sizes.find((size) => !Number.isInteger(size) || size < 5);
  if (wrong !== undefined)
    throw new Error(`A fabric has 5 routers at least, and a whole number: not ${wrong}.`);
  const fabrics: Fabric[] = [];
  const { signal } = stopped();
  try {
    const lab = await startLab({
      id: 'fleet',
      hosts: [
        { name: 'h1', release: 'bookworm' },
        { name: 'h2', release: 'trixie' },
        { name: 'h3', release: 'bookworm' },
        { name: 'h4', release: 'trixie' },
      ],
      log: say,
    });
    try {
      for (const size of sizes) {
        const fabric: Fabric = { size, usage: {}, facts: {} };
        fabrics.push(fabric);
        await measureFabric(lab, fabric, signal, say);
      }
    } finally {
      await lab.destroy();
    }
  } finally {
    say(tablesOf(fabrics));
  }
};

// The first Ctrl-C ends what is being measured, in order; the second one ends this process, and the lab with it.
const stopped = () => {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => controller.abort());
  return controller;
};

const measureFabric = async (
  lab: Lab,
  { size, usage, facts }: Fabric,
  signal: AbortSignal,
  say: Say,
): Promise<void> => {
  const options = { brief: true, signal };
  const backendDir = mkdtempSync(join(tmpdir(), 'pulumi-nspawn-fleet-'));
  const stack = (count: number) =>
    openStack({
      dir: join(__dirname, 'programs/fabric'),
      stack: 'bench',
      backendDir,
      passphrase: 'bench',
      env: { PULUMI_NSPAWN_DEBUG: '1' },
      config: {
        'fabric:count': String(count),
        'fabric:hosts': { secret: JSON.stringify(lab.hosts.map(placeOf)) },
      },
    });
  const measured = async (act: Act, count: number, run: (stack: Stack) => Promise<Result>) => {
    const opened = await stack(count);
    const { result, usage: taken } = await measure(lab.hosts, () => run(opened));
    if (!result.ok) throw new Error(`${act}: ${JSON.stringify(result.errors, null, 2)}`);
    usage[act] = taken;
    say(`${size} routers: ${act}: ${sentence(taken)}`);
    return result;
  };
  try {
    const { steps } = await measured(acts[0], size, (it) => it.up(options));
    facts.resources = String(steps.length);
    Object.assign(facts, await takenBy(lab));
    for (const [name, value] of Object.entries(facts)) say(`${size} routers: ${name}: ${value}`);
    await measured(acts[1], size, (it) => it.up(options));
    await measured(acts[2], size, (it) => it.refresh(options));
    await measured(acts[3], size + 1, (it) => it.up(options));
    await measured(acts[4], size + 1, (it) => it.destroy(options));
  } finally {
    const { ok, errors } = await (await stack(size)).destroy({ brief: true });
    if (ok) rmSync(backendDir, { recursive: true });
    else say(`The fabric is not destroyed whole; its state is in ${backendDir}: ${JSON.stringify(errors)}`);
  }
};

const placeOf = (host: LabHost) => ({
  name: host.name,
  connection: connectionTo(host),
  underlay: host.address,
});

const memory = readFileSync(join(__dirname, 'memory.sh'), 'utf8');

/** What the routers take of their hosts, as memory.sh sees it. */
const takenBy = async ({ hosts }: Lab): Promise<Record<string, string>> => {
  const seen = await Promise.all(
    hosts.map(async (host) => {
      const { stdout } = await host.sh(memory, { timeoutSeconds: 600 });
      const lines = stdout
        .trim()
        .split('\n')
        .map((line) => line.split(' '));
      const machines = lines.flatMap(([kind, , ...sizes]) =>
        kind === 'machine' ? [sizes.map((size) => Number(size) / 1024)] : [],
      );
      return { machines, rest: Number(lines.find(([kind]) => kind === 'rest')?.[1]) / 1024 };
    }),
  );
  const all = seen.flatMap(({ machines }) => machines);
  const spread = (index: number) => {
    const values = all.map((each) => each[index] ?? 0).sort((a, b) => a - b);
    const [median = 0, least = 0, most = 0] = [values[values.length >> 1], values[0], values.at(-1)];
    return `${median.toFixed(1)} (${least.toFixed(1)} to ${most.toFixed(1)})`;
  };
  return {
    'memory of a router, MiB (PSS)': spread(0),
    'of that its own, not shared': spread(1),
    'disk of a router, MiB': spread(2),
    'routers on each host': seen.map(({ machines }) => machines.length).join(', '),
    'their memory on each host, MiB (PSS)': seen
      .map(({ machines }) => machines.reduce((sum, [pss = 0]) => sum + pss, 0).toFixed(0))
      .join(', '),
    'memory of all else there, MiB (PSS)': seen.map(({ rest }) => rest.toFixed(0)).join(', '),
  };
};

const measures: { title: string; of: (usage: Usage) => number; digits: number }[] = [
  { title: 'seconds', of: ({ seconds }) => seconds, digits: 1 },
  {
    title: 'of the processors, busy with other work meanwhile, %',
    of: ({ othersShare }) => othersShare * 100,
    digits: 0,
  },
  { title: 'round trips of the host that had most', of: ({ roundTrips }) => roundTrips, digits: 0 },
  { title: 'operations', of: ({ operations }) => operations, digits: 0 },
  { title: 'MB sent', of: ({ megabytesSent }) => megabytesSent, digits: 1 },
  { title: 'processor seconds of all hosts', of: ({ hostCpu }) => hostCpu, digits: 1 },
  { title: 'processes begun on all hosts', of: ({ hostProcesses }) => hostProcesses, digits: 0 },
  { title: 'processor seconds of engine, program and provider', of: ({ ownCpu }) => ownCpu, digits: 1 },
];

const sentence = (usage: Usage) =>
  measures.map(({ title, of, digits }) => `${of(usage).toFixed(digits)} ${title}`).join(' · ');

const tablesOf = (fabrics: Fabric[]): string => {
  const heads = fabrics.map(({ size }) => `${size} routers`);
  const [first, last] = [fabrics[0], fabrics.at(-1)];
  const grown = first && last && last.size > first.size;
  const growth = (of: (fabric: Fabric) => number | undefined) => {
    const [least, most] = grown ? [of(first), of(last)] : [];
    return least && most ? [`× ${(most / least).toFixed(1)}`] : [];
  };
  const tables = measures.map(({ title, of, digits }) => {
    const value = (act: Act) => (fabric: Fabric) => {
      const usage = fabric.usage[act];
      return usage && of(usage);
    };
    const rows = acts.map((act) => [
      act,
      ...fabrics.map((fabric) => value(act)(fabric)?.toFixed(digits) ?? ''),
      ...growth(value(act)),
    ]);
    const head = [title, ...heads, ...(grown ? [`× ${(last.size / first.size).toFixed(1)} routers`] : [])];
    return table(head, rows);
  });
  const names = Object.keys(first?.facts ?? {});
  const facts = table(
    ['', ...heads],
    names.map((name) => [name, ...fabrics.map((fabric) => fabric.facts[name] ?? '')]),
  );
  return ['', ...tables, facts].join('\n');
};
