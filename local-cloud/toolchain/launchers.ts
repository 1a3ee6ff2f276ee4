import { chmodSync, existsSync, linkSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { dataPath } from "../package/files";
import { recipeOf } from "../package/recipes";
import { standalone } from "../package/standalone";
import { listFiles, makeDirectory, recipeHash } from "./cache";

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
 * Puts beside a CLI what Pulumi's own releases have there to run programs in Node, each as one executable file with
 * everything it imports, so that it starts fast and wherever the program's own `node_modules` are. The CLI is not built
 * again when they change.
 *
 * @param cli a directory of the cache with `bin/pulumi`
 * @returns the directory with both; a CLI that was downloaded has them already
 */
export async function withLaunchers(cli: string): Promise<string> {
  if (Object.keys(programs).every((name) => existsSync(join(cli, "bin", name)))) return cli;
  const directory = `${cli}-${launchersRecipe()}`;
  if (!existsSync(directory)) await makeDirectory(directory, (partial) => fill(partial, cli));
  return directory;
}

async function fill(directory: string, cli: string): Promise<void> {
  const bin = join(directory, "bin");
  mkdirSync(bin);
  // Not a symbolic link: the CLI looks for them where it is itself.
  linkSync(join(cli, "bin", "pulumi"), join(bin, "pulumi"));
  for (const [name, program] of Object.entries(programs)) {
    writeFileSync(join(bin, name), await standalone(program));
    chmodSync(join(bin, name), 0o755);
  }
}

function packageVersion(name: string): string {
  const { version }: { version: string } = require(`${name}/package.json`);
  return version;
}
