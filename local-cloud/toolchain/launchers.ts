import { join } from "node:path";
import { listFiles, recipeHash } from "./cache";

const folder = join(__dirname, "node");

/** Each program that the engine starts beside the CLI, by its file name, and its source in `node/`. */
const programs: Record<string, string> = {
  "pulumi-language-nodejs": "language-host.ts",
  "pulumi-resource-pulumi-nodejs": "dynamic-provider.ts",
};

/** Changes when the launchers do: their sources and the libraries that are bundled into them. */
export function launchersRecipe(): string {
  const libraries = ["@pulumi/pulumi", "@grpc/grpc-js"].map((name) => `${name} ${packageVersion(name)}`);
  return recipeHash(
    folder,
    listFiles(folder, (path) => path.endsWith(".ts")),
    libraries,
  );
}

/**
 * Writes the programs that Pulumi's own releases have beside the CLI to run programs in Node, each as one executable
 * file with everything it imports, so that it starts fast and wherever the program's own `node_modules` are.
 */
export async function buildLaunchers(directory: string): Promise<void> {
  // Loaded only here: it takes longer to load than to find that everything is installed.
  const { buildSync } = await import("esbuild");
  for (const [name, source] of Object.entries(programs)) {
    buildSync({
      entryPoints: [join(folder, source)],
      outfile: join(directory, name),
      bundle: true,
      minify: true,
      platform: "node",
      target: "node20",
      banner: { js: "#!/usr/bin/env node" },
      logLevel: "silent",
    });
  }
}

function packageVersion(name: string): string {
  const { version }: { version: string } = require(`${name}/package.json`);
  return version;
}
