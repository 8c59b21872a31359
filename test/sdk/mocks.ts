import * as pulumi from '@pulumi/pulumi';

/** What a program made, with Pulumi's mocks in the place of an engine. */
export interface Made {
  /** All resources, components among them, once nothing is left to make. */
  resources(): Promise<MadeResource[]>;
  /** A value without the wrapping of secrets. */
  plain(value: unknown): unknown;
}

/** A resource as the engine would have got it. */
export interface MadeResource {
  type: string;
  name: string;
  // biome-ignore lint/suspicious/noExplicitAny: of every kind
  inputs: Record<string, any>;
}

/**
 * Begins a program without an engine: outputs that a host would have told are `NAME of KIND RESOURCE`. `whole`: with what the
 * SDK adds to inputs by itself.
 */
export const mocked = ({ whole = false } = {}): Made => {
  const resources: MadeResource[] = [];
  void pulumi.runtime.setMocks({
    newResource: ({ type, name, inputs }) => {
      const { __provider, owner, ...rest } = inputs;
      const given = whole ? { owner, ...rest } : rest;
      const entries = Object.entries(given).filter(([, value]) => value !== undefined);
      resources.push({ type, name, inputs: plain(Object.fromEntries(entries)) as MadeResource['inputs'] });
      const kind = type.split(':').at(-1);
      const outputs = ['digest', 'restartDigest', 'state'].map((output) => [
        output,
        `${output} of ${kind} ${name}`,
      ]);
      return { id: name, state: { ...inputs, ...Object.fromEntries(outputs) } };
    },
    call: ({ inputs }) => inputs,
  });
  return {
    resources: async () => {
      await settled();
      return resources;
    },
    plain,
  };
};

// Until the SDK has no registration under way, and none follows.
const settled = async () => {
  await pulumi.runtime.disconnect();
};

const secretKey = '4dabf18193072939515e22adb298388d';

const plain = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  const record = value as Record<string, unknown>;
  if (record[secretKey] !== undefined) return plain(record.value);
  return Object.fromEntries(Object.entries(record).map(([name, each]) => [name, plain(each)]));
};
