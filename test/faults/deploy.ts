/** One operation on a stack, as stack.ts starts it. */
import { openStack } from '../deployer';
import { interrupts } from '../engine/interrupts';

const deploy = async () => {
  const { operation, ...options } = JSON.parse(process.env.DEPLOY ?? '{}');
  delete process.env.DEPLOY;
  const stack = await openStack(options);
  const run = stack[operation as 'up' | 'refresh' | 'destroy' | 'preview'];
  const ctrlC = interrupts();
  ctrlC.signal.addEventListener('abort', () => void process.stdout.write('interrupted\n'));
  const { ok, log } = await run({ ...ctrlC, onOutput: (text) => void process.stdout.write(text) });
  if (!ok) process.stdout.write(log);
  process.exitCode = ok ? 0 : 1;
};

deploy().catch((error: Error) => {
  process.stderr.write(`${error.stack}\n`);
  process.exitCode = 1;
});
