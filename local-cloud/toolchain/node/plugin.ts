import { spawn } from "node:child_process";
import { type ServerWritableStream, status } from "@grpc/grpc-js";
import { ProgramInfo, type RunPluginRequest, RunPluginResponse } from "@pulumi/pulumi/proto/language_pb";
import { readOptions } from "./options";
import { locateInSdk } from "./program";

/** How a plugin is started: Node's arguments, and where it runs. */
interface Start {
  args: string[];
  cwd: string;
  env?: NodeJS.ProcessEnv;
}

/** Of each kind of plugin that a folder can be. */
const starts: Record<string, (request: RunPluginRequest, directory: string) => Start> = {
  /** A policy pack. It gets no configuration of the stack's. */
  analyzer: (request, directory) => ({
    args: [locateInSdk(directory, "cmd/run-policy-pack"), ...request.getArgsList(), directory],
    cwd: directory,
  }),
  /** A component package, which runs where the program that uses it does. */
  resource: (request, directory) => {
    const { typescript, tsconfig, nodeArguments } = readOptions(request.getInfo()?.getOptions()?.toJavaScript() ?? {});
    return {
      args: [locateInSdk(directory, "cmd/run-plugin"), ...nodeArguments, directory, ...request.getArgsList()],
      cwd: request.getPwd(),
      env: {
        ...(typescript && { PULUMI_NODEJS_TYPESCRIPT: "true" }),
        ...(tsconfig && { PULUMI_NODEJS_TSCONFIG_PATH: tsconfig }),
      },
    };
  },
};

/**
 * Runs a plugin in Node, under the SDK that its folder finds, until the engine ends it. The engine gets its output as it
 * comes, and reads the port of its service from the first line. Plugins of other kinds are refused: no command of this
 * project leads to one.
 */
export function runPlugin(call: ServerWritableStream<RunPluginRequest, RunPluginResponse>): void {
  const { request } = call;
  const start = starts[request.getKind()];
  if (start === undefined) {
    call.emit("error", { code: status.UNIMPLEMENTED, details: `no plugins of kind ${request.getKind()} are run` });
    return;
  }
  const fail = (error: unknown) => call.emit("error", { code: status.UNKNOWN, details: String(error) });
  try {
    const { args, cwd, env } = start(request, (request.getInfo() ?? new ProgramInfo()).getProgramDirectory());
    const child = spawn(process.execPath, args, {
      cwd,
      env: { ...Object.fromEntries(request.getEnvList().map(readVariable)), ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const end = () => child.kill();
    call.on("cancelled", end);
    process.on("exit", end);
    child.stdout.on("data", (data: Buffer) => call.write(new RunPluginResponse().setStdout(data)));
    child.stderr.on("data", (data: Buffer) => call.write(new RunPluginResponse().setStderr(data)));
    child.on("error", fail);
    child.on("close", (code) => {
      process.off("exit", end);
      call.write(new RunPluginResponse().setExitcode(code ?? 1));
      call.end();
    });
  } catch (error) {
    fail(error);
  }
}

/** Reads `name=value`. */
function readVariable(text: string): [name: string, value: string] {
  const at = text.indexOf("=");
  return [text.slice(0, at), text.slice(at + 1)];
}
