import * as z from "zod";
import { ServiceError } from "../common/errors";
import { findProject, type Organization, operatorIdentity, projectReference } from "../common/organization";
import { noObject } from "../git/bare-repository";
import { findRepository, gitError, inRepository, repositoryUrl } from "../git/repository";
import type { Repository } from "../git/state";
import { staleReference } from "../git/update-ref";
import type { Caller } from "../members";
import { refsMoved } from "../refs-moved";
import { prepareMerge, type Standing, standingOf } from "./merge";
import type { PullRequest } from "./state";

/** A path in a pull request. */
export const inPullRequest = inRepository.extend({ pullRequestId: z.string() });

/** Throws the service's own error when the repository has no such pull request. */
export function findPullRequest(organization: Organization, repository: Repository, id: string): PullRequest {
  const found = organization.state.pullRequests.find(
    (pullRequest) => String(pullRequest.id) === id && pullRequest.repositoryId === repository.id,
  );
  if (!found) throw pullRequestNotFound();
  return found;
}

export function pullRequestNotFound(): ServiceError {
  return gitError(404, "GitPullRequestNotFoundException", "TF401180: The requested pull request was not found.");
}

/** Only an active pull request can be edited; an abandoned one can be made active again. */
export function notEditable(): ServiceError {
  return gitError(
    400,
    "GitPullRequestNotEditableException",
    "TF401181: The pull request cannot be edited due to its state.",
  );
}

/** A value outside the Git API's rules, as that part of the service words it. */
export function invalidValue(rule: string): ServiceError {
  const server = "Microsoft.TeamFoundation.SourceControl.WebServer";
  return new ServiceError(
    400,
    `${server}.InvalidArgumentValueException, ${server}`,
    `Invalid argument value.\r\nParameter name: ${rule}`,
  );
}

/**
 * Makes a pull request active. There is one at a time from a branch to a branch, and both exist.
 *
 * @throws ServiceError otherwise
 */
export function activate(organization: Organization, repository: Repository, pullRequest: PullRequest): void {
  const { sourceRefName, targetRefName } = pullRequest;
  const { source, target } = standingOf(organization.repositories.of(repository), pullRequest);
  const areBranches = [sourceRefName, targetRefName].every((name) => name.startsWith("refs/heads/"));
  if (source === undefined || target === undefined || !areBranches) {
    throw gitError(
      400,
      "GitPullRequestCannotBeActivated",
      "TF401398: The pull request cannot be activated because the source and/or the target branch no longer exists, " +
        "or the requested refs are not branches",
    );
  }
  if (sourceRefName === targetRefName) throw invalidValue("The source and the target branch cannot be the same.");
  const exists = organization.state.pullRequests.some(
    (other) =>
      other !== pullRequest &&
      other.repositoryId === repository.id &&
      other.status === "active" &&
      other.sourceRefName === sourceRefName &&
      other.targetRefName === targetRefName,
  );
  if (exists) {
    throw gitError(
      409,
      "GitPullRequestExistsException",
      "TF401179: An active pull request for the source and target branch already exists.",
    );
  }
  Object.assign(pullRequest, { status: "active", sourceCommit: source, targetCommit: target });
  delete pullRequest.closedDate;
}

/** Merges the branches of a pull request that was made active, ahead of its completion. */
export function mergeAhead(organization: Organization, repository: Repository, pullRequest: PullRequest): void {
  prepareMerge(organization.repositories.of(repository), pullRequest);
}

/** Ends a pull request, with the commits that its branches have now. */
export function close(standing: Standing, pullRequest: PullRequest, status: "abandoned" | "completed"): void {
  Object.assign(pullRequest, commitsOf(standing, pullRequest), { status, closedDate: new Date().toISOString() });
}

/**
 * Merges the source branch into the target branch by a merge commit, and ends the pull request.
 *
 * @param expected the source branch's commit that the caller has seen; none for whichever it is
 * @throws ServiceError if that is another by now, or if the branches conflict
 */
export function completePullRequest(
  organization: Organization,
  repository: Repository,
  pullRequest: PullRequest,
  expected: string | undefined,
  caller: Caller | undefined,
): void {
  const git = organization.repositories.of(repository);
  const standing = standingOf(git, pullRequest);
  const { source, target } = standing;
  if (expected !== undefined && expected !== source) {
    throw gitError(
      409,
      "GitPullRequestStaleException",
      "TF401192: The source branch has been modified since the last merge attempt.",
    );
  }
  const tree = source && target && git.mergedTree(target, source);
  if (!tree) throw invalidValue("The pull request cannot be completed: its branches conflict, or one is gone.");
  const title = `Merged PR ${pullRequest.id}: ${pullRequest.title}`;
  const merge = git.commitTree(tree, [target, source], title);
  const move = { name: pullRequest.targetRefName, oldObjectId: target, newObjectId: merge };
  if (!git.update(move)) throw staleReference(pullRequest.targetRefName);
  close(standing, pullRequest, "completed");
  pullRequest.mergeCommit = merge;
  refsMoved(organization, { repository, moves: [move], by: caller });
}

/** Removes the source branch of a pull request that was completed, unless it has moved since. */
export function deleteSourceBranch(
  organization: Organization,
  repository: Repository,
  { sourceRefName: name, sourceCommit: oldObjectId }: PullRequest,
  caller: Caller | undefined,
): void {
  const move = { name, oldObjectId, newObjectId: noObject };
  const isDone = organization.repositories.of(repository).update(move);
  if (isDone) refsMoved(organization, { repository, moves: [move], by: caller });
}

/** A pull request as the API gives it back. */
export function pullRequestView(organization: Organization, pullRequest: PullRequest) {
  const repository = findRepository(organization, pullRequest.repositoryId);
  const project = findProject(organization, repository.projectId);
  const repositoryLink = repositoryUrl(organization, repository);
  const url = `${repositoryLink}/pullRequests/${pullRequest.id}`;
  const isActive = pullRequest.status === "active";
  const standing = isActive ? standingOf(organization.repositories.of(repository), pullRequest) : undefined;
  const { sourceCommit, targetCommit } = standing ? commitsOf(standing, pullRequest) : pullRequest;
  const mergeCommit = standing ? standing.merge : pullRequest.mergeCommit;
  const commit = (commitId: string) => ({ commitId, url: `${repositoryLink}/commits/${commitId}` });
  return {
    repository: {
      id: repository.id,
      name: repository.name,
      url: repositoryLink,
      project: projectReference(organization, project),
    },
    pullRequestId: pullRequest.id,
    codeReviewId: pullRequest.id,
    status: pullRequest.status,
    createdBy: operatorIdentity(organization),
    creationDate: pullRequest.creationDate,
    ...(pullRequest.closedDate ? { closedDate: pullRequest.closedDate, closedBy: operatorIdentity(organization) } : {}),
    title: pullRequest.title,
    ...(pullRequest.description ? { description: pullRequest.description } : {}),
    sourceRefName: pullRequest.sourceRefName,
    targetRefName: pullRequest.targetRefName,
    mergeStatus: mergeStatus(pullRequest, standing),
    isDraft: pullRequest.isDraft,
    lastMergeSourceCommit: commit(sourceCommit),
    lastMergeTargetCommit: commit(targetCommit),
    ...(mergeCommit ? { lastMergeCommit: commit(mergeCommit) } : {}),
    reviewers: [],
    labels: [],
    url,
    _links: { self: { href: url }, repository: { href: repositoryLink } },
    supportsIterations: true,
    artifactId: `vstfs:///Git/PullRequestId/${project.id}%2f${repository.id}%2f${pullRequest.id}`,
  };
}

function mergeStatus({ status }: PullRequest, standing: Standing | undefined): string {
  if (standing === undefined) return status === "completed" ? "succeeded" : "notSet";
  return standing.merge === undefined ? "conflicts" : "succeeded";
}

/** The branches' commits now; of a branch that is gone, the last one known. */
function commitsOf({ source, target }: Standing, { sourceCommit, targetCommit }: PullRequest) {
  return { sourceCommit: source ?? sourceCommit, targetCommit: target ?? targetCommit };
}
