import { rmSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../../src/common/errors";
import { type RunOptions, run } from "../../src/common/run";
import type { ToolchainPart } from "./part";

/** The oldest Node that Pulumi supports: @pulumi/pulumi's own `engines`, and so this project's. */
const oldestSupported = 22;

/** The Node that Pulumi runs programs on where the machine's own is older. Keep it the one of CI (`.ci/run`). */
const version = "24.21.0";

/**
 * A Node that Pulumi supports, for a machine whose own is older; undefined where it is not.
 *
 * @param machine version of the machine's Node, like `20.20.2`
 */
export function nodePart(machine: string): ToolchainPart | undefined {
  if (Number.parseInt(machine, 10) >= oldestSupported) return undefined;
  return {
    name: "node",
    version,
    executable: join(nodeFolder, "bin", "node"),
    recipe: "npm",
    async build(directory, context) {
      const problem = await installNode(directory, version, context);
      if (problem === undefined) {
        // A third of it is for compiling with it.
        rmSync(join(directory, nodeFolder, "include"), { recursive: true, force: true });
        return;
      }
      throw new UserError(
        `node ${version} could not be installed from npm (${problem[0]}). Run the same command again when the ` +
          ["network is back, or install Node 22 or newer yourself.", ...problem.slice(1)].join("\n    "),
      );
    },
  };
}

/** npm's package of Node's own releases. Its binary needs no install script. */
export const nodePackage = `node-linux-${process.arch}`;

/** Where a Node is in the directory that it was installed into. */
export const nodeFolder = join("node_modules", nodePackage);

/**
 * Installs a Node from npm.
 *
 * @returns why it could not be, the exit code first; undefined if it could
 */
export async function installNode(
  directory: string,
  version: string,
  { env, signal }: Pick<RunOptions, "env" | "signal">,
): Promise<string[] | undefined> {
  const options = ["--prefix", directory, "--no-save", "--ignore-scripts", "--no-audit", "--no-fund"];
  const { code, lines } = await run("npm", ["install", ...options, `${nodePackage}@${version}`], { env, signal });
  if (code === 0) return undefined;
  return [`exit code ${code}`, ...lines.filter((line) => line.startsWith("npm error")).slice(0, 3)];
}
