import { runVariables } from "../../agent/predefined";
import type { RunContext, RunVariable } from "../../agent/run";
import { sameName } from "../common/naming";
import { findProject, type Organization } from "../common/organization";
import { isSharedWith } from "../common/project-sharing";
import type { Definition } from "../definitions/state";
import type { VariableGroup } from "../distributed-task/state";
import { findRepository, remoteUrl } from "../git/repository";
import { connectionOf, maskedOf, type SignFederated } from "../service-endpoints/oidc";
import { authorizedEndpoint, connectionsOf } from "./authorization";
import { type Cause, causeVariables } from "./cause";
import { variablesIn } from "./groups";
import type { Build } from "./state";

/** What runs reach outside of Azure DevOps. */
export interface Outside {
  /** Signs the tokens of federated service connections. */
  sign: SignFederated;
  /** Entra ID's token endpoint for a tenant. */
  tokenUrl: (tenantId: string) => string;
  /** Host and port at which a registry's login server is reached. */
  addressOf: (loginServer: string) => string;
}

/**
 * What the agent gets of a run.
 *
 * @param accessToken the run's own
 * @param kept what it publishes and keeps
 */
export function contextOf(
  organization: Organization,
  outside: Outside,
  definition: Definition,
  build: Build,
  accessToken: string,
  kept: Pick<RunContext, "artifacts" | "caches">,
): RunContext {
  const project = findProject(organization, build.projectId);
  const repository = findRepository(organization, definition.repository.id, project);
  const asking = { definition, branch: build.branch };
  return {
    id: build.id,
    // A step may give the run another one, which later jobs have.
    get number() {
      return build.number;
    },
    accessToken,
    started: causeVariables(build.cause, remoteUrl(organization, repository)),
    definition: { id: definition.id, name: definition.name, path: definition.path },
    project: { id: project.id, name: project.name },
    organizationUrl: organization.url,
    repository: {
      ...{ id: repository.id, name: repository.name, provider: "TfsGit" },
      url: remoteUrl(organization, repository),
    },
    branch: build.branch,
    version: build.version,
    variables: build.variables,
    groupVariables: (name) => build.groups.find((group) => sameName(group.name, name))?.variables ?? [],
    connection: (name) => {
      const endpoint = authorizedEndpoint(organization, asking, name, "The run");
      return connectionOf(endpoint, project.id, outside.sign, outside.addressOf);
    },
    secretsOf: (job, expand) =>
      connectionsOf(job).flatMap(({ name, use }) =>
        maskedOf(authorizedEndpoint(organization, asking, expand(name), use), outside.addressOf),
      ),
    tokenUrl: outside.tokenUrl,
    ...kept,
  };
}

/**
 * The variables of a definition, those of its variable groups below them, with what was set for one run.
 *
 * @param set by their names, which are compared without regard to case
 */
export function variablesOf(
  { state }: Organization,
  definition: Definition,
  set: Record<string, string>,
): RunVariable[] {
  const groups = definition.variableGroupIds.flatMap((groupId) =>
    state.variableGroups.filter(
      ({ id, projects }) => id === groupId && isSharedWith({ projects }, definition.projectId),
    ),
  );
  const all = new Map<string, RunVariable>();
  const add = (variables: VariableGroup["variables"]) => {
    for (const variable of variablesIn(variables)) all.set(variable.name.toLowerCase(), variable);
  };
  for (const { variables } of groups) add(variables);
  add(definition.variables);
  for (const [name, value] of Object.entries(set)) {
    const known = all.get(name.toLowerCase());
    all.set(name.toLowerCase(), { name: known?.name ?? name, value, secret: known?.secret ?? false });
  }
  return [...all.values()];
}

/**
 * What is known of a run before it begins: what its template expressions, its number and its service connections may
 * refer to (https://learn.microsoft.com/azure/devops/pipelines/build/variables, "Available in templates"). No secrets.
 */
export function knownBefore(
  { url }: Organization,
  definition: Definition,
  run: {
    id: number;
    projectName: string;
    branch: string;
    version: string;
    cause: Cause;
    variables: RunContext["variables"];
  },
): Record<string, string> {
  const { type: provider, ...repository } = definition.repository;
  return {
    ...Object.fromEntries(run.variables.flatMap(({ name, value, secret }) => (secret ? [] : [[name, value]]))),
    ...runVariables({
      ...run,
      started: causeVariables(run.cause, repository.url),
      organizationUrl: url,
      definition,
      project: { id: definition.projectId, name: run.projectName },
      repository: { ...repository, provider },
    }),
  };
}
