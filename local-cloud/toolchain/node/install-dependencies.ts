import { spawn } from "node:child_process";
import { dirname, relative } from "node:path";
import { type ServerWritableStream, status } from "@grpc/grpc-js";
import { type InstallDependenciesRequest, InstallDependenciesResponse } from "@pulumi/pulumi/proto/language_pb";
import { readManifest } from "./installed";

/**
 * Installs what a program or a plugin depends on, by npm, and says what npm says: in its folder, or in the root of the
 * npm workspace that the folder is one of.
 */
export function installDependencies(
  call: ServerWritableStream<InstallDependenciesRequest, InstallDependenciesResponse>,
): void {
  const directory = workspaceRoot(call.request.getInfo()?.getProgramDirectory() ?? call.request.getDirectory());
  const fail = (details: string) => call.emit("error", { code: status.UNKNOWN, details });
  const npm = spawn("npm", ["install", "--loglevel=error"], { cwd: directory, stdio: ["ignore", "pipe", "pipe"] });
  npm.stdout.on("data", (data: Buffer) => call.write(new InstallDependenciesResponse().setStdout(data)));
  npm.stderr.on("data", (data: Buffer) => call.write(new InstallDependenciesResponse().setStderr(data)));
  npm.on("error", (error) => fail(`npm cannot be run: ${error.message}`));
  npm.on("close", (code) => (code === 0 ? call.end() : fail(`npm install failed in ${directory} (exit code ${code})`)));
}

/** The nearest folder upwards whose `package.json` names a folder as a workspace; the folder itself if there is none. */
function workspaceRoot(directory: string): string {
  for (let at = dirname(directory); at !== dirname(at); at = dirname(at)) {
    if (readManifest(at).workspaces?.includes(relative(at, directory))) return at;
  }
  return directory;
}
