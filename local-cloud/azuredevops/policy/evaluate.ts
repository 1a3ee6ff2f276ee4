import type { Runs } from "../builds/runs";
import type { Build } from "../builds/state";
import { ServiceError } from "../common/errors";
import type { Organization } from "../common/organization";
import { findRepository } from "../git/repository";
import type { Repository } from "../git/state";
import { standingOf } from "../pull-requests/merge";
import type { PullRequest } from "../pull-requests/state";
import { type BuildPolicy, isAbout, policiesOn } from "./build-policy";

/** How a pull request stands with a policy: `PolicyEvaluationStatus` of the API. */
export type EvaluationStatus = "queued" | "running" | "approved" | "rejected" | "notApplicable";

/** A policy on the target branch of a pull request, and what came of it. */
export interface Evaluation {
  policy: BuildPolicy;
  pullRequest: PullRequest;
  status: EvaluationStatus;
  /** The last run that it asked for. */
  build: Build | undefined;
  /** Whether that is of another commit of the source branch by now. */
  isOutdated: boolean;
  /** Whether it counts no more since the target branch has moved. */
  isExpired: boolean;
}

/** How a pull request stands with each policy on its target branch. One that is closed keeps the commits that it had. */
export function evaluationsOf(organization: Organization, { state }: Runs, pullRequest: PullRequest): Evaluation[] {
  const repository = findRepository(organization, pullRequest.repositoryId);
  const policies = policiesOn(organization, repository, pullRequest.targetRefName);
  if (policies.length === 0) return [];
  const { source, target, paths } = changeOf(organization, repository, pullRequest);
  return policies.map((policy) => {
    const build = state.builds.findLast(
      ({ cause }) =>
        cause.reason === "pullRequest" &&
        cause.pullRequestId === pullRequest.id &&
        cause.policyId === policy.policy.id &&
        cause.targetBranch === pullRequest.targetRefName,
    );
    const isOutdated = build?.cause.reason === "pullRequest" && build.cause.sourceCommit !== source;
    const isExpired = build !== undefined && hasExpired(policy, build, target, pullRequest.status === "active");
    const status = isAbout(policy, paths) ? statusOf(build, isOutdated, isExpired) : "notApplicable";
    return { policy, pullRequest, status, build, isOutdated, isExpired };
  });
}

function changeOf(organization: Organization, repository: Repository, pullRequest: PullRequest) {
  const git = organization.repositories.of(repository);
  const now = pullRequest.status === "active" ? standingOf(git, pullRequest) : undefined;
  const source = now?.source ?? pullRequest.sourceCommit;
  const target = now?.target ?? pullRequest.targetCommit;
  // Where they conflict, what would come of it is not known: the source branch stands for it.
  const paths = git.changes(target, now?.merge ?? pullRequest.mergeCommit ?? source).map(({ path }) => path);
  return { source, target, paths };
}

/** https://learn.microsoft.com/azure/devops/repos/git/branch-policies#build-validation */
function hasExpired(
  { queueOnSourceUpdateOnly, validDuration }: BuildPolicy,
  { cause, finishTime }: Build,
  target: string,
  isActive: boolean,
): boolean {
  if (!isActive || cause.reason !== "pullRequest" || cause.targetCommit === target) return false;
  if (!queueOnSourceUpdateOnly) return true;
  return validDuration > 0 && Date.now() - Date.parse(finishTime ?? "") > validDuration * 60_000;
}

function statusOf(build: Build | undefined, isOutdated: boolean, isExpired: boolean): EvaluationStatus {
  if (build === undefined || isOutdated || build.status === "notStarted") return "queued";
  if (build.status !== "completed") return "running";
  if (isExpired) return "rejected";
  return build.result === "succeeded" || build.result === "partiallySucceeded" ? "approved" : "rejected";
}

/** What a policy is called where people see it. */
export function nameOf({ state }: Organization, { displayName, buildDefinitionId }: BuildPolicy): string {
  return displayName ?? state.definitions.find(({ id }) => id === buildDefinitionId)?.name ?? "Build";
}

/** @throws ServiceError in the service's words if a policy that blocks does not let a pull request be completed */
export function requirePolicies(organization: Organization, runs: Runs, pullRequest: PullRequest): void {
  const against = evaluationsOf(organization, runs, pullRequest).find(
    ({ policy, status }) => policy.policy.isBlocking && status !== "approved" && status !== "notApplicable",
  );
  if (against === undefined) return;
  const server = "Microsoft.TeamFoundation.Git.Server";
  throw new ServiceError(
    403,
    `${server}.GitPullRequestUpdateRejectedByPolicyException, ${server}`,
    `${nameOf(organization, against.policy)} must succeed to update ${pullRequest.targetRefName.replace("refs/heads/", "")}.`,
  );
}
