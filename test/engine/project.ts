import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { parse, stringify } from 'yaml';
import { type Crypter, newPassphrase, openPassphrase } from './secrets';
import { makeSecret, type Properties } from './values';

/** What the engine needs of a Pulumi.yaml. */
export interface Project {
  name: string;
  dir: string;
  /** Where the program is: the folder of `main`, or that of Pulumi.yaml. */
  programDir: string;
  typescript: boolean;
  /** Defaults of `config`, by full key. */
  configDefaults: Record<string, unknown>;
}

/** The settings of one stack. */
export interface StackConfig {
  crypter: Crypter;
  /** Values in clear, by full key (`project:key`). */
  values: Record<string, string>;
  secretKeys: string[];
}

/** A value that a caller sets: text, or text to be encrypted. */
export type ConfigInput = Record<string, string | { secret: string }>;

/** Reads the Pulumi.yaml of a folder. */
export const readProject = (dir: string): Project => {
  const file = join(dir, 'Pulumi.yaml');
  const { name, main = '.', runtime, config = {} } = parse(readFileSync(file, 'utf8'));
  const { name: runtimeName, options = {} } = typeof runtime === 'string' ? { name: runtime } : runtime;
  if (runtimeName !== 'nodejs')
    throw new Error(`${file}: runtime ${JSON.stringify(runtimeName)} is not supported, only nodejs`);
  const entry = resolve(dir, main);
  return {
    name,
    dir: resolve(dir),
    programDir: /\.[cm]?[jt]s$/.test(entry) ? dirname(entry) : entry,
    typescript: options.typescript ?? true,
    configDefaults: configDefaults(name, config),
  };
};

/**
 * Reads `Pulumi.STACK.yaml`. `fallbackSalt` is that of the checkpoint, for stacks without such a file; where there
 * is none at all a new one is made, and written only by `writeConfig`.
 */
export const readConfig = (
  project: Project,
  file: string,
  passphrase: string,
  fallbackSalt?: string,
): StackConfig => {
  const stored = existsSync(file) ? (parse(readFileSync(file, 'utf8')) ?? {}) : {};
  const salt = stored.encryptionsalt ?? fallbackSalt;
  const crypter = salt ? openPassphrase(passphrase, salt) : newPassphrase(passphrase);
  const entries = Object.entries({ ...project.configDefaults, ...(stored.config ?? {}) });
  const read = entries.map(([key, value]) => ({
    key: fullKey(project.name, key),
    ...readValue(value, crypter),
  }));
  return {
    crypter,
    values: Object.fromEntries(read.map(({ key, text }) => [key, text])),
    secretKeys: read.filter(({ secret }) => secret).map(({ key }) => key),
  };
};

/** Adds values to `Pulumi.STACK.yaml` as `pulumi config set` does, encrypted where they are secret. */
export const writeConfig = (project: string, file: string, passphrase: string, input: ConfigInput) => {
  const stored = existsSync(file) ? (parse(readFileSync(file, 'utf8')) ?? {}) : {};
  const crypter = stored.encryptionsalt
    ? openPassphrase(passphrase, stored.encryptionsalt)
    : newPassphrase(passphrase);
  const config = { ...stored.config };
  for (const [key, value] of Object.entries(input))
    config[fullKey(project, key)] =
      typeof value === 'string' ? value : { secure: crypter.encrypt(value.secret) };
  writeFileSync(file, stringify({ ...stored, encryptionsalt: crypter.salt, config }));
};

/** The config as the default provider resource holds it. (GetPackageConfig of pkg/resource/deploy/target.go) */
export const providerConfig = ({ values, secretKeys }: StackConfig): Properties =>
  Object.fromEntries(
    Object.entries(values).map(([key, text]) => [key, secretKeys.includes(key) ? makeSecret(text) : text]),
  );

const fullKey = (project: string, key: string) => (key.includes(':') ? key : `${project}:${key}`);

const configDefaults = (project: string, config: Record<string, unknown>) =>
  Object.fromEntries(
    Object.entries(config)
      .map(([key, declared]) => [fullKey(project, key), defaultOf(declared)] as const)
      .filter(([, value]) => value !== undefined),
  );

const defaultOf = (declared: unknown) => {
  if (typeof declared !== 'object' || declared === null || Array.isArray(declared)) return declared;
  const { value, default: fallback } = declared as { value?: unknown; default?: unknown };
  return value ?? fallback;
};

const readValue = (value: unknown, crypter: Crypter): { text: string; secret: boolean } => {
  let secret = false;
  const decrypted = decryptNested(value, (ciphertext) => {
    secret = true;
    return crypter.decrypt(ciphertext);
  });
  return { text: typeof decrypted === 'object' ? JSON.stringify(decrypted) : String(decrypted), secret };
};

const decryptNested = (value: unknown, decrypt: (ciphertext: string) => string): unknown => {
  if (Array.isArray(value)) return value.map((item) => decryptNested(item, decrypt));
  if (typeof value !== 'object' || value === null) return value;
  const { secure, ...others } = value as { secure?: unknown };
  if (typeof secure === 'string' && Object.keys(others).length === 0) return decrypt(secure);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, decryptNested(item, decrypt)]));
};
