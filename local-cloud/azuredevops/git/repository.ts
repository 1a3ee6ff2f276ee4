import { randomUUID } from "node:crypto";
import { z } from "zod";
import { ServiceError } from "../common/errors";
import { findProject, type Organization } from "../common/organization";
import type { Project } from "../core/state";
import type { RepositoryContents } from "./contents";
import type { Repository } from "./state";

/** A path in a repository. The project may be left out where an id is given. */
export const inRepository = z.object({ project: z.string().optional(), repositoryId: z.string() });

/** A branch or tag with the commit that it points to, before and after. */
export interface RefUpdate {
  name: string;
  oldObjectId: string;
  newObjectId: string;
}

/** The object id that stands for "none": a ref that does not exist yet, or not any more. */
export const noObject = "0".repeat(40);

/** Moves, makes or removes a branch or tag, if it still is where the caller believes it to be. */
export function updateRef(
  repository: Repository,
  contents: RepositoryContents,
  { name, oldObjectId, newObjectId }: RefUpdate,
): string {
  if (!/^refs\/(heads|tags)\/[^\s~^:?*[\\]+$/.test(name)) return "invalidRefName";
  if ((repository.refs[name] ?? noObject) !== oldObjectId) return "staleOldObjectId";
  if (newObjectId === noObject) {
    delete repository.refs[name];
    return "succeeded";
  }
  if (!contents.commit(newObjectId)) return "unresolvableToCommit";
  repository.refs[name] = newObjectId;
  repository.defaultBranch ??= name;
  return "succeeded";
}

/** The repository that a path names. A disabled one is invisible, but to the call that enables it again. */
export function repositoryOf(
  organization: Organization,
  params: { project?: string; repositoryId: string },
  includeDisabled = false,
): Repository {
  const project = params.project ? findProject(organization, params.project) : undefined;
  const repository = findRepository(organization, params.repositoryId, project);
  if (repository.isDisabled && !includeDisabled) throw repositoryNotFound(params.repositoryId);
  return repository;
}

/** Throws the service's own error when there is no such repository. A name needs the project that it is in. */
export function findRepository(organization: Organization, nameOrId: string, project?: Project): Repository {
  const wanted = nameOrId.toLowerCase();
  const repository = organization.state.repositories.find(
    ({ id, name, projectId }) =>
      (!project || projectId === project.id) && (id === wanted || (project && name.toLowerCase() === wanted)),
  );
  if (!repository) throw repositoryNotFound(nameOrId);
  return repository;
}

/** Adds an empty repository, whose name has been checked. */
export function addRepository(organization: Organization, project: Project, name: string): Repository {
  const repository = { id: randomUUID(), projectId: project.id, name, isDisabled: false, refs: {} };
  organization.state.repositories.push(repository);
  return repository;
}

export function repositoryUrl(organization: Organization, { projectId, id }: Repository): string {
  return `${organization.url}/${projectId}/_apis/git/repositories/${id}`;
}

export function repositoryNotFound(nameOrId: string): ServiceError {
  return gitError(
    404,
    "GitRepositoryNotFoundException",
    `TF401019: The Git repository with name or identifier ${nameOrId} does not exist or you do not have permissions ` +
      "for the operation you are attempting.",
  );
}

/** A refusal of the Git area: its exceptions share one assembly. */
export function gitError(status: number, exception: string, message: string): ServiceError {
  const server = "Microsoft.TeamFoundation.Git.Server";
  return new ServiceError(status, `${server}.${exception}, ${server}`, message);
}
