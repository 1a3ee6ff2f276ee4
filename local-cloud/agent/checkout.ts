import { randomUUID } from "node:crypto";
import { appendFileSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { GitFailure, startGit, succeeded } from "../git/run";
import type { PlanStep } from "../pipelines/plan";
import type { StepLog } from "./log/step-log";
import type { RunContext } from "./run";
import type { Workspace } from "./workspace";

/** What the checkout of a repository works with. */
export interface CheckoutSurroundings {
  context: Pick<RunContext, "repository" | "branch" | "version" | "accessToken">;
  workspace: Pick<Workspace, "paths" | "replaceSources">;
  log: Pick<StepLog, "line">;
  /** The job's directory on this machine, which steps do not see. */
  directory: string;
  signal: AbortSignal;
}

/**
 * Clones the run's repository into the sources folder, as the agent does on a machine of Microsoft's, whose folders are
 * empty when a job begins (GitSourceProvider and GitCliManager of microsoft/azure-pipelines-agent).
 *
 * Git works in a directory that no step has seen: what a step leaves in `.git` may run programs.
 *
 * @throws Error in the agent's words
 */
export async function checkOut(
  { fetchDepth, fetchTags, persistCredentials }: Extract<PlanStep, { kind: "checkout" }>,
  { context, workspace, log, directory, signal }: CheckoutSurroundings,
): Promise<void> {
  const { repository, branch, version, accessToken } = context;
  const folder = join(directory, `checkout-${randomUUID()}`);
  const credentials = `AUTHORIZATION: bearer ${accessToken}`;
  const git = async (args: string[], shown = args) => {
    log.line(`##[command]git ${shown.join(" ")}`);
    const child = startGit("git", args, {
      cwd: folder,
      config: { "http.extraheader": credentials },
      signal,
    });
    child.stdin.end();
    for (const stream of [child.stdout, child.stderr]) createInterface(stream).on("line", (line) => log.line(line));
    await succeeded(child, args);
  };
  const orFail = async (args: string[], what: string) => {
    try {
      await git(args);
    } catch (error) {
      if (!(error instanceof GitFailure)) throw error;
      throw new Error(`Git ${what} failed with exit code: ${error.code}`);
    }
  };
  log.line(`Syncing repository: ${repository.name} (Git)`);
  mkdirSync(folder, { mode: 0o755 });
  try {
    await git(["init", "--quiet", "--template=", "."], ["init", workspace.paths.sources]);
    await git(["remote", "add", "origin", repository.url]);
    const depth = fetchDepth > 0 ? [`--depth=${fetchDepth}`] : [];
    const tags = fetchTags ? "--tags" : "--no-tags";
    const options = ["--force", tags, "--prune", "--prune-tags", "--progress", "--no-recurse-submodules"];
    await orFail(["fetch", ...options, "origin", ...depth, ...refspecs(branch, version, fetchDepth)], "fetch");
    await orFail(["checkout", "--progress", "--force", version], "checkout");
    if (persistCredentials) {
      appendFileSync(join(folder, ".git/config"), `[http "${repository.url}"]\n\textraheader = ${credentials}\n`);
    }
    workspace.replaceSources(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * What is fetched: the run's commit alone where the clone is shallow, otherwise all branches, and the commit in case that
 * none leads to it; of a pull request its merge.
 */
function refspecs(branch: string, version: string, fetchDepth: number): string[] {
  if (fetchDepth > 0) return [`+${version}:refs/remotes/origin/${version}`];
  const branches = "+refs/heads/*:refs/remotes/origin/*";
  if (!branch.startsWith("refs/pull/")) return [branches, version];
  return [branches, `+${branch}:${branch.replace("refs/", "refs/remotes/")}`];
}
