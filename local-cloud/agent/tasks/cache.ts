import { readdirSync } from "node:fs";
import { join, posix } from "node:path";
import { resolveKey, segmentsOf } from "../cache-key";
import type { Task, TaskInputs, TaskStep } from "./task";

const inputs = {
  key: { required: true },
  path: { required: true },
  cacheHitVar: {},
  restoreKeys: {},
} satisfies TaskInputs;

type CacheStep = TaskStep<keyof typeof inputs>;

/** The name under which a step leaves its key, as it was when the step ran. */
const resolvedKey = "key";

/**
 * Cache@2 (https://learn.microsoft.com/azure/devops/pipelines/tasks/reference/cache-v2) for a folder of the work folder:
 * restored by the step, and saved after the job if that succeeded and no cache had the very key.
 */
export const cache: Task = { name: "Cache", version: 2, inputs, run: restore, postJob: save };

function restore(step: CacheStep): void {
  const { input, log, variables, workspace, state, caches } = step;
  const key = resolve(step, input("key"), "Resolving key:");
  state.set(resolvedKey, key.join("|"));
  const others = input("restoreKeys")
    .split(/\r?\n/)
    .flatMap((line) => line.trim() || [])
    .map((line) => [...resolve(step, line, "Resolving restore key:"), "**"]);
  const found = caches.find([key, ...others], readable(step));
  const isExact = found?.key.join("|") === key.join("|");
  if (found === undefined) log.line("There is a cache miss.");
  else {
    log.line(`Entry found at fingerprint: \`${found.key.join("|")}\``);
    const path = workspace.insidePath(input("path"));
    for (const name of readdirSync(found.folder)) workspace.copyIn(join(found.folder, name), posix.join(path, name));
    log.line("Cache restored.");
  }
  const variable = input("cacheHitVar");
  if (variable !== "") variables.set(variable, found === undefined ? "false" : isExact ? "true" : "inexact");
}

function save(step: CacheStep): void {
  const { input, log, variables, workspace, state, caches } = step;
  const reason = reasonToSkip(variables.get("Agent.JobStatus"), state.has(resolvedKey));
  if (reason !== undefined) {
    log.line(`Skipping because ${reason}.`);
    return;
  }
  const key = resolve(step, input("key"), "Resolving key:");
  if (state.get(resolvedKey) !== key.join("|")) {
    log.warn(
      "The given cache key has changed in its resolved value between restore and save steps;\n" +
        `original key: ${state.get(resolvedKey)}\nmodified key: ${key.join("|")}\n`,
    );
  }
  if (caches.find([key], readable(step)) !== undefined) {
    log.line(`Cache with fingerprint \`${key.join("|")}\` already exists.`);
    return;
  }
  caches.save(key, branchOf(step), (folder) => workspace.copyOut(input("path"), folder));
  log.line("Saved item.");
}

function reasonToSkip(jobStatus: string | undefined, hasRun: boolean): string | undefined {
  if (jobStatus !== "Succeeded") return "the job status was not 'Succeeded'";
  return hasRun ? undefined : "restore step did not run";
}

function resolve({ workspace, log }: CacheStep, key: string, what: string): string[] {
  log.line(what);
  const resolved = resolveKey(segmentsOf(key), { workspace, line: (text) => log.line(text) });
  log.line(`Resolved to: ${resolved.join("|")}`);
  return resolved;
}

/** Where what a run saves is kept: for its branch, or for its pull request alone. */
function branchOf({ variables }: CacheStep): string {
  return variables.get("Build.SourceBranch") ?? "";
}

/**
 * The branches whose caches a run may have
 * (https://learn.microsoft.com/azure/devops/pipelines/release/caching#cache-isolation-and-security).
 */
function readable(step: CacheStep): string[] {
  const pullRequest = ["System.PullRequest.SourceBranch", "System.PullRequest.TargetBranch"];
  const others = pullRequest.flatMap((name) => step.variables.get(name) ?? []);
  return [...new Set([branchOf(step), ...others, "refs/heads/main", "refs/heads/master"])];
}
