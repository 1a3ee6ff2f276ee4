import { setTimeout as sleep } from "node:timers/promises";
import type { IBuildApi } from "azure-devops-node-api/BuildApi";
import { type Build, BuildStatus, type RetentionLease } from "azure-devops-node-api/interfaces/BuildInterfaces";
import { UserError } from "../../common/errors";
import { buildNeeds, explained } from "../azure-devops";

/** How long a cancelled run may take to end, in milliseconds: the agent's own limit for steps that run always. */
const cancelTimeout = 6 * 60_000;

export interface Definition {
  project: string;
  id: number;
  name: string;
}

/**
 * Makes a pipeline's definition one that can be deleted: ends its runs, which might use what is destroyed next, and
 * releases the leases by which its runs are retained, which Azure DevOps refuses to delete a definition with.
 *
 * @param say is told each run that was ended, and each lease that was released
 * @throws UserError if Azure DevOps refuses, or a run does not end
 */
export function releaseRuns(api: IBuildApi, definition: Definition, say: (line: string) => void): Promise<void> {
  return explained(`releasing the runs of ${definition.name}`, buildNeeds, async () => {
    await endRuns(api, definition, say);
    await releaseLeases(api, definition, say);
  });
}

async function endRuns(api: IBuildApi, { project, id, name }: Definition, say: (line: string) => void): Promise<void> {
  // The client has null where the service has 404: with a project, its runs are gone.
  const going: Build[] | null = await api.getBuilds(
    project,
    [id],
    undefined, // queues
    undefined, // number
    undefined, // from
    undefined, // to
    undefined, // for whom
    undefined, // reason
    BuildStatus.InProgress | BuildStatus.NotStarted | BuildStatus.Postponed,
  );
  for (const run of going ?? []) {
    say(`Run ${run.buildNumber} of ${name} is in progress: it is cancelled.`);
    await api.updateBuild({ status: BuildStatus.Cancelling }, project, run.id ?? 0);
  }
  const deadline = Date.now() + cancelTimeout;
  for (const run of going ?? []) {
    while ((await api.getBuild(project, run.id ?? 0)).status !== BuildStatus.Completed) {
      if (Date.now() > deadline) {
        throw new UserError(
          `run ${run.buildNumber} of ${name} does not end although it was cancelled. Try again later.`,
        );
      }
      await sleep(1000);
    }
  }
}

async function releaseLeases(
  api: IBuildApi,
  { project, id, name }: Definition,
  say: (line: string) => void,
): Promise<void> {
  const found: RetentionLease[] | null = await api.getRetentionLeasesByOwnerId(project, undefined, id);
  const leases = found ?? [];
  for (const { leaseId, runId, ownerId } of leases) {
    say(`Run ${runId} of ${name} is retained by ${ownerId}: lease ${leaseId} is released.`);
  }
  const ids = leases.flatMap(({ leaseId }) => leaseId ?? []);
  if (ids.length > 0) await api.deleteRetentionLeasesById(project, ids);
}
