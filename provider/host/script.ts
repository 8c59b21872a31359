import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The text of a shell file of this package, by its path under provider/. Read once. */
export const script = (path: string): string => {
  const known = scripts.get(path);
  if (known !== undefined) return known;
  const text = readFileSync(scriptPath(path), 'utf8');
  scripts.set(path, text);
  return text;
};

const scripts = new Map<string, string>();

/** Where a shell file of this package lies, by its path under provider/. */
export const scriptPath = (path: string): string => join(packageRoot(), 'provider', path);

// The sources run from provider/ in tests and from dist/provider/ in a release.
const packageRoot = (): string => {
  let folder = __dirname;
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder);
  return folder;
};
