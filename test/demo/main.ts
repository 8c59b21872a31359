/** The demo: four BGP routers on two real hosts which this machine runs, declared by examples/two-hosts. */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { openStack, type Stack } from '../deployer';
import { attachLab, type Lab, type LabHost, startLab, whyNoLab } from '../lab';
import { runInTerminal } from '../lab/enter';
import { readState } from '../lab/state';
import { costs, sessions, trace, untilEstablished, untilReached } from './report';
import { table } from './table';

const help = `Four BGP routers on two real hosts, deployed from examples/two-hosts.

usage: npm run demo [-- COMMAND]

  up              boot the hosts, deploy, and show what runs (the default)
  preview         what an up would change; edit examples/two-hosts, then try it
  refresh         what was changed by hand on the hosts; the next up repairs it
  shell ROUTER    a shell in a router (r1 to r4); try: vtysh -c 'show bgp summary'
  host HOST       a shell on a host (west or east); try: machinectl
  destroy         remove the routers, then the hosts
`;

const id = 'demo';
const project = join(__dirname, '../../examples/two-hosts');
// In the lab's life time: with the hosts gone there is nothing that a state could speak of.
const stateFolder = '/run/pulumi-nspawn-demo';
const routers = { r1: 'west', r2: 'west', r3: 'east', r4: 'east' } as const;

const commands: Record<string, (words: string[]) => Promise<number>> = {
  up: async () => {
    const missing = await whyNoLab();
    if (missing.length > 0)
      throw new Error(`No test hosts can run on this machine:\n  ${missing.join('\n  ')}`);
    const started = performance.now();
    const lab = await startLab({
      id,
      keep: true,
      hosts: [
        { name: 'west', release: 'bookworm' },
        { name: 'east', release: 'trixie' },
      ],
      log: say,
    });
    const hostsUp = performance.now();
    const stack = await stackOn(lab);
    const deployed = await stack.up({ onOutput: write, brief: true });
    if (!deployed.ok) return 1;
    const deployedAt = performance.now();
    say('waiting for the BGP sessions…');
    const first = { name: 'r1', host: lab.host(routers.r1) };
    const established =
      (await untilEstablished(machines(lab), 60)) &&
      (await untilReached(first, '10.255.0.1', '10.255.0.4', 30));
    const establishedAt = performance.now();

    say(
      `\n${table(['router', 'host', 'neighbour', 'AS', 'state', 'prefixes'], await sessions(machines(lab)))}`,
    );
    say(
      `From the first router's loopback to the last one's:\n${await trace(first, '10.255.0.1', '10.255.0.4')}\n`,
    );
    say(table(['router', 'on disk', 'memory (PSS)', 'processes'], await costs(machines(lab))));
    const seconds = (from: number, to: number) => `${((to - from) / 1000).toFixed(1)} s`;
    say(
      `Hosts booted in ${seconds(started, hostsUp)}, deployed in ${seconds(hostsUp, deployedAt)}, ` +
        `all sessions Established and all loopbacks announced ${seconds(deployedAt, establishedAt)} later.`,
    );
    const unchanged = deployed.steps.every(({ op }) => op === 'same');
    if (unchanged) say('Nothing was changed: everything was as declared.');
    say(`
Look around:      npm run demo -- shell r1        (try: vtysh -c 'show bgp summary')
Preview a change: edit examples/two-hosts/index.ts, then npm run demo -- preview
Change by hand:   npm run demo -- host west, then npm run demo -- refresh
Clean up:         npm run demo -- destroy`);
    return established ? 0 : 1;
  },

  preview: async () => done(await (await runningStack()).preview({ onOutput: write })),
  // As many at a time as there are resources: one round trip of each host.
  refresh: async () => done(await (await runningStack()).refresh({ onOutput: write, parallel: 16 })),

  shell: async ([router = '']) => {
    if (!Object.hasOwn(routers, router))
      throw new Error(`Routers are ${Object.keys(routers).join(', ')}: not "${router}".`);
    const host = routers[router as keyof typeof routers];
    return terminal(host, [
      'sh',
      '-c',
      'exec nsenter -t "$(machinectl show -p Leader --value "$0")" -a -- bash -l',
      router,
    ]);
  },
  host: async ([host = '']) => {
    if (host !== 'west' && host !== 'east') throw new Error(`Hosts are west and east: not "${host}".`);
    return terminal(host, ['bash', '--login']);
  },

  destroy: async () => {
    const lab = await attachLab(id);
    if (!lab) {
      say('No demo runs.');
      return 0;
    }
    const destroyed = await (await stackOn(lab)).destroy({ onOutput: write, brief: true });
    if (!destroyed.ok) return 1;
    await lab.destroy();
    rmSync(stateFolder, { recursive: true, force: true });
    say(
      'The hosts are gone, and nothing of them is left on this machine but the cached base images (npm run lab -- clean-cache).',
    );
    return 0;
  },
};

const runningStack = async (): Promise<Stack> => {
  const lab = await attachLab(id);
  if (!lab) throw new Error('No demo runs: npm run demo');
  return stackOn(lab);
};

const stackOn = async (lab: Lab): Promise<Stack> => {
  mkdirSync(stateFolder, { recursive: true, mode: 0o700 });
  const host = ({ address, hostKey }: LabHost) => ({
    connection: { host: address, user: 'root', hostKey },
    underlay: address,
  });
  const stack = await openStack({
    dir: project,
    stack: 'demo',
    backendDir: stateFolder,
    passphrase: 'a demo has no secrets',
    config: {
      'two-hosts:hosts': JSON.stringify([host(lab.host('west')), host(lab.host('east'))]),
      'two-hosts:privateKey': { secret: lab.host('west').privateKey },
    },
  });
  say(
    stack.kind === 'pulumi'
      ? 'Deploying with the pulumi on PATH.'
      : "No pulumi on PATH: deploying with the tests' own engine, which runs the same program and provider.",
  );
  return stack;
};

const machines = (lab: Lab) =>
  Object.entries(routers).map(([name, host]) => ({ name, host: lab.host(host) }));

const terminal = async (host: string, argv: string[]): Promise<number> => {
  const state = readState(id);
  const on = state?.hosts.find(({ name }) => name === host);
  if (!state || !on) throw new Error('No demo runs: npm run demo');
  return runInTerminal(state, on, argv);
};

const done = ({ ok }: { ok: boolean }) => (ok ? 0 : 1);
const write = (text: string) => void process.stdout.write(text);
const say = (line: string) => write(`${line}\n`);

const main = async ([name = 'up', ...words]: string[]) => {
  if (name === '--help' || name === 'help') {
    write(help);
    return 0;
  }
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!command) throw new Error(`There is no command "${name}".\n\n${help}`);
  return command(words);
};

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: Error) => {
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  },
);
