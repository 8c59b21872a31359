import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** What encrypts the secrets of kept states: nothing of them is worth hiding. */
export const passphrase = 'kept';

/** Who wrote a state: this package's engine for tests, or the real CLI. */
export const engines = ['engine', 'pulumi'] as const;

/** Where the program, the config and the states of a release are. */
export const folderOf = (version: string): string => join(__dirname, version);

/** The releases whose states are kept. */
export const keptVersions = (): string[] =>
  readdirSync(__dirname)
    .filter((name) => /^\d+\.\d+\.\d+$/.test(name) && existsSync(join(folderOf(name), 'program')))
    .sort();
