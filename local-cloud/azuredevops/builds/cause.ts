import * as z from "zod";

const branches = "refs/heads/";

/** What started a run. */
export const causeForm = z.discriminatedUnion("reason", [
  /** Somebody queued it. */
  z.strictObject({ reason: z.literal("manual") }),
  /** A push. Batched ones are those of a trigger that batches, whether there was something to batch or not. */
  z.strictObject({ reason: z.literal(["individualCI", "batchedCI"]) }),
  z.strictObject({ reason: z.literal("schedule"), displayName: z.string() }),
  z.strictObject({
    reason: z.literal("pullRequest"),
    pullRequestId: z.int(),
    /** The branch policy that required it. */
    policyId: z.int(),
    /** Full names of the branches. */
    sourceBranch: z.string(),
    sourceCommit: z.string(),
    targetBranch: z.string(),
    targetCommit: z.string(),
  }),
]);

export type Cause = z.output<typeof causeForm>;

export type Reason = Cause["reason"];

/** Each reason as the variable `Build.Reason` has it, with its number in the API. */
export const reasons: Record<Reason, { variable: string; number: number }> = {
  manual: { variable: "Manual", number: 1 },
  individualCI: { variable: "IndividualCI", number: 2 },
  batchedCI: { variable: "BatchedCI", number: 4 },
  schedule: { variable: "Schedule", number: 8 },
  pullRequest: { variable: "PullRequest", number: 256 },
};

/**
 * The variables that say what started a run (https://learn.microsoft.com/azure/devops/pipelines/build/variables).
 *
 * @param repositoryUrl where the repository is cloned from
 */
export function causeVariables(cause: Cause, repositoryUrl: string): Record<string, string> {
  const reason = { "Build.Reason": reasons[cause.reason].variable };
  if (cause.reason === "schedule") return { ...reason, "Build.CronSchedule.DisplayName": cause.displayName };
  if (cause.reason !== "pullRequest") return reason;
  const { targetBranch } = cause;
  return {
    ...reason,
    "System.PullRequest.IsFork": "False",
    "System.PullRequest.PullRequestId": String(cause.pullRequestId),
    "System.PullRequest.SourceBranch": cause.sourceBranch,
    "System.PullRequest.SourceCommitId": cause.sourceCommit,
    "System.PullRequest.SourceRepositoryURI": repositoryUrl,
    "System.PullRequest.TargetBranch": targetBranch,
    "System.PullRequest.TargetBranchName": targetBranch.startsWith(branches)
      ? targetBranch.slice(branches.length)
      : targetBranch,
  };
}

/** What the API says about a push or a pull request beside the reason (`triggerInfo`). */
export function triggerInfo(cause: Cause, { branch, version }: { branch: string; version: string }) {
  if (cause.reason === "individualCI" || cause.reason === "batchedCI") {
    return { "ci.sourceBranch": branch, "ci.sourceSha": version };
  }
  if (cause.reason === "schedule") return { scheduleName: cause.displayName };
  if (cause.reason !== "pullRequest") return {};
  return {
    "pr.number": String(cause.pullRequestId),
    "pr.isFork": "False",
    "pr.sourceBranch": cause.sourceBranch,
    "pr.sourceSha": cause.sourceCommit,
  };
}
