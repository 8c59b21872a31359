/** Makes one change and ends: for tests that kill it. Settings come over standard input. */
import { readFileSync } from 'node:fs';
import { frrConfig } from '../../provider/frr-config/resource';
import { createSession } from '../../provider/host/session';

const { inputs } = JSON.parse(readFileSync(0, 'utf8'));
const host = createSession(inputs.connection);
void frrConfig
  .apply({ inputs, host, progress: (step) => void console.log(step), old: undefined })
  .then(() => host.close());
