import { createRequire } from 'node:module';
import { join } from 'node:path';
import { type ClientUnaryCall, credentials, type ServiceError } from '@grpc/grpc-js';
import { ResourceProviderClient } from '@pulumi/pulumi/proto/provider_grpc_pb';
import * as messages from '@pulumi/pulumi/proto/provider_pb';
import { Status } from '@pulumi/pulumi/proto/status_pb';
import { Empty } from 'google-protobuf/google/protobuf/empty_pb';
import { type Child, startNode } from './child';
import type { DetailedDiff, DiffKind } from './diff';
import { annotateSecrets, fromStruct, type Properties, toStruct, withoutSecrets } from './values';

/** What a create, update or read gave: a partial failure has `initErrors`. */
export interface Outcome {
  id: string;
  outputs: Properties;
  inputs?: Properties | undefined;
  initErrors?: string[] | undefined;
}

export interface ProviderDiff {
  changes: boolean | undefined;
  replaces: string[];
  diffs: string[];
  detailed: DetailedDiff | undefined;
  deleteBeforeReplace: boolean;
}

/** The dynamic-provider process of one provider resource, as the engine talks to it. */
export interface Provider {
  check(
    urn: string,
    olds: Properties,
    news: Properties,
  ): Promise<{ inputs: Properties; failures: Failure[] }>;
  diff(urn: string, id: string, olds: Old, news: Properties): Promise<ProviderDiff>;
  create(urn: string, inputs: Properties, timeout?: number): Promise<Outcome>;
  update(urn: string, id: string, olds: Old, news: Properties, timeout?: number): Promise<Outcome>;
  read(
    urn: string,
    id: string,
    inputs: Properties | undefined,
    outputs: Properties,
    timeout?: number,
  ): Promise<Outcome>;
  delete(urn: string, id: string, olds: Old, timeout?: number): Promise<void>;
  cancel(): Promise<void>;
  stop(): Promise<void>;
  kill(): void;
}

export interface Failure {
  property: string;
  reason: string;
}

type Old = { inputs: Properties; outputs: Properties };

/** Starts `@pulumi/pulumi/cmd/dynamic-provider` as found from the program, and configures it. */
export const startProvider = async (options: {
  programDir: string;
  engineAddress: string;
  project: string;
  config: Properties;
  env: NodeJS.ProcessEnv;
  onLine: (line: string, stream: 'stdout' | 'stderr') => void;
}): Promise<Provider> => {
  const { child, port } = await start(options);
  const client = new ResourceProviderClient(
    `127.0.0.1:${port}`,
    credentials.createInsecure(),
    channelOptions,
  );
  const call = caller(client, child);

  const configure = new messages.ConfigureRequest();
  configure.setArgs(toStruct(options.config));
  configure.setAcceptsecrets(true);
  configure.setAcceptresources(true);
  await call((done) => client.configure(configure, done));

  return {
    check: async (urn, olds, news) => {
      const request = new messages.CheckRequest();
      request.setUrn(urn);
      request.setOlds(plain(olds));
      request.setNews(plain(news));
      const response = await call<messages.CheckResponse>((done) => client.check(request, done));
      return {
        inputs: annotateSecrets(fromStruct(response.getInputs()), news),
        failures: response
          .getFailuresList()
          .map((failure) => ({ property: failure.getProperty(), reason: failure.getReason() })),
      };
    },
    diff: async (urn, id, olds, news) => {
      const request = new messages.DiffRequest();
      request.setUrn(urn);
      request.setId(id);
      request.setOlds(plain(olds.outputs));
      request.setOldInputs(plain(olds.inputs));
      request.setNews(plain(news));
      return readDiff(await call<messages.DiffResponse>((done) => client.diff(request, done)));
    },
    create: async (urn, inputs, timeout = 0) => {
      const request = new messages.CreateRequest();
      request.setUrn(urn);
      request.setProperties(plain(inputs));
      request.setTimeout(timeout);
      const outcome = await call<messages.CreateResponse>((done) => client.create(request, done))
        .then(
          (response): Outcome => ({ id: response.getId(), outputs: fromStruct(response.getProperties()) }),
        )
        .catch(partialFailure);
      if (outcome.id === '') throw new Error(`plugin returned empty resource.ID from create '${urn}'`);
      return { ...outcome, outputs: annotateSecrets(outcome.outputs, inputs) };
    },
    update: async (urn, id, olds, news, timeout = 0) => {
      const request = new messages.UpdateRequest();
      request.setUrn(urn);
      request.setId(id);
      request.setOlds(plain(olds.outputs));
      request.setOldInputs(plain(olds.inputs));
      request.setNews(plain(news));
      request.setTimeout(timeout);
      const outcome = await call<messages.UpdateResponse>((done) => client.update(request, done))
        .then((response): Outcome => ({ id, outputs: fromStruct(response.getProperties()) }))
        .catch(partialFailure);
      return { ...outcome, id, outputs: annotateSecrets(outcome.outputs, news) };
    },
    read: async (urn, id, inputs, outputs, timeout = 0) => {
      const request = new messages.ReadRequest();
      request.setUrn(urn);
      request.setId(id);
      request.setProperties(plain(outputs));
      if (inputs) request.setInputs(plain(inputs));
      request.setTimeout(timeout);
      const outcome = await call<messages.ReadResponse>((done) => client.read(request, done))
        .then(
          (response): Outcome => ({
            id: response.getId(),
            outputs: fromStruct(response.getProperties()),
            inputs: response.hasInputs() ? fromStruct(response.getInputs()) : undefined,
          }),
        )
        .catch(partialFailure);
      return {
        ...outcome,
        outputs: annotateSecrets(outcome.outputs, outputs),
        inputs: outcome.inputs && annotateSecrets(outcome.inputs, inputs ?? {}),
      };
    },
    delete: async (urn, id, olds, timeout = 0) => {
      const request = new messages.DeleteRequest();
      request.setUrn(urn);
      request.setId(id);
      request.setProperties(plain(olds.outputs));
      request.setOldInputs(plain(olds.inputs));
      request.setTimeout(timeout);
      await call((done) => client.delete(request, done));
    },
    cancel: async () => {
      await call((done) => client.cancel(new Empty(), done)).catch(() => undefined);
    },
    stop: async () => {
      client.close();
      await child.stop();
    },
    kill: child.kill,
  };
};

// The process does not take secrets (it answers `acceptSecrets: false`), so it gets the values in clear.
const plain = (properties: Properties) => toStruct(withoutSecrets(properties) as Properties);

const channelOptions = { 'grpc.max_receive_message_length': -1, 'grpc.max_send_message_length': -1 };

const start = ({
  programDir,
  engineAddress,
  project,
  env,
  onLine,
}: Parameters<typeof startProvider>[0]): Promise<{ child: Child; port: number }> =>
  new Promise((resolve, reject) => {
    let port: number | undefined;
    const child = startNode({
      script: createRequire(join(programDir, 'index.js')).resolve('@pulumi/pulumi/cmd/dynamic-provider'),
      args: [engineAddress],
      cwd: programDir,
      env: { ...env, PULUMI_NODEJS_PROJECT: project, PULUMI_PROJECT: project, PULUMI_CONFIG: '{}' },
      onLine: (line, stream) => {
        // The first line of stdout is the port; all that follows is for the user.
        if (port !== undefined || stream === 'stderr') onLine(line, stream);
        else if (/^\d+$/.test(line)) {
          port = Number(line);
          resolve({ child, port });
        } else reject(new Error(`the dynamic provider printed ${JSON.stringify(line)} in place of its port`));
      },
    });
    void child.exited.then(({ code, signal }) =>
      reject(
        new Error(
          `the dynamic provider ended (${signal ?? `exit status ${code}`}) before it printed its port`,
        ),
      ),
    );
  });

type Callback<T> = (error: ServiceError | null, response: T) => void;

// A dead process would leave its calls waiting for a connection, so its end fails them.
const caller =
  (client: ResourceProviderClient, child: Child) =>
  <T>(invoke: (done: Callback<T>) => ClientUnaryCall): Promise<T> =>
    new Promise((resolve, reject) => {
      const call = invoke((error, response) => (error ? reject(error) : resolve(response)));
      void child.exited.then(({ code, signal }) => {
        call.cancel();
        reject(new Error(`the dynamic provider process ended (${signal ?? `exit status ${code}`})`));
        client.close();
      });
    });

/** The message of a failed call, without gRPC's code before it. */
export const errorMessage = (error: unknown) => {
  const { details, message } = error as ServiceError;
  return details ?? message ?? String(error);
};

const partialFailure = (error: ServiceError): Outcome => {
  const [encoded] = error.metadata?.get('grpc-status-details-bin') ?? [];
  const [detail] = encoded ? Status.deserializeBinary(encoded as Buffer).getDetailsList() : [];
  const failure = detail?.unpack(
    messages.ErrorResourceInitFailed.deserializeBinary,
    'pulumirpc.ErrorResourceInitFailed',
  );
  if (!failure) throw error;
  return {
    id: failure.getId(),
    outputs: fromStruct(failure.getProperties()),
    inputs: failure.hasInputs() ? fromStruct(failure.getInputs()) : undefined,
    initErrors: failure.getReasonsList().length > 0 ? failure.getReasonsList() : [error.details],
  };
};

const kinds: DiffKind[] = ['add', 'add-replace', 'delete', 'delete-replace', 'update', 'update-replace'];

const readDiff = (response: messages.DiffResponse): ProviderDiff => {
  const { DIFF_SOME, DIFF_NONE } = messages.DiffResponse.DiffChanges;
  const detailed: DetailedDiff = {};
  response.getDetaileddiffMap().forEach((diff: messages.PropertyDiff, path: string) => {
    detailed[path] = { kind: kinds[diff.getKind()] ?? 'update' };
  });
  return {
    changes: { [DIFF_SOME]: true, [DIFF_NONE]: false }[response.getChanges() as number],
    replaces: response.getReplacesList(),
    diffs: response.getDiffsList(),
    detailed: Object.keys(detailed).length > 0 ? detailed : undefined,
    deleteBeforeReplace: response.getDeletebeforereplace(),
  };
};
