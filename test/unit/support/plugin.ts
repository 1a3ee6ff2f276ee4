import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { credentials } from "@grpc/grpc-js";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { isObject, type JsonObject } from "../../../local-cloud/azure/json";
import { installPlugins } from "../../../local-cloud/plugins/install";

/** What the engine sends in place of a value that is not known yet. */
export const unknownValue = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

type Send<Request, Response> = (
  request: Request,
  callback: (error: Error | null, response: Response) => void,
) => unknown;

/** One of the local cloud's plugins, installed and started as the engine does, and called as the engine calls it. */
export class Plugin {
  private constructor(
    private readonly home: string,
    private readonly child: ChildProcess,
    readonly client: ResourceProviderClient,
    private readonly name: string,
  ) {}

  static async start(name: string, version: string, env: Record<string, string> = {}): Promise<Plugin> {
    const home = mkdtempSync(join(tmpdir(), "plugin-"));
    await installPlugins(home);
    const file = join(home, "plugins", `resource-${name}-v${version}`, `pulumi-resource-${name}`);
    const child = spawn(file, ["127.0.0.1:1"], {
      env: { PATH: process.env.PATH, ...env },
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [port] = await once(createInterface(child.stdout), "line");
    return new Plugin(home, child, new ResourceProviderClient(`127.0.0.1:${port}`, credentials.createInsecure()), name);
  }

  async stop(): Promise<void> {
    this.client.close();
    this.child.kill();
    await once(this.child, "exit");
    rmSync(this.home, { recursive: true });
  }

  async configure(config: Record<string, string> = {}): Promise<proto.ConfigureResponse> {
    const request = new proto.ConfigureRequest();
    for (const [key, value] of Object.entries(config))
      request.getVariablesMap().set(`${this.name}:config:${key}`, value);
    return call<proto.ConfigureRequest, proto.ConfigureResponse>((r, c) => this.client.configure(r, c), request);
  }

  async invoke(token: string, args: JsonObject = {}): Promise<JsonObject> {
    const request = new proto.InvokeRequest().setTok(token).setArgs(Struct.fromJavaScript(args));
    const response = await call<proto.InvokeRequest, proto.InvokeResponse>((r, c) => this.client.invoke(r, c), request);
    return plain(response.getReturn());
  }

  async check(type: string, inputs: JsonObject, oldInputs: JsonObject = {}) {
    const request = new proto.CheckRequest()
      .setUrn(urn(type))
      .setNews(Struct.fromJavaScript(inputs))
      .setOlds(Struct.fromJavaScript(oldInputs))
      .setRandomseed(Buffer.alloc(32, 7));
    const response = await call<proto.CheckRequest, proto.CheckResponse>((r, c) => this.client.check(r, c), request);
    return {
      inputs: plain(response.getInputs()),
      failures: response.getFailuresList().map((failure) => failure.getReason()),
    };
  }

  async diff(type: string, old: JsonObject, next: JsonObject) {
    const request = new proto.DiffRequest()
      .setUrn(urn(type))
      .setOldInputs(Struct.fromJavaScript(old))
      .setNews(Struct.fromJavaScript(next));
    const response = await call<proto.DiffRequest, proto.DiffResponse>((r, c) => this.client.diff(r, c), request);
    return {
      some: response.getChanges() === proto.DiffResponse.DiffChanges.DIFF_SOME,
      diffs: response.getDiffsList(),
      replaces: response.getReplacesList(),
      deleteBeforeReplace: response.getDeletebeforereplace(),
    };
  }

  async create(type: string, inputs: JsonObject, preview = false) {
    const request = new proto.CreateRequest()
      .setUrn(urn(type))
      .setProperties(Struct.fromJavaScript(inputs))
      .setPreview(preview);
    const response = await call<proto.CreateRequest, proto.CreateResponse>((r, c) => this.client.create(r, c), request);
    return { id: response.getId(), outputs: plain(response.getProperties()) };
  }

  async read(type: string, id: string, old?: { inputs: JsonObject; outputs: JsonObject }) {
    const request = new proto.ReadRequest().setUrn(urn(type)).setId(id);
    if (old) request.setInputs(Struct.fromJavaScript(old.inputs)).setProperties(Struct.fromJavaScript(old.outputs));
    const response = await call<proto.ReadRequest, proto.ReadResponse>((r, c) => this.client.read(r, c), request);
    return {
      id: response.getId(),
      inputs: plain(response.getInputs()),
      outputs: plain(response.getProperties()),
    };
  }

  async update(type: string, id: string, inputs: JsonObject) {
    const request = new proto.UpdateRequest().setUrn(urn(type)).setId(id).setNews(Struct.fromJavaScript(inputs));
    const response = await call<proto.UpdateRequest, proto.UpdateResponse>((r, c) => this.client.update(r, c), request);
    return plain(response.getProperties());
  }

  async delete(type: string, id: string): Promise<void> {
    const request = new proto.DeleteRequest().setUrn(urn(type)).setId(id);
    await call<proto.DeleteRequest, unknown>((r, c) => this.client.delete(r, c), request);
  }
}

function plain(struct: Struct | undefined): JsonObject {
  const value: unknown = struct?.toJavaScript();
  return isObject(value) ? value : {};
}

function urn(type: string): string {
  return `urn:pulumi:test::job-container::mlops:index:JobContainer$${type}::job`;
}

function call<Request, Response>(send: Send<Request, Response>, request: Request): Promise<Response> {
  return new Promise((resolve, reject) => {
    send(request, (error, response) => (error ? reject(error) : resolve(response)));
  });
}
