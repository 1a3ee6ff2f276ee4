import { spawn } from "node:child_process";
import { type ServerWritableStream, status } from "@grpc/grpc-js";
import { type RunPluginRequest, RunPluginResponse } from "@pulumi/pulumi/proto/language_pb";
import { locateInSdk } from "./program";

/**
 * Runs a policy pack in Node, under the SDK that its folder finds, until the engine ends it. The engine gets its output
 * as it comes, and reads the port of its service from the first line. Packs get no configuration of the stack's. Plugins
 * of other kinds are refused: no command of this project leads to one.
 */
export function runPolicyPack(call: ServerWritableStream<RunPluginRequest, RunPluginResponse>): void {
  const { request } = call;
  if (request.getKind() !== "analyzer") {
    call.emit("error", { code: status.UNIMPLEMENTED, details: `no plugins of kind ${request.getKind()} are run` });
    return;
  }
  const directory = request.getInfo()?.getProgramDirectory() ?? "";
  const fail = (error: unknown) => call.emit("error", { code: status.UNKNOWN, details: String(error) });
  try {
    const runner = locateInSdk(directory, "cmd/run-policy-pack");
    const child = spawn(process.execPath, [runner, ...request.getArgsList(), directory], {
      cwd: directory,
      env: Object.fromEntries(request.getEnvList().map(readVariable)),
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
