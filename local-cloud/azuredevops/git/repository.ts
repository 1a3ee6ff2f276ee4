import { randomUUID } from "node:crypto";
import * as z from "zod";
import { ServiceError } from "../common/errors";
import { findProject, type Organization } from "../common/organization";
import type { Project } from "../core/state";
import type { Repository } from "./state";

/** A path in a repository. The project may be left out where an id is given. */
export const inRepository = z.object({ project: z.string().optional(), repositoryId: z.string() });

/** The repository that a path names. A disabled one is invisible, but to the call that enables it again. */
export function repositoryOf(
  organization: Organization,
  params: { project?: string | undefined; repositoryId: string },
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
  const repository = { id: randomUUID(), projectId: project.id, name, isDisabled: false };
  organization.repositories.of(repository).create();
  organization.state.repositories.push(repository);
  return repository;
}

export function repositoryUrl(organization: Organization, { projectId, id }: Repository): string {
  return `${organization.url}/${projectId}/_apis/git/repositories/${id}`;
}

/** Where a repository is cloned from, and its page. */
export function remoteUrl(organization: Organization, { projectId, name }: Repository): string {
  const project = findProject(organization, projectId);
  return `${organization.url}/${encodeURIComponent(project.name)}/_git/${encodeURIComponent(name)}`;
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
