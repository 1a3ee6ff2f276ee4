import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { type GeneratePackageRequest, GeneratePackageResponse } from "@pulumi/pulumi/proto/language_pb";

/**
 * Writes the package through which programs in TypeScript use a Pulumi package, by its schema.
 *
 * @throws Error if that has not been made, which is Pulumi's own generator, or if it refuses the schema
 */
export async function generatePackage(request: GeneratePackageRequest): Promise<GeneratePackageResponse> {
  const generator = join(process.env.PULUMI_HOME ?? "", "bin", "pulumi-sdk");
  if (!existsSync(generator)) {
    throw new Error(`there is no ${generator}, which writes packages: run npx local-cloud up --languages`);
  }
  const args = ["nodejs", request.getDirectory(), ...(request.getLocal() ? ["local"] : [])];
  const child = spawn(generator, args, { stdio: ["pipe", "ignore", "pipe"] });
  let said = "";
  child.stderr.on("data", (data) => {
    said += data;
  });
  child.stdin.end(request.getSchema());
  const code = await new Promise((resolve, reject) => child.on("error", reject).on("close", resolve));
  if (code !== 0) throw new Error(said.trim());
  return new GeneratePackageResponse();
}
