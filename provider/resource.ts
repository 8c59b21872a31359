import { z } from 'zod';
import { connectionSchema } from './host/connection';
import type { HostSession } from './host/session';

/** The inputs that every resource has. */
export const commonInputs = {
  /** The host; none: the machine that runs Pulumi. */
  connection: connectionSchema.optional(),
  /** `PROJECT/STACK/RESOURCE`, recorded on the host so that nobody else's things are touched. Set by the SDK. */
  owner: z.string().regex(/^\P{Cc}+$/u, { error: 'accepted is one line of text' }),
};

/** The shape of a resource's schema: a strict object with the common inputs. */
export type InputSchema = z.ZodObject<typeof commonInputs & Record<string, z.ZodType>>;

/** A refused property, as the engine shows it. */
export interface CheckFailure {
  property: string;
  reason: string;
}

/** A value that `check` works out from inputs, so that it is known in previews. */
export interface Derived<I> {
  /** The inputs it is made from: unknown while one of them is. */
  from: (keyof I & string)[];
  value: (inputs: I) => unknown;
}

/** What an operation works with. */
export interface Task<I> {
  /** Checked inputs with the schema's defaults and the derived values. */
  inputs: I & Record<string, unknown>;
  host: HostSession;
  /** Says what is being done, for work that takes long. */
  progress: (step: string) => void;
}

/** What only the host can know; becomes plain outputs. No undefined, no Date, no Buffer in it. */
export type Facts = Record<string, unknown>;

/** What `read` saw: facts, and the inputs that the host no longer agrees with, as they are there. */
export interface Observed {
  facts: Facts;
  /** Only what differs; the rest stays as it was. A key set to undefined is taken out. */
  drift: Record<string, unknown>;
}

/**
 * One kind of resource. It knows nothing of dynamic providers: dynamic.ts makes it one.
 *
 * `apply` is create and update alike: observe, compare, change what differs, observe again, return what is.
 */
export interface Resource<S extends InputSchema = InputSchema> {
  kind: string;
  schema: S;
  derived: Record<string, Derived<z.output<S>>>;
  /** What `check` and `read` put into inputs that no program gives, besides derived values: paths. */
  told?: string[][];
  /** Where in the inputs the connections are, `'*'` for each of a list: a change of these alone touches no host. @default `[['connection']]` */
  connections?: string[][];
  /** Checks that span properties. Inputs may hold unknowns anywhere: a rule skips what it cannot know. */
  rules?: (inputs: z.output<S>) => CheckFailure[];
  /** Inputs or derived values whose change makes another thing of it. */
  replaceOn: string[];
  /** What inside of these can change in place all the same. */
  inPlace?: string[][];
  /** Whether old and new cannot be there at once. */
  deleteBeforeReplace: boolean;
  /** The resource's id: its name on the host. */
  id: (inputs: z.output<S> & Record<string, unknown>) => string;
  /** The machine that errors and progress name. */
  machine?: (inputs: z.output<S> & Record<string, unknown>) => string | undefined;
  apply: (task: Task<z.output<S>> & { old: Record<string, unknown> | undefined }) => Promise<Facts>;
  /** Undefined when the host has answered that the thing is not there. */
  read: (task: Task<z.output<S>> & { state: Record<string, unknown> }) => Promise<Observed | undefined>;
  delete: (task: Task<z.output<S>> & { state: Record<string, unknown> }) => Promise<void>;
}

/** Keeps a resource's types while it is defined. */
export const defineResource = <S extends InputSchema>(resource: Resource<S>): Resource<S> => resource;
