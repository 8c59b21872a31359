import { parseArgs } from 'node:util';
import { type Operation, openEngine } from './engine';
import { interrupts } from './interrupts';

const help = `Usage: node -r @swc-node/register test/engine/main.ts OPERATION [options]

A development tool: a small deployment engine for this package's tests. To deploy, use Pulumi.

Operations: up, preview, refresh, destroy, export

Options:
  --cwd DIR         the folder of Pulumi.yaml (default: .)
  --stack NAME      the stack (default: dev)
  --backend DIR     the folder that holds .pulumi (default: that of --cwd)
  --target URN      limit the operation to a resource; may be repeated
  --refresh         refresh before an update or a preview
  --parallel N      at most N operations at once
  --json            print the result as JSON
  --help            print this

The passphrase of the stack's secrets is read from PULUMI_CONFIG_PASSPHRASE.
`;

const main = async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      cwd: { type: 'string', default: '.' },
      stack: { type: 'string', default: 'dev' },
      backend: { type: 'string' },
      target: { type: 'string', multiple: true },
      refresh: { type: 'boolean', default: false },
      parallel: { type: 'string' },
      json: { type: 'boolean', default: false },
      // Differences are always shown; the flag is taken so that Pulumi's own command lines work.
      diff: { type: 'boolean' },
      help: { type: 'boolean' },
    },
  });
  const [operation = ''] = positionals;
  if (values.help || !['up', 'preview', 'refresh', 'destroy', 'export'].includes(operation)) {
    process.stdout.write(help);
    return values.help ? 0 : 2;
  }
  const { cwd, stack, backend = cwd, refresh } = values;
  const passphrase = process.env.PULUMI_CONFIG_PASSPHRASE ?? '';
  const engine = openEngine({ dir: cwd, stack, backendDir: backend, passphrase });
  if (operation === 'export') {
    process.stdout.write(`${JSON.stringify({ version: 3, deployment: await engine.export() }, null, 4)}\n`);
    return 0;
  }
  const result = await engine[operation as Operation]({
    refresh,
    ...interrupts(),
    ...(values.target && { targets: values.target }),
    ...(values.parallel && { parallel: Number(values.parallel) }),
    ...(!values.json && { onOutput: (text: string) => process.stdout.write(text) }),
  });
  if (values.json) process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
  return result.ok ? 0 : 1;
};

main().then(
  (status) => {
    process.exitCode = status;
  },
  (error) => {
    process.stderr.write(`error: ${error.message}\n`);
    process.exitCode = 1;
  },
);
