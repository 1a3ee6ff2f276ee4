import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { type LinkRequest, LinkResponse } from "@pulumi/pulumi/proto/language_pb";
import { readManifest } from "./installed";

/**
 * Makes a program depend on packages that were generated into its folder, in its `package.json`.
 *
 * @throws Error with what npm says
 */
export async function link(request: LinkRequest): Promise<LinkResponse> {
  const directory = request.getInfo()?.getProgramDirectory() ?? "";
  const names: string[] = [];
  for (const dependency of request.getPackagesList()) {
    const { name = "" } = readManifest(join(directory, dependency.getPath()));
    await promisify(execFile)("npm", ["pkg", "set", `dependencies.${name}=file:${dependency.getPath()}`], {
      cwd: directory,
    });
    names.push(name);
  }
  const lines = names.map((name) => `  import * as ${name.replace(/^.*\//, "")} from "${name}";\n`);
  return new LinkResponse().setImportInstructions(
    `You can then import the SDK in your TypeScript code with:\n\n${lines.join("")}`,
  );
}
