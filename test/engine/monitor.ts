import {
  type handleUnaryCall,
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type sendUnaryData,
  status,
} from '@grpc/grpc-js';
import type { Alias } from '@pulumi/pulumi/proto/alias_pb';
import { EngineService } from '@pulumi/pulumi/proto/engine_grpc_pb';
import * as engine from '@pulumi/pulumi/proto/engine_pb';
import { ResourceMonitorService } from '@pulumi/pulumi/proto/resource_grpc_pb';
import * as monitor from '@pulumi/pulumi/proto/resource_pb';
import { Empty } from 'google-protobuf/google/protobuf/empty_pb';
import { fromStruct, type Properties, toStruct } from './values';

/** What a program asks for one resource, like the engine's Goal. */
export interface Goal {
  type: string;
  name: string;
  custom: boolean;
  inputs: Properties;
  parent: string;
  /** A provider reference; empty for the default provider. */
  provider: string;
  version: string;
  dependencies: string[];
  propertyDependencies: Record<string, string[]>;
  protect: boolean | undefined;
  retainOnDelete: boolean | undefined;
  deleteBeforeReplace: boolean | undefined;
  ignoreChanges: string[];
  replaceOnChanges: string[];
  additionalSecretOutputs: string[];
  aliases: AliasSpec[];
  importId: string;
  customTimeouts: { create: number; update: number; delete: number };
  deletedWith: string;
  replaceWith: string[];
}

/** An alias: a whole URN, or what differs from the resource's own. */
export type AliasSpec =
  | { urn: string }
  | { name: string; type: string; stack: string; project: string; parent: string; noParent: boolean };

/** A `.get()`: a resource that is read, not managed. */
export interface ReadGoal
  extends Pick<Goal, 'type' | 'name' | 'parent' | 'provider' | 'version' | 'dependencies'> {
  id: string;
  inputs: Properties;
  additionalSecretOutputs: string[];
}

export type Severity = 'debug' | 'info' | 'warning' | 'error';

/** What answers the program. A rejected promise tells the program that the monitor is shutting down. */
export interface Handlers {
  register(goal: Goal): Promise<{ urn: string; id: string; outputs: Properties }>;
  registerOutputs(urn: string, outputs: Properties): Promise<void>;
  read(goal: ReadGoal): Promise<{ urn: string; outputs: Properties }>;
  log(severity: Severity, message: string, urn: string): void;
  /** Told about every rejection. */
  failed(error: unknown): void;
}

/** Serves Pulumi's ResourceMonitor and Engine services on one port of the loopback interface. */
export const serveMonitor = async (handlers: Handlers) => {
  const server = new Server({ 'grpc.max_receive_message_length': -1, 'grpc.max_send_message_length': -1 });
  server.addService(ResourceMonitorService, monitorService(handlers));
  server.addService(EngineService, engineService(handlers));
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  return { address: `127.0.0.1:${port}`, close: () => server.forceShutdown() };
};

// Features that the SDK may use with this engine; it falls back for all others.
const features = ['secrets', 'resourceReferences', 'deletedWith', 'aliasSpecs'];

const monitorService = (handlers: Handlers) => {
  const answer = answering(handlers);
  const { register, registerOutputs, read } = handlers;
  return {
    supportsFeature: answer((request: monitor.SupportsFeatureRequest) => {
      const response = new monitor.SupportsFeatureResponse();
      response.setHassupport(features.includes(request.getId()));
      return response;
    }),
    getDeploymentInfo: unimplemented('GetDeploymentInfo'),
    registerResource: answer(async (request: monitor.RegisterResourceRequest) => {
      if (request.getRemote()) throw new Error(`remote component ${request.getType()} is not supported`);
      const { urn, id, outputs } = await register(readGoal(request));
      const response = new monitor.RegisterResourceResponse();
      response.setUrn(urn);
      response.setId(id);
      response.setObject(toStruct(outputs));
      return response;
    }),
    registerResourceOutputs: answer(async (request: monitor.RegisterResourceOutputsRequest) => {
      await registerOutputs(request.getUrn(), fromStruct(request.getOutputs()));
      return new Empty();
    }),
    readResource: answer(async (request: monitor.ReadResourceRequest) => {
      const { urn, outputs } = await read({
        type: request.getType(),
        name: request.getName(),
        id: request.getId(),
        inputs: fromStruct(request.getProperties()),
        parent: request.getParent(),
        provider: request.getProvider(),
        version: request.getVersion(),
        dependencies: request.getDependenciesList(),
        additionalSecretOutputs: request.getAdditionalsecretoutputsList(),
      });
      const response = new monitor.ReadResourceResponse();
      response.setUrn(urn);
      response.setProperties(toStruct(outputs));
      return response;
    }),
    invoke: unimplemented('Invoke'),
    streamInvoke: unimplemented('StreamInvoke'),
    call: unimplemented('Call'),
    registerStackTransform: unimplemented('RegisterStackTransform'),
    registerStackInvokeTransform: unimplemented('RegisterStackInvokeTransform'),
    registerResourceHook: unimplemented('RegisterResourceHook'),
    registerErrorHook: unimplemented('RegisterErrorHook'),
    registerPackage: unimplemented('RegisterPackage'),
    // Only resource hooks need the program to live on during deletes, and they are not supported.
    signalAndWaitForShutdown: answer(() => new Empty()),
  };
};

const engineService = (handlers: Handlers) => {
  const answer = answering(handlers);
  const { log } = handlers;
  let rootUrn = '';
  return {
    log: answer((request: engine.LogRequest) => {
      const severities: Severity[] = ['debug', 'info', 'warning', 'error'];
      log(severities[request.getSeverity()] ?? 'info', request.getMessage(), request.getUrn());
      return new Empty();
    }),
    setRootResource: answer((request: engine.SetRootResourceRequest) => {
      rootUrn = request.getUrn();
      return new engine.SetRootResourceResponse();
    }),
    getRootResource: answer(() => {
      const response = new engine.GetRootResourceResponse();
      response.setUrn(rootUrn);
      return response;
    }),
    startDebugging: unimplemented('StartDebugging'),
    requirePulumiVersion: unimplemented('RequirePulumiVersion'),
  };
};

const answering =
  ({ failed }: Handlers) =>
  <Request, Response>(
    handle: (request: Request) => Response | Promise<Response>,
  ): handleUnaryCall<Request, Response> =>
  (call: ServerUnaryCall<Request, Response>, done: sendUnaryData<Response>) => {
    Promise.resolve()
      .then(() => handle(call.request))
      .then(
        (response) => done(null, response),
        (error) => {
          failed(error);
          // The SDK ends without a word on `unavailable`: the error has been reported.
          done({ code: status.UNAVAILABLE, details: error.message });
        },
      );
  };

const unimplemented =
  (name: string): handleUnaryCall<unknown, never> =>
  (_, done) =>
    done({ code: status.UNIMPLEMENTED, details: `${name} is not implemented by this engine` });

const readGoal = (request: monitor.RegisterResourceRequest): Goal => {
  const inputs = fromStruct(request.getObject());
  const propertyDependencies: Record<string, string[]> = {};
  request.getPropertydependenciesMap().forEach((entry, key) => {
    propertyDependencies[key] = [...new Set(entry.getUrnsList())];
  });
  const dependencies = [...new Set(request.getDependenciesList())];
  const packageName = request.getType().split(':')[0] ?? '';
  return {
    type: request.getType(),
    name: request.getName(),
    custom: request.getCustom(),
    inputs,
    parent: request.getParent(),
    provider: request.getProvider() || (request.getProvidersMap().get(packageName) ?? ''),
    version: request.getVersion(),
    dependencies,
    propertyDependencies:
      Object.keys(propertyDependencies).length > 0
        ? propertyDependencies
        : Object.fromEntries(Object.keys(inputs).map((key) => [key, dependencies])),
    protect: request.hasProtect() ? request.getProtect() : undefined,
    retainOnDelete: request.hasRetainondelete() ? request.getRetainondelete() : undefined,
    deleteBeforeReplace:
      request.getDeletebeforereplacedefined() || request.getDeletebeforereplace()
        ? request.getDeletebeforereplace()
        : undefined,
    ignoreChanges: request.getIgnorechangesList(),
    replaceOnChanges: request.getReplaceonchangesList(),
    additionalSecretOutputs: request.getAdditionalsecretoutputsList(),
    aliases: [
      ...request.getAliasurnsList().map((urn) => ({ urn })),
      ...request.getAliasesList().map(readAlias),
    ],
    importId: request.getImportid(),
    customTimeouts: {
      create: seconds(request.getCustomtimeouts()?.getCreate()),
      update: seconds(request.getCustomtimeouts()?.getUpdate()),
      delete: seconds(request.getCustomtimeouts()?.getDelete()),
    },
    deletedWith: request.getDeletedwith(),
    replaceWith: request.getReplaceWithList(),
  };
};

const readAlias = (alias: Alias): AliasSpec => {
  const spec = alias.getSpec();
  if (spec === undefined) return { urn: alias.getUrn() };
  return {
    name: spec.getName(),
    type: spec.getType(),
    stack: spec.getStack(),
    project: spec.getProject(),
    parent: spec.getParenturn(),
    noParent: spec.getNoparent(),
  };
};

// Go's durations, as customTimeouts hold them: `1h30m`, `90s`.
const seconds = (duration = '') => {
  const units: Record<string, number> = { h: 3600, m: 60, s: 1, ms: 0.001 };
  return [...duration.matchAll(/([\d.]+)(h|ms|m|s)/g)].reduce(
    (sum, [, amount, unit = 's']) => sum + Number(amount) * (units[unit] ?? 0),
    0,
  );
};
