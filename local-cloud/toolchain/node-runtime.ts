import { join } from "node:path";
import { UserError } from "../../src/common/errors";
import { run } from "../../src/common/run";
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
  const name = `node-linux-${process.arch}`; // npm's package of Node's own release; its binary needs no install script
  return {
    name: "node",
    version,
    executable: join("node_modules", name, "bin", "node"),
    recipe: "npm",
    async build(directory, context) {
      const options = ["--prefix", directory, "--no-save", "--ignore-scripts", "--no-audit", "--no-fund"];
      const { code, lines } = await run("npm", ["install", ...options, `${name}@${version}`], {
        env: context.env,
        signal: context.signal,
      });
      if (code === 0) return;
      const said = lines.filter((line) => line.startsWith("npm error")).slice(0, 3);
      throw new UserError(
        `node ${version} could not be installed from npm (exit code ${code}). Run the same command again when the ` +
          ["network is back, or install Node 22 or newer yourself.", ...said].join("\n    "),
      );
    },
  };
}
