import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Crypter } from './secrets';
import type { PendingOperation, Resource, State } from './state';
import {
  isSecret,
  makeSecret,
  mapValue,
  type Properties,
  secretSignature,
  signatureKey,
  type Value,
  withoutSecrets,
} from './values';

/** DeploymentV3 as `pulumi stack export` shows it: secrets are encrypted. */
export interface Deployment {
  manifest: { time: string; magic: string; version: string };
  secrets_providers?: { type: string; state?: { salt: string } };
  resources?: StoredResource[];
  pending_operations?: { resource: StoredResource; type: string }[];
  metadata?: Record<string, unknown>;
}

export type StoredResource = Omit<Resource, 'inputs' | 'outputs'> & {
  inputs?: Properties;
  outputs?: Properties;
};

/** Where the file backend keeps the checkpoint of a stack. (pkg/backend/diy/store.go) */
export const checkpointPath = (backendDir: string, project: string, stack: string) =>
  join(backendDir, '.pulumi', 'stacks', project, `${stack}.json`);

/** Reads the deployment of a checkpoint; undefined when there is none yet. */
export const readCheckpoint = (file: string): Deployment | undefined => {
  if (!existsSync(file)) return undefined;
  const { version, checkpoint } = JSON.parse(readFileSync(file, 'utf8'));
  if (version !== 3)
    throw new Error(`${file}: checkpoint version ${JSON.stringify(version)} is not supported, only 3`);
  return checkpoint?.latest ?? undefined;
};

/** Writes a checkpoint so that a crash leaves the old one or the new one; the one before stays as `.bak`. */
export const writeCheckpoint = (file: string, project: string, stack: string, deployment: Deployment) => {
  mkdirSync(dirname(file), { recursive: true });
  writeBackendVersion(file);
  const content = {
    version: 3,
    checkpoint: { stack: `organization/${project}/${stack}`, latest: deployment },
  };
  const temporary = `${file}.${process.pid}.tmp`;
  writeFileSync(temporary, JSON.stringify(content));
  if (existsSync(file)) copyFileSync(file, `${file}.bak`);
  renameSync(temporary, file);
};

/** Decrypts a deployment. */
export const decodeState = (deployment: Deployment | undefined, crypter: Crypter): State => {
  const decodeResource = (stored: StoredResource): Resource => ({
    ...stored,
    inputs: decode(stored.inputs ?? {}, crypter) as Properties,
    outputs: decode(stored.outputs ?? {}, crypter) as Properties,
  });
  return {
    resources: (deployment?.resources ?? []).map(decodeResource),
    pendingOperations: (deployment?.pending_operations ?? []).map(({ resource, type }) => ({
      resource: decodeResource(resource),
      type: type as PendingOperation['type'],
    })),
    metadata: deployment?.metadata ?? {},
  };
};

/** Makes a function that encrypts states; a secret that did not change keeps its ciphertext. */
export const stateEncoder = (crypter: Crypter, now: () => Date = () => new Date()) => {
  const ciphertexts = new Map<string, string>();
  const encrypt = (place: string, text: string) => {
    const key = `${place}\n${text}`;
    const ciphertext = ciphertexts.get(key) ?? crypter.encrypt(text);
    ciphertexts.set(key, ciphertext);
    return ciphertext;
  };
  const encodeResource = (resource: Resource): StoredResource =>
    pick({
      ...resource,
      inputs: encode(resource.inputs, `${resource.urn}/inputs`, encrypt) as Properties,
      outputs: encode(resource.outputs, `${resource.urn}/outputs`, encrypt) as Properties,
    });
  return ({ resources, pendingOperations, metadata }: State): Deployment => ({
    manifest: { time: now().toISOString(), magic: magic(engineVersion), version: engineVersion },
    secrets_providers: { type: 'passphrase', state: { salt: crypter.salt } },
    ...(resources.length > 0 && { resources: resources.map(encodeResource) }),
    ...(pendingOperations.length > 0 && {
      pending_operations: pendingOperations.map(({ resource, type }) => ({
        resource: encodeResource(resource),
        type,
      })),
    }),
    metadata,
  });
};

// The release whose checkpoints these are modelled on.
const engineVersion = '3.248.0';

const magic = (version: string) => createHash('sha256').update(version).digest('hex');

// Without it the CLI takes the folder for a backend of the layout before projects. (pkg/backend/diy/meta.go)
const writeBackendVersion = (file: string) => {
  const meta = join(dirname(file), '..', '..', 'meta.yaml');
  if (!existsSync(meta)) writeFileSync(meta, 'version: 1\n');
};

const decode = (value: Value, crypter: Crypter): Value => {
  if (isSecret(value) && typeof value.ciphertext === 'string')
    return makeSecret(decode(JSON.parse(crypter.decrypt(value.ciphertext)) as Value, crypter));
  return mapValue(value, (item: Value) => decode(item, crypter));
};

const encode = (value: Value, place: string, encrypt: (place: string, text: string) => string): Value => {
  // What is secret inside of a secret needs no encryption of its own.
  if (isSecret(value))
    return {
      [signatureKey]: secretSignature,
      ciphertext: encrypt(place, JSON.stringify(withoutSecrets(value))),
    };
  if (Array.isArray(value)) return value.map((item, index) => encode(item, `${place}/${index}`, encrypt));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value as Properties).map(([key, item]) => [key, encode(item, `${place}/${key}`, encrypt)]),
  );
};

// The order of ResourceV3; what is unset, empty or false is left out, as Go's `omitempty` does.
const fields = [
  'urn',
  'custom',
  'delete',
  'id',
  'type',
  'inputs',
  'outputs',
  'parent',
  'protect',
  'taint',
  'external',
  'dependencies',
  'initErrors',
  'provider',
  'propertyDependencies',
  'pendingReplacement',
  'additionalSecretOutputs',
  'aliases',
  'customTimeouts',
  'importID',
  'retainOnDelete',
  'deletedWith',
  'replaceWith',
  'created',
  'modified',
] as const;

const pick = (resource: StoredResource): StoredResource => {
  const known = fields.map((field) => [field, resource[field]] as const);
  const others = Object.entries(resource).filter(
    ([field]) => !fields.includes(field as (typeof fields)[number]),
  );
  const kept = [...known, ...others].filter(([field, value]) => field === 'custom' || !isEmpty(value));
  return Object.fromEntries(kept) as unknown as StoredResource;
};

const isEmpty = (value: unknown) =>
  value === undefined ||
  value === null ||
  value === '' ||
  value === false ||
  (typeof value === 'object' && Object.keys(value).length === 0);
