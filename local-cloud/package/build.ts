/**
 * Builds what `npm pack` puts into the package (`prepack` in package.json): `dist/`, with each program bundled into one
 * JavaScript file, and the data beside it. The packages that it depends on stay outside, but for the programs that the
 * engine starts.
 */
import { chmodSync, cpSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { build } from "esbuild";
import { baseImageRecipe } from "../base-image";
import { launchersRecipe } from "../toolchain/launchers";
import { builtProgram, data, dataPath, programs, recipesFile, standalonePrograms } from "./files";
import { bundle } from "./standalone";

const dist = resolve(__dirname, "../dist");

/** The architectures that the toolchain is built for. */
const architectures = ["x64", "arm64"];

async function main(): Promise<void> {
  rmSync(dist, { recursive: true, force: true });
  mkdirSync(dist);
  await build({
    entryPoints: programs.map((program) => dataPath(`${program}.ts`)),
    outdir: dist,
    entryNames: "[name]",
    bundle: true,
    packages: "external",
    platform: "node",
    target: "node20",
    format: "cjs",
    logLevel: "warning",
  });
  for (const program of standalonePrograms) {
    const file = join(dist, builtProgram(program));
    writeFileSync(file, await bundle(program));
    chmodSync(file, 0o755);
  }
  for (const path of data) {
    mkdirSync(dirname(join(dist, path)), { recursive: true });
    cpSync(dataPath(path), join(dist, path), { recursive: true });
  }
  const recipes = Object.fromEntries([
    ["launchers", launchersRecipe()],
    ...architectures.map((architecture) => [`base-image ${architecture}`, baseImageRecipe(architecture)]),
  ]);
  writeFileSync(join(dist, recipesFile), `${JSON.stringify(recipes, null, 2)}\n`);
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
