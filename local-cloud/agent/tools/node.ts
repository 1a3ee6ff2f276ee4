import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { env } from "node:process";
import { clean, maxSatisfying } from "semver";
import * as z from "zod";
import { run } from "../../../src/common/run";
import { cacheDirectory, makeDirectory } from "../../toolchain/cache";
import { installNode, nodeFolder, nodePackage } from "../../toolchain/node-runtime";
import type { TaskStep } from "../tasks/task";
import { architecture, prepend, provide } from "./tool";

type NodeStep = Pick<TaskStep<never>, "workspace" | "log" | "prependPath" | "signal">;

/** Where the versions are that jobs have asked for, a folder each: they are kept for all jobs of this machine. */
function nodesFolder(): string {
  return join(cacheDirectory(), "agent-tools", nodePackage);
}

/**
 * Puts a Node first on the PATH of later steps, as NodeTool@0 and UseNode@1 do
 * (https://github.com/microsoft/azure-pipelines-tasks, Tasks/NodeToolV0): of the versions that are there the newest that
 * fits, otherwise of all that there are. Node's releases come from npm.
 *
 * @param checkLatest looks at all that there are in any case
 * @throws Error in the tasks' words if there is no such version
 */
export async function useNode(step: NodeStep, spec: string, checkLatest: boolean): Promise<void> {
  const explicit = clean(spec) ?? undefined;
  const there = existsSync(nodesFolder()) ? readdirSync(nodesFolder()).filter((name) => clean(name) === name) : [];
  const known = checkLatest && explicit === undefined ? undefined : maxSatisfying(there, spec);
  const version = known ?? explicit ?? maxSatisfying(await releases(step.signal), spec);
  if (version === undefined || version === null) {
    throw new Error(
      `Unable to find Node version ${spec} for platform ${process.platform} and architecture ${architecture}.`,
    );
  }
  const directory = join(nodesFolder(), version);
  if (!existsSync(directory)) await install(directory, version, step.signal);
  const folder = provide(step, { name: "node", version, source: join(directory, nodeFolder) });
  prepend(step, `${folder}/bin`);
}

async function install(directory: string, version: string, signal: AbortSignal): Promise<void> {
  await makeDirectory(directory, async (temporary) => {
    const problem = await installNode(temporary, version, { env, signal });
    if (problem === undefined) return;
    throw new Error(`Tool install failed: Node ${version} could not be had from npm (${problem.join("; ")}).`);
  });
}

/** All versions of Node that npm has for this machine. */
async function releases(signal: AbortSignal): Promise<string[]> {
  const { code, lines } = await run("npm", ["view", nodePackage, "versions", "--json"], { env, signal });
  if (code !== 0) throw new Error(`npm does not tell which versions of Node there are: ${lines.slice(-3).join(" ")}`);
  return z.array(z.string()).parse(JSON.parse(lines.join("\n")));
}
