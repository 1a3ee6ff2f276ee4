import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { dataPath } from "../package/files";
import { recipeOf } from "../package/recipes";
import { standalone } from "../package/standalone";
import { listFiles, recipeHash } from "./cache";

/** Each program that the engine starts beside the CLI, by its file name, and its source. */
const programs = {
  "pulumi-language-nodejs": "toolchain/node/language-host",
  "pulumi-resource-pulumi-nodejs": "toolchain/node/dynamic-provider",
} as const;

/** Changes when the launchers do: their sources and the libraries that are bundled into them. */
export function launchersRecipe(): string {
  return recipeOf("launchers", () => {
    const folder = dataPath("toolchain/node");
    const libraries = ["@pulumi/pulumi", "@grpc/grpc-js"].map((name) => `${name} ${packageVersion(name)}`);
    return recipeHash(
      folder,
      listFiles(folder, (path) => path.endsWith(".ts")),
      libraries,
    );
  });
}

/**
 * Writes the programs that Pulumi's own releases have beside the CLI to run programs in Node, each as one executable
 * file with everything it imports, so that it starts fast and wherever the program's own `node_modules` are.
 */
export async function buildLaunchers(directory: string): Promise<void> {
  for (const [name, program] of Object.entries(programs)) {
    writeFileSync(join(directory, name), await standalone(program), { mode: 0o755 });
  }
}

function packageVersion(name: string): string {
  const { version }: { version: string } = require(`${name}/package.json`);
  return version;
}
