import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import type { LabHost } from '../lab';

// In no file before.
const tag = randomBytes(3).toString('hex');

/** What the program in programs/secrets is told, one set after the other. */
export const secretsOf = (which: string) => ({
  neighbour: `neighbour-${which}-${tag}`,
  ospf: `os-${which}-${tag}`,
  ospf6: `ospf6-${which}-${tag}`,
  file: `file-${which}-${tag} of a secret file`,
  variable: `variable-${which}-${tag}`,
  serviceVariable: `service-${which}-${tag}`,
});

/** What encrypts the state. */
export const stackPassphrase = `passphrase of stack ${tag}`;

/** A private key with a passphrase, which `operator` of a host logs in with until it is taken back. */
export const authorizedKey = async (host: LabHost) => {
  const folder = mkdtempSync(join(tmpdir(), 'pulumi-nspawn-key-'));
  const file = join(folder, 'key');
  const passphrase = `passphrase of key ${tag}`;
  try {
    await execa('ssh-keygen', ['-q', '-t', 'ed25519', '-C', 'secrets.test.ts', '-N', passphrase, '-f', file]);
    await host.sh('cat >>/home/operator/.ssh/authorized_keys', {
      input: readFileSync(`${file}.pub`, 'utf8'),
    });
    return {
      privateKey: readFileSync(file, 'utf8'),
      passphrase,
      takeBack: () => host.sh("sed -i '/ secrets.test.ts$/d' /home/operator/.ssh/authorized_keys"),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
};

/** A text, and what of it there is in base64 wherever in a longer text it stands: as a process list might show it. */
export const formsOf = (name: string, text: string): Record<string, string> => ({
  [name]: text,
  ...Object.fromEntries(
    [0, 1, 2].map((offset) => {
      const encoded = Buffer.concat([Buffer.alloc(offset), Buffer.from(text)]).toString('base64');
      const [first, last] = [Math.ceil((offset * 4) / 3), Math.floor(((offset + text.length) * 4) / 3)];
      return [`${name} in base64, ${offset}`, encoded.slice(first, last)];
    }),
  ),
});
