import type { FastifyReply } from "fastify";
import type { Project } from "../core/state";
import type { RepositoriesOnDisk } from "../git/repositories-on-disk";
import { type Caller, operatorName } from "../members";
import type { PullRequest } from "../pull-requests/state";
import type { RefsMoved } from "../refs-moved";
import type { AzureDevOpsState } from "../state";
import { projectNotFound } from "./errors";

/** What the areas of the API share. */
export interface Organization {
  state: AzureDevOpsState;
  /** Its Git repositories. */
  repositories: RepositoriesOnDisk;
  /** Writes the state down; called after every change. */
  save(): void;
  /** URL of the organization, without a slash at the end. */
  url: string;
  name: string;
  /** The Entra ID tenant that the organization is connected to. */
  tenantId: string;
  triggers: Triggers;
}

/** What starts runs, besides those who queue them. */
export interface Triggers {
  /** Branches and tags lead elsewhere now. */
  pushed(moved: RefsMoved): void;
  /** A pull request has been opened, or leads elsewhere now. */
  opened(pullRequest: PullRequest, by: Caller | undefined): void;
  /** A pull request has been completed or abandoned. */
  closed(pullRequest: PullRequest): void;
}

/** The service's form of a list. */
export function collection<T>(value: T[]): { count: number; value: T[] } {
  return { count: value.length, value };
}

/** Some reads answer "there is no such thing" with a null, not with an error. */
export function sendNull(reply: FastifyReply) {
  return reply.type("application/json; charset=utf-8").send("null");
}

/** Throws the service's own error when there is no such project. */
export function findProject(organization: Organization, nameOrId: string): Project {
  const wanted = nameOrId.toLowerCase();
  const project = organization.state.projects.find(({ id, name }) => id === wanted || name.toLowerCase() === wanted);
  if (!project) throw projectNotFound(nameOrId);
  return project;
}

/** A project as other resources refer to it. */
export function projectReference(organization: Organization, project: Project) {
  return {
    id: project.id,
    name: project.name,
    ...(project.description ? { description: project.description } : {}),
    url: `${organization.url}/_apis/projects/${project.id}`,
    state: "wellFormed",
    revision: project.revision,
    visibility: project.visibility,
    lastUpdateTime: project.lastUpdateTime,
  };
}

/** Who did something. Service principals and runs are known here by their names alone. */
export function identityOf(organization: Organization, name: string) {
  const operator = operatorIdentity(organization);
  return name === operatorName ? operator : { ...operator, displayName: name, uniqueName: name, id: name };
}

/** The one user of the local Azure DevOps, the owner of its access token. */
export function operatorIdentity(organization: Organization) {
  const id = "7b0e2f6c-3d54-4c1a-9e8f-5a6b7c8d9e0f";
  const descriptor = "aad.N2IwZTJmNmMtM2Q1NC03YzFhLTllOGYtNWE2YjdjOGQ5ZTBm";
  return {
    displayName: operatorName,
    id,
    uniqueName: "operator@local.example",
    descriptor,
    url: `${organization.url}/_apis/Identities/${id}`,
    imageUrl: `${organization.url}/_apis/GraphProfile/MemberAvatars/${descriptor}`,
  };
}
