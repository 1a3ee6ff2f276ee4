import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { layoutOf } from "../../../local-cloud/cloud/layout";
import { preparePulumiHome } from "../../../local-cloud/cloud/pulumi-home";
import { installToolchain } from "../../../local-cloud/toolchain";
import { npmInTurn } from "../../support/npm-in-turn";
import type { Program } from "../../support/program";
import { projectRoot } from "../../support/repository";
import { arm } from "./far-side";
import { localCloudDirectory } from "./local-cloud";
import { useOwnCloud } from "./own-cloud";

/**
 * Gives a file's tests a local cloud of their own, in which each program has the names that it has by default, with what
 * programs in other languages need.
 *
 * @returns the component package as it is built: where its sources are, Pulumi would have npm install all that they need
 */
export function useLanguages(): { folder: string; executable: string } {
  useOwnCloud();
  const folder = mkdtempSync(join(tmpdir(), "mlops-"));
  beforeAll(async () => {
    execFileSync(process.execPath, [join(projectRoot, "plugin/build.js"), folder]);
    // Where nothing has been built yet, one file builds it, and the others wait.
    npmInTurn("run", "--silent", "toolchain", "--", "--languages");
    await preparePulumiHome(layoutOf(localCloudDirectory()), await installToolchain({ languages: true }));
  }, 1_800_000); // the first one of a machine builds what languages need
  afterAll(() => rmSync(folder, { recursive: true }));
  return { folder, executable: join(folder, "pulumi-resource-mlops") };
}

/** Whether the registry that a program makes is there. */
export async function registryExists(name: string, group: string): Promise<boolean> {
  const path = `/resourceGroups/${group}/providers/Microsoft.ContainerRegistry/registries/${name}`;
  return (await arm("GET", path, "2025-04-01")).status === 200;
}

/** Runs a command in a program's folder, and returns what it printed. @throws Error if it fails */
export async function succeed(program: Program, command: string, ...args: string[]): Promise<string> {
  const { exitCode, output } = await program.run(command, args);
  if (exitCode !== 0) throw new Error(`${command} ${args.join(" ")} ended with ${exitCode}:\n${output}`);
  return output;
}
