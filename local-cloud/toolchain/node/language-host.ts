/**
 * Pulumi's language host for Node: the engine starts it with its own address as the last argument, reads the port of
 * its gRPC service from the first line of its output, and has it run programs. The methods that no command of this
 * project leads to (generating programs, for example) answer UNIMPLEMENTED.
 */
import { Server, ServerCredentials, type ServerUnaryCall, type sendUnaryData, status } from "@grpc/grpc-js";
import { type ILanguageRuntimeServer, LanguageRuntimeService } from "@pulumi/pulumi/proto/language_grpc_pb";
import {
  AboutResponse,
  DependencyInfo,
  GetProgramDependenciesResponse,
  GetRequiredPackagesResponse,
  LanguageHandshakeResponse,
  RuntimeOptionsResponse,
} from "@pulumi/pulumi/proto/language_pb";
import { PackageDependency, PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { version } from "@pulumi/pulumi/version";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { generatePackage } from "./generate-package";
import { installDependencies } from "./install-dependencies";
import { directDependencies, requiredPlugins } from "./installed";
import { keepCompiled } from "./keep-compiled";
import { link } from "./link";
import { endWithParent } from "./parent";
import { runPlugin } from "./plugin";
import { runProgram, stopPrograms } from "./program";

let engineAddress = process.argv.at(-1) ?? "";

const methods = {
  handshake: answer((request) => {
    engineAddress = request.getEngineAddress();
    return new LanguageHandshakeResponse();
  }),
  getPluginInfo: answer(() => new PluginInfo().setVersion(version)),
  about: answer(() => new AboutResponse().setExecutable(process.execPath).setVersion(process.version)),
  runtimeOptionsPrompts: answer(() => new RuntimeOptionsResponse()),
  getRequiredPackages: answer((request) => {
    const plugins = requiredPlugins(request.getInfo()?.getProgramDirectory() ?? "");
    const packages = plugins.map(({ name, version, server }) =>
      new PackageDependency().setName(name).setKind("resource").setVersion(version).setServer(server),
    );
    return new GetRequiredPackagesResponse().setPackagesList(packages);
  }),
  getProgramDependencies: answer((request) => {
    const dependencies = directDependencies(request.getInfo()?.getProgramDirectory() ?? "");
    return new GetProgramDependenciesResponse().setDependenciesList(
      dependencies.map(({ name, version }) => new DependencyInfo().setName(name).setVersion(version)),
    );
  }),
  run: answer((request) => runProgram(request, engineAddress)),
  generatePackage: answer(generatePackage),
  link: answer(link),
  runPlugin,
  installDependencies,
  cancel: answer(() => {
    stopPrograms();
    return new Empty();
  }),
} satisfies Partial<ILanguageRuntimeServer>;

const server = new Server();
server.addService(LanguageRuntimeService, methods);
server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  process.stdout.write(`${port}\n`);
  keepCompiled();
});
endWithParent(stopPrograms);

/** Makes a gRPC method of a function. A call that the engine gives up ends the program that it started. */
function answer<Request, Response>(respond: (request: Request) => Response | Promise<Response>) {
  return (call: ServerUnaryCall<Request, Response>, done: sendUnaryData<Response>): void => {
    call.on("cancelled", stopPrograms);
    Promise.resolve(call.request)
      .then(respond)
      .then(
        (response) => done(null, response),
        (error: Error) => done({ code: status.UNKNOWN, details: error.message }),
      );
  };
}
