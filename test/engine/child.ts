import { type ChildProcess, spawn } from 'node:child_process';

/** A child process of ours with its output by the line. */
export interface Child {
  process: ChildProcess;
  exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  /** SIGINT, and SIGKILL after five seconds, as Pulumi ends its plugins. (sdk/go/common/resource/plugin/plugin.go) */
  stop(): Promise<void>;
  kill(): void;
}

const graceMilliseconds = 5000;

/** Starts `node` with a script in a process group of its own, so that the terminal's Ctrl-C reaches only the engine. */
export const startNode = ({
  script,
  args,
  cwd,
  env,
  onLine,
}: {
  script: string;
  args: string[];
  cwd: string;
  env: NodeJS.ProcessEnv;
  onLine: (line: string, stream: 'stdout' | 'stderr') => void;
}): Child => {
  const child = spawn(process.execPath, [script, ...args], {
    cwd,
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  // 'close' comes after the last output, 'exit' may come before it.
  const exited = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
    child.once('close', (code, signal) => resolve({ code, signal }));
    child.once('error', () => resolve({ code: -1, signal: null }));
  });
  splitLines(child.stdout, (line) => onLine(line, 'stdout'));
  splitLines(child.stderr, (line) => onLine(line, 'stderr'));

  // An orphaned program would spin for ever on an engine that is no longer there.
  process.once('exit', killAtExit);
  void exited.then(() => process.removeListener('exit', killAtExit));

  function killAtExit() {
    signalGroup('SIGKILL');
  }
  const signalGroup = (signal: NodeJS.Signals) => {
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    try {
      process.kill(-child.pid, signal);
    } catch {
      // It has just ended.
    }
  };
  return {
    process: child,
    exited,
    stop: async () => {
      signalGroup('SIGINT');
      const timer = setTimeout(() => signalGroup('SIGKILL'), graceMilliseconds);
      await exited;
      clearTimeout(timer);
    },
    kill: () => signalGroup('SIGKILL'),
  };
};

const splitLines = (stream: NodeJS.ReadableStream | null, onLine: (line: string) => void) => {
  let rest = '';
  stream?.setEncoding('utf8');
  stream?.on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) onLine(line);
  });
  stream?.on('end', () => {
    if (rest !== '') onLine(rest);
  });
};
