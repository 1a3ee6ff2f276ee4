import {
  type handleUnaryCall,
  Server,
  ServerCredentials,
  type ServiceError,
  status,
  type UntypedServiceImplementation,
} from "@grpc/grpc-js";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { messageOf } from "../../src/common/errors";
import { isObject, type JsonObject } from "../azure/json";
import { keepCompiled } from "../toolchain/node/keep-compiled";
import {
  type Autonaming,
  type Change,
  type CheckRequest,
  type DiffResult,
  NotImplemented,
  type Provider,
  type ReadResult,
  type ResourceOperations,
  typeOf,
} from "./provider";

/** The largest message that Pulumi's own plugins take. */
const maxMessage = 400 * 1024 * 1024;

/**
 * Serves a provider as a Pulumi plugin: listens on a free port of the loopback address and prints the port, which is
 * how the engine finds it. Ends itself when the engine is gone.
 *
 * This speaks the protocol directly instead of through `@pulumi/pulumi/provider`: that has no configuration of the
 * provider, and hides previews and the random seed.
 */
export function serve(provider: Provider): void {
  const server = new Server({
    "grpc.max_receive_message_length": maxMessage,
    "grpc.max_send_message_length": maxMessage,
  });
  server.addService(ResourceProviderService, implementation(provider));
  server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) => {
    if (error) throw error;
    process.stdout.write(`${port}\n`);
    keepCompiled();
  });
  const engine = process.ppid;
  setInterval(() => process.ppid === engine || process.exit(0), 5000).unref();
}

function implementation(provider: Provider): UntypedServiceImplementation {
  const resources = (urn: string): ResourceOperations => {
    if (provider.resources) return provider.resources;
    throw new NotImplemented(`the local cloud's ${provider.name} plugin has no resource type ${typeOf(urn)}`);
  };
  return {
    getPluginInfo: unary(async () => new PluginInfo().setVersion(provider.version)),
    attach: unary(async () => new Empty()),
    cancel: unary(async () => new Empty()),

    checkConfig: unary(async (request: proto.CheckRequest) => new proto.CheckResponse().setInputs(request.getNews())),
    diffConfig: unary(async () => new proto.DiffResponse()),
    configure: unary(async (request: proto.ConfigureRequest) => {
      const prefix = `${provider.name}:config:`;
      const variables = [...request.getVariablesMap().entries()];
      await provider.configure(Object.fromEntries(variables.map(([key, value]) => [key.replace(prefix, ""), value])));
      return new proto.ConfigureResponse().setSupportspreview(true).setSupportsAutonamingConfiguration(true);
    }),

    invoke: unary(async (request: proto.InvokeRequest) => {
      const result = await provider.invoke(request.getTok(), objectOf(request.getArgs()));
      return new proto.InvokeResponse().setReturn(structOf(result));
    }),

    check: unary(async (request: proto.CheckRequest) => {
      const { inputs, failures } = await resources(request.getUrn()).check(checkRequest(request));
      const list = failures.map((reason) => new proto.CheckFailure().setReason(reason));
      return new proto.CheckResponse().setInputs(structOf(inputs)).setFailuresList(list);
    }),
    diff: unary(async (request: proto.DiffRequest) => {
      const [old, next] = [objectOf(request.getOldInputs()), objectOf(request.getNews())];
      return diffResponse(resources(request.getUrn()).diff(request.getUrn(), old, next));
    }),
    create: unary(async (request: proto.CreateRequest) => {
      const [urn, inputs] = [request.getUrn(), objectOf(request.getProperties())];
      if (request.getPreview()) {
        return new proto.CreateResponse().setProperties(structOf(resources(urn).preview(urn, inputs)));
      }
      const { id, outputs } = await resources(urn).create(urn, inputs);
      return new proto.CreateResponse().setId(id).setProperties(structOf(outputs));
    }),
    read: unary(async (request: proto.ReadRequest) => {
      const result = await resources(request.getUrn()).read(request.getUrn(), request.getId(), oldOf(request));
      if (result === undefined) return new proto.ReadResponse();
      return new proto.ReadResponse()
        .setId(request.getId())
        .setProperties(structOf(result.outputs))
        .setInputs(structOf(result.inputs));
    }),
    update: unary(async (request: proto.UpdateRequest) => {
      const [urn, inputs] = [request.getUrn(), objectOf(request.getNews())];
      const outputs = request.getPreview()
        ? resources(urn).preview(urn, inputs, objectOf(request.getOlds()))
        : await resources(urn).update(urn, request.getId(), inputs);
      return new proto.UpdateResponse().setProperties(structOf(outputs));
    }),
    delete: unary(async (request: proto.DeleteRequest) => {
      await resources(request.getUrn()).delete(request.getUrn(), request.getId());
      return new Empty();
    }),
  };
}

function unary<Request, Response>(handle: (request: Request) => Promise<Response>): handleUnaryCall<Request, Response> {
  return (call, callback) => {
    handle(call.request).then(
      (response) => callback(null, response),
      (error: unknown) => callback(serviceError(error)),
    );
  };
}

function serviceError(error: unknown): Partial<ServiceError> {
  const code = error instanceof NotImplemented ? status.UNIMPLEMENTED : status.UNKNOWN;
  return { code, details: messageOf(error) };
}

function checkRequest(request: proto.CheckRequest): CheckRequest {
  return {
    urn: request.getUrn(),
    oldInputs: objectOf(request.getOlds()),
    inputs: objectOf(request.getNews()),
    randomSeed: request.getRandomseed_asU8(),
    autonaming: autonamingOf(request.getAutonaming()),
  };
}

function autonamingOf(options: proto.CheckRequest.AutonamingOptions | undefined): Autonaming | undefined {
  if (options === undefined) return undefined;
  const { PROPOSE, ENFORCE } = proto.CheckRequest.AutonamingOptions.Mode;
  const mode = options.getMode();
  return {
    proposedName: options.getProposedName(),
    mode: mode === PROPOSE ? "propose" : mode === ENFORCE ? "enforce" : "disable",
  };
}

function oldOf(request: proto.ReadRequest): ReadResult | undefined {
  const inputs = request.getInputs();
  return inputs && { inputs: objectOf(inputs), outputs: objectOf(request.getProperties()) };
}

function diffResponse({ changes, deleteBeforeReplace }: DiffResult): proto.DiffResponse {
  const { DIFF_NONE, DIFF_SOME } = proto.DiffResponse.DiffChanges;
  const kinds: Record<Change, proto.PropertyDiff.Kind> = {
    add: proto.PropertyDiff.Kind.ADD,
    "add-replace": proto.PropertyDiff.Kind.ADD_REPLACE,
    delete: proto.PropertyDiff.Kind.DELETE,
    "delete-replace": proto.PropertyDiff.Kind.DELETE_REPLACE,
    update: proto.PropertyDiff.Kind.UPDATE,
    "update-replace": proto.PropertyDiff.Kind.UPDATE_REPLACE,
  };
  const entries = Object.entries(changes);
  const response = new proto.DiffResponse()
    .setChanges(entries.length === 0 ? DIFF_NONE : DIFF_SOME)
    .setDiffsList(entries.map(([path]) => topOf(path)))
    .setReplacesList(entries.filter(([, change]) => change.endsWith("-replace")).map(([path]) => topOf(path)))
    .setDeletebeforereplace(deleteBeforeReplace)
    .setHasdetaileddiff(entries.length > 0);
  for (const [path, change] of entries) {
    response.getDetaileddiffMap().set(path, new proto.PropertyDiff().setKind(kinds[change]).setInputdiff(true));
  }
  return response;
}

function topOf(path: string): string {
  return path.split(/[.[]/)[0] ?? path;
}

/** Properties without those that are null: to a provider they are absent. */
function objectOf(struct: Struct | undefined): JsonObject {
  const value: unknown = struct?.toJavaScript();
  if (!isObject(value)) return {};
  return Object.fromEntries(Object.entries(value).filter(([, property]) => property !== null));
}

function structOf(value: JsonObject): Struct {
  return Struct.fromJavaScript(value);
}
