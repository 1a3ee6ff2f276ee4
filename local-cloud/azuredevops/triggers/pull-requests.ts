import type { Cause } from "../builds/cause";
import { queueUnasked } from "../builds/queue";
import { findRepository } from "../git/repository";
import { evaluationsOf } from "../policy/evaluate";
import { mergeRefOf, standingOf } from "../pull-requests/merge";
import type { PullRequest } from "../pull-requests/state";
import type { Triggering } from "./push";

/** Why the runs of a pull request are started. */
interface Asked {
  /** Name of who changed it. */
  requestedFor: string;
  /** The policy whose run somebody wants again; none for those that start of themselves. */
  again?: number;
}

/**
 * Starts the runs that the policies on its target branch require of a pull request, on the commit that merges it. Nothing
 * starts for a draft, where its branches conflict, or where that commit has run already, unless somebody asks for it.
 * https://learn.microsoft.com/azure/devops/repos/git/branch-policies#build-validation
 */
export function startRequired(triggering: Triggering, pullRequest: PullRequest, { requestedFor, again }: Asked): void {
  const { organization, runs, agent } = triggering;
  const repository = findRepository(organization, pullRequest.repositoryId);
  const { source, target, merge } = standingOf(organization.repositories.of(repository), pullRequest);
  if (pullRequest.status !== "active" || !source || !target || !merge) return;
  for (const { policy, status, build } of evaluationsOf(organization, runs, pullRequest)) {
    const isWanted = again === undefined ? !policy.manualQueueOnly && !pullRequest.isDraft : again === policy.policy.id;
    const definition = organization.state.definitions.find(({ id }) => id === policy.buildDefinitionId);
    if (!isWanted || status === "notApplicable" || !definition || definition.queueStatus === "disabled") continue;
    if (again === undefined && build?.version === merge && build.result !== "canceled") continue;
    // What waits would check what is no more.
    if (build?.status === "notStarted") agent.cancel(build);
    const cause: Cause = {
      ...{ reason: "pullRequest", pullRequestId: pullRequest.id, policyId: policy.policy.id },
      ...{ sourceBranch: pullRequest.sourceRefName, sourceCommit: source },
      ...{ targetBranch: pullRequest.targetRefName, targetCommit: target },
    };
    const on = { sourceBranch: mergeRefOf(pullRequest), sourceVersion: merge };
    queueUnasked(triggering, definition, on, { cause, requestedFor });
  }
  agent.wake();
}

/** Cancels what waits for a pull request that is closed. */
export function cancelRequired({ runs, agent }: Triggering, pullRequest: PullRequest): void {
  for (const build of runs.state.builds) {
    const { status, cause } = build;
    const isOfIt = cause.reason === "pullRequest" && cause.pullRequestId === pullRequest.id;
    if (isOfIt && status === "notStarted") agent.cancel(build);
  }
}
