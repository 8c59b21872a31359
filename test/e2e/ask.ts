import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import type { Connection } from '../../provider/host/connection';
import { scriptPath } from '../../provider/host/script';
import { createSession } from '../../provider/host/session';

/** Scripts of a test's own in a folder of their own, and what a host answers to one over a session of its own. */
export const openScripts = () => {
  const folder = mkdtempSync(join(tmpdir(), 'pulumi-nspawn-scripts-'));
  const script = (text: string) => {
    const file = join(folder, `${readdirSync(folder).length}.sh`);
    writeFileSync(file, text);
    return relative(scriptPath('.'), file);
  };
  return {
    folder,
    script,
    ask: async (connection: Connection, text = 'put answer "$(id -u) $(hostname)"\n') => {
      const session = createSession(connection);
      try {
        return (await session.run({ action: 'ask', script: script(text) })).values.answer;
      } finally {
        await session.close();
      }
    },
    close: () => rmSync(folder, { recursive: true }),
  };
};
