import { relative, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { getPersonalAccessTokenHandler, WebApi } from "azure-devops-node-api";
import { BuildResult, BuildStatus } from "azure-devops-node-api/interfaces/BuildInterfaces";
import { interruption } from "../../src/common/command-line";
import { exitCodes } from "../../src/common/errors";
import { follow, outcomeOf } from "../../src/common/follow-run";
import { printable } from "../../src/common/printable";
import type { Layout } from "../cloud/layout";
import type { Running } from "../cloud/status";
import { authorIn, checkedOutBranch } from "../repository/git";
import { filesToPush } from "../repository/push";
import { queueFile } from "../repository/run-file";
import { repositoryRoot } from "../repository/team-repository";

/** Milliseconds between two looks at a run. */
const interval = 500;

/** Whether colours that steps print are shown. */
const colours = process.stdout.isTTY && process.stdout.hasColors();

/**
 * `local-cloud run`: runs a pipeline file of the working tree to its end, and shows what it prints. Ctrl-C cancels it.
 *
 * @param file from where the person stands
 * @returns the exit code: 0 if it has succeeded, with issues or without
 */
export async function runFile(cloud: Running, layout: Layout, file: string, stages: readonly string[]) {
  const interrupted = interruption(); // from the first, as there is something to put in order
  const root = repositoryRoot(process.cwd());
  const { orgServiceUrl, personalAccessToken, project, defaultBranch } = cloud.azureDevOps;
  const { build, pipeline, isTemporary } = await queueFile(cloud, {
    ...{ path: relative(root, resolve(file)), stages, files: filesToPush(root, layout).files, author: authorIn(root) },
    branch: checkedOutBranch(root) ?? defaultBranch,
  });
  say(
    isTemporary
      ? `No pipeline has this file: it runs without variables and permissions of one. Run ${build.buildNumber}: ${build._links.web.href}`
      : `Run ${build.buildNumber} of ${pipeline}, with its variables and permissions: ${build._links.web.href}`,
  );
  const client = new WebApi(orgServiceUrl, getPersonalAccessTokenHandler(personalAccessToken));
  const api = await client.getBuildApi();
  const cancel = () => {
    say("Canceling the run.");
    // It may be over by then.
    api.updateBuild({ status: BuildStatus.Cancelling }, project, build.id).catch(() => undefined);
  };
  if (interrupted.aborted) cancel();
  else interrupted.addEventListener("abort", cancel);
  const end = await follow({ api, project, buildId: build.id, say, pause: () => sleep(interval), colours });
  for (const { message } of end.validationResults ?? []) if (message) say(message);
  say(outcomeOf(end));
  const isGood = end.result === BuildResult.Succeeded || end.result === BuildResult.PartiallySucceeded;
  return isGood ? exitCodes.done : exitCodes.failed;
}

function say(line: string): void {
  process.stdout.write(`${printable(line, { colours })}\n`);
}
