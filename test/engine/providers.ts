import { type Provider, startProvider } from './provider';
import type { Resource } from './state';
import { isProviderType, providerReference, providerUrn, urnType } from './urn';
import type { Properties } from './values';

/** The provider processes of a run, one a provider resource, started when first needed. */
export interface Providers {
  /** Makes a provider known under its reference. */
  register(resource: Resource): void;
  get(reference: string): Promise<Provider>;
  config(reference: string): Properties | undefined;
  cancel(): Promise<void>;
  stop(): Promise<void>;
  kill(): void;
}

type Launch = Omit<Parameters<typeof startProvider>[0], 'config'>;

/** `known` finds provider resources of the state, whose recorded configuration serves deletes and refreshes. */
export const openProviders = (launch: Launch, known: (urn: string) => Resource | undefined): Providers => {
  const configs = new Map<string, Properties>();
  const running = new Map<string, Promise<Provider>>();
  const started = new Set<Provider>();

  const config = (reference: string) => {
    const recorded = known(providerUrn(reference));
    if (recorded && referenceOf(recorded) === reference) return configs.get(reference) ?? recorded.inputs;
    return configs.get(reference);
  };
  const start = async (reference: string) => {
    const type = urnType(providerUrn(reference));
    if (!isProviderType(type) || type !== dynamicProvider)
      throw new Error(`no resource plugin for ${type}: this engine runs dynamic resources only`);
    const inputs = config(reference);
    if (inputs === undefined) throw new Error(`unknown provider ${reference}`);
    const { version: _, ...configuration } = inputs;
    const provider = await startProvider({ ...launch, config: configuration });
    started.add(provider);
    return provider;
  };
  return {
    register: (resource) => configs.set(referenceOf(resource), resource.inputs),
    get: (reference) => {
      const provider = running.get(reference) ?? start(reference);
      running.set(reference, provider);
      return provider;
    },
    config,
    cancel: async () => {
      await Promise.all([...started].map((provider) => provider.cancel()));
    },
    stop: async () => {
      await Promise.allSettled(running.values());
      await Promise.all([...started].map((provider) => provider.stop()));
    },
    kill: () => {
      for (const provider of started) provider.kill();
    },
  };
};

const dynamicProvider = 'pulumi:providers:pulumi-nodejs';

const referenceOf = ({ urn, id = '' }: Resource) => providerReference(urn, id);
