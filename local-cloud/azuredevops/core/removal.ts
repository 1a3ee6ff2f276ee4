import type { AreaContext } from "../area";
import { findProject } from "../common/organization";

/**
 * Removes a project with all that is in it. What belongs to the organization and is shared with it stays if another
 * project has it as well.
 */
export async function removeProject({ organization, agent }: AreaContext, projectId: string): Promise<void> {
  const { state } = organization;
  const project = findProject(organization, projectId);
  const isInIt = (item: { projectId: string }) => item.projectId === projectId;
  for (const definition of state.definitions.filter(isInIt)) await agent.removeAllOf(definition);

  const repositories = state.repositories.filter(isInIt);
  const removed = new Set(repositories.map(({ id }) => id));
  state.projects.splice(state.projects.indexOf(project), 1);
  state.repositories = state.repositories.filter(({ id }) => !removed.has(id));
  state.pullRequests = state.pullRequests.filter(({ repositoryId }) => !removed.has(repositoryId));
  state.definitions = state.definitions.filter((item) => !isInIt(item));
  state.policies = state.policies.filter((item) => !isInIt(item));
  state.agentQueues = state.agentQueues.filter((item) => !isInIt(item));
  state.environments = state.environments.filter((item) => !isInIt(item));
  state.permissions = state.permissions.filter((item) => !isInIt(item));
  state.checks = state.checks.filter((item) => !isInIt(item));
  state.endpoints = withoutProject(state.endpoints, projectId);
  state.variableGroups = withoutProject(state.variableGroups, projectId);
  organization.save();
  for (const repository of repositories) organization.repositories.of(repository).remove();
}

function withoutProject<T extends { projects: { id: string }[] }>(all: T[], projectId: string): T[] {
  for (const item of all) item.projects = item.projects.filter(({ id }) => id !== projectId);
  return all.filter(({ projects }) => projects.length > 0);
}
