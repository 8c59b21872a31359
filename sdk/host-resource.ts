import * as pulumi from '@pulumi/pulumi';
import type { z } from 'zod';
import type { connectionSchema } from '../provider/host/connection';

/** Inputs of a resource as a program may give them: each value plain, or an output, at any depth. */
export type Inputs<T> = T extends object ? { [K in keyof T]: pulumi.Input<Inputs<T[K]>> } : T;

/** How to reach a host. The fields of `remote.Connection` of `@pulumi/command`, and more; see the reference. */
export type ConnectionArgs = Inputs<z.input<typeof connectionSchema>>;

/** What every resource takes besides its own arguments. */
export interface HostArgs {
  /** The host; none: the machine that runs Pulumi. */
  connection?: pulumi.Input<ConnectionArgs>;
}

/** The arguments of a resource, from its schema. */
export type ArgsOf<S extends z.ZodType> = Inputs<Omit<z.input<S>, 'connection' | 'owner'>> & HostArgs;

/** A resource on a host. What it does there is in the provider; here it only becomes inputs. */
export abstract class HostResource extends pulumi.CustomResource {
  protected constructor(
    kind: string,
    name: string,
    inputs: object,
    outputs: readonly string[],
    options: pulumi.CustomResourceOptions = {},
  ) {
    const placeholders = Object.fromEntries(outputs.map((output) => [output, undefined]));
    const { connection, ...rest } = inputs as HostArgs;
    super(
      `pulumi-nodejs:dynamic/nspawn:${kind}`,
      name,
      {
        ...placeholders,
        ...rest,
        connection: sealed(connection),
        owner: `${pulumi.getProject()}/${pulumi.getStack()}/${name}`,
        // Constant, so that it never shows as a change; state of any release finds the installed provider by it.
        __provider: `exports.handler = () => require("pulumi-nspawn/dynamic").${kind};`,
      },
      options,
    );
  }
}

/** A connection whose secret fields are Pulumi secrets, so that they are encrypted in the state and shown nowhere. */
export const sealed = (
  connection: pulumi.Input<ConnectionArgs> | undefined,
): pulumi.Input<ConnectionArgs> | undefined => {
  if (connection === undefined) return undefined;
  if (pulumi.Output.isInstance(connection) || connection instanceof Promise) {
    // What is inside an output cannot be sealed apart; the whole is.
    return pulumi.secret(connection);
  }
  const { proxy, sudo, ...fields } = connection as Record<string, unknown>;
  return {
    ...sealFields(fields),
    proxy: sealNested(proxy),
    sudo: sealNested(sudo),
  } as unknown as ConnectionArgs;
};

const secretFields = ['password', 'privateKey', 'privateKeyPassword'];

const sealFields = (fields: Record<string, unknown>) =>
  Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name,
      secretFields.includes(name) && value !== undefined ? pulumi.secret(value) : value,
    ]),
  );

const sealNested = (value: unknown): unknown => {
  if (pulumi.Output.isInstance(value) || value instanceof Promise) return pulumi.secret(value);
  return typeof value === 'object' && value !== null ? sealFields(value as Record<string, unknown>) : value;
};
