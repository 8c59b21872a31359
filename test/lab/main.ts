import { destroyLab, withLabLock } from './destroy';
import { runInTerminal } from './enter';
import { cleanCache } from './image';
import { attachLab, startLab, whyNoLab } from './index';
import { address6Of, addressOf } from './network';
import { labIds, readKeeper, readState } from './state';
import { type LabHost, type LabOptions, type Release, releases } from './types';

const help = `Real test hosts on this machine, each with its own systemd, file system and network stack.

usage: npm run lab -- [--id LAB] COMMAND

  up [NAME=RELEASE…]   start a lab which stays; default: h1=bookworm h2=trixie
  down                 stop it and leave nothing behind
  status               the labs of this machine and their hosts
  shell HOST           a root shell on a host
  run HOST -- CMD…     run a command on a host as root
  reboot HOST          reboot a host in good order
  power-cut HOST       kill a host, lose what it had not synced, boot it again
  cut HOST             let no packet to or from a host pass
  restore HOST         end a cut
  clean-cache          remove the base images, which the next lab builds again

LAB is the lab's name, "dev" by default. The environment's PULUMI_NSPAWN_LAB gives another default.
A release is one of ${releases.join(', ')}.`;

type Command = (id: string, rest: string[]) => Promise<number | undefined>;

const commands: Record<string, Command> = {
  up: async (id, rest) => {
    const hosts = (rest.length > 0 ? rest : ['h1=bookworm', 'h2=trixie']).map(parseHost);
    const lab = await startLab({ id, hosts, keep: true, log: (line) => console.log(line) });
    const [first] = lab.hosts;
    if (first !== undefined) console.log(`For example: ${sshCommand(first)}`);
    return 0;
  },
  down: async (id) => {
    await withLabLock(id, () => destroyLab(id));
    return 0;
  },
  status: async () => {
    const reasons = await whyNoLab();
    for (const reason of reasons) console.log(`No lab can start here: ${reason}`);
    for (const id of labIds()) await printLab(id);
    if (labIds().length === 0) console.log('No lab runs.');
    return 0;
  },
  shell: (id, [name]) => inTerminal(id, name, ['/bin/bash', '--login']),
  run: (id, [name, ...argv]) => inTerminal(id, name, argv),
  reboot: onHost((host) => host.reboot()),
  'power-cut': onHost((host) => host.powerCut()),
  cut: onHost((host) => host.cut()),
  restore: onHost((host) => host.restore()),
  'clean-cache': async () => {
    for (const name of await cleanCache()) console.log(`removed ${name}`);
    return 0;
  },
};

async function main(argv: string[]): Promise<number | undefined> {
  const [first, second, ...others] = argv;
  const named = first === '--id' && second !== undefined;
  const id = named ? second : (process.env.PULUMI_NSPAWN_LAB ?? 'dev');
  const [name, ...rest] = named ? others : argv;
  if (name === undefined || name === '--help' || name === 'help') {
    console.log(help);
    return name === undefined ? 2 : 0;
  }
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command === undefined)
    throw new Error(`There is no command "${name}". npm run lab -- --help lists them.`);
  return await command(
    id,
    rest.filter((word, index) => word !== '--' || rest.indexOf('--') !== index),
  );
}

async function inTerminal(id: string, name: string | undefined, argv: string[]): Promise<number> {
  const state = readState(id);
  if (state === undefined) throw new Error(noLab(id));
  const host = state.hosts.find((each) => each.name === name);
  if (host === undefined) throw new Error(noHost(id, name));
  if (argv.length === 0) throw new Error('Which command? npm run lab -- run HOST -- CMD…');
  return await runInTerminal(state, host, argv);
}

function onHost(act: (host: LabHost) => Promise<void>): Command {
  return async (id, [name]) => {
    const lab = await attachLab(id);
    if (lab === undefined) throw new Error(noLab(id));
    const host = lab.hosts.find((each) => each.name === name);
    if (host === undefined) throw new Error(noHost(id, name));
    await act(host);
    return 0;
  };
}

async function printLab(id: string): Promise<void> {
  const state = readState(id);
  if (state === undefined) {
    console.log(`${id}: left-overs; "down" removes them`);
    return;
  }
  const lab = await attachLab(id);
  console.log(`${id}: ${state.keep ? 'stays' : `ends with process ${state.owner.pid}`}`);
  for (const host of state.hosts) {
    const is = readKeeper(id, host.name) === undefined ? 'off' : 'on';
    const addresses = `${addressOf(state.number, host.index)} ${address6Of(state.number, host.index)}`;
    console.log(`  ${host.name.padEnd(10)} ${host.release.padEnd(9)} ${is.padEnd(4)} ${addresses}`);
  }
  const [first] = lab?.hosts ?? [];
  if (first !== undefined) console.log(`  ${sshCommand(first)}`);
}

function sshCommand({ address, identityFile, knownHostsFile }: LabHost): string {
  return `ssh -i ${identityFile} -o IdentitiesOnly=yes -o UserKnownHostsFile=${knownHostsFile} root@${address}`;
}

function parseHost(word: string): LabOptions['hosts'][number] {
  const [name = '', release = ''] = word.split('=');
  if (!releases.includes(release as Release)) {
    throw new Error(`A host is NAME=RELEASE, with a release of ${releases.join(', ')}: not "${word}".`);
  }
  return { name, release: release as Release };
}

function noLab(id: string): string {
  return `No lab "${id}" runs: npm run lab -- --id ${id} up`;
}

function noHost(id: string, name: string | undefined): string {
  return `Lab "${id}" has no host "${name ?? ''}": npm run lab -- status`;
}

main(process.argv.slice(2)).then(
  (exitCode) => {
    process.exitCode = exitCode;
  },
  (error: Error) => {
    console.error(error.message);
    process.exitCode = 1;
  },
);
