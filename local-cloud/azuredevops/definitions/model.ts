import * as z from "zod";
import { ServiceError } from "../common/errors";
import { checkDefinitionName, enumName, normalizeFolder, sameName } from "../common/naming";
import { findProject, type Organization, operatorIdentity, projectReference } from "../common/organization";
import { isSharedWith } from "../common/project-sharing";
import { anything, enumeration } from "../common/request";
import type { Project } from "../core/state";
import { findPool } from "../distributed-task/pools";
import { queueOf } from "../distributed-task/queues";
import { findRepository } from "../git/repository";
import type { Definition, DefinitionVariable } from "./state";
import { makeTriggers } from "./triggers";

/** A definition as a request has it. What else is in it are settings, of which some are kept. */
export const definitionInput = z.looseObject({
  id: z.int().optional(),
  name: z.string(),
  path: z.string().nullish(),
  revision: z.int().optional(),
  queueStatus: enumeration.optional(),
  queue: z
    .object({ name: z.string().optional(), pool: z.object({ name: z.string().optional() }).optional() })
    .nullish(),
  repository: z
    .object({
      id: z.string().optional(),
      type: z.string().optional(),
      name: z.string().optional(),
      url: z.string().optional(),
      defaultBranch: z.string().optional(),
      properties: z.record(z.string(), z.string()).optional(),
    })
    .optional(),
  process: z.object({ yamlFilename: z.string().optional() }).optional(),
  variables: z
    .record(
      z.string(),
      z.object({
        value: z.string().nullish(),
        isSecret: z.boolean().nullish(),
        allowOverride: z.boolean().nullish(),
      }),
    )
    .nullish(),
  variableGroups: z.array(z.object({ id: z.int() })).nullish(),
  triggers: z.array(anything).nullish(),
});

export type DefinitionInput = z.output<typeof definitionInput>;

const build = "Microsoft.TeamFoundation.Build.WebApi";
const build2 = "Microsoft.TeamFoundation.Build2.WebApi";

/** Numbers of enumeration values in the build API. */
const queueStatuses = { 0: "enabled", 1: "paused", 2: "disabled" } as const;
const authorizationScopes = { 1: "projectCollection", 2: "project" };

/** Properties of a definition that the service keeps as they are, with its defaults. */
const settingDefaults: Record<string, unknown> = {
  buildNumberFormat: null,
  description: null,
  jobAuthorizationScope: "projectCollection",
  jobTimeoutInMinutes: 60,
  jobCancelTimeoutInMinutes: 5,
  options: [],
  tags: [],
  demands: [],
  badgeEnabled: false,
  processParameters: {},
};

export function definitionNotFound(id: number | string): ServiceError {
  return new ServiceError(
    404,
    `${build}.DefinitionNotFoundException, ${build2}`,
    `Build pipeline ${id} was not found.`,
  );
}

export function definitionNotMatched(requested: number, supplied: number): ServiceError {
  return new ServiceError(
    400,
    `${build}.DefinitionNotMatchedException, ${build2}`,
    `The request specifies pipeline ID ${requested} but the supplied pipeline has ID ${supplied}.`,
  );
}

/**
 * Checks a request's definition by the service's rules and brings it into the form that is kept.
 *
 * @param former The definition that it replaces: a secret variable without a value keeps the one it has.
 */
export function makeDefinition(
  organization: Organization,
  project: Project,
  input: DefinitionInput,
  former?: Definition,
): Omit<Definition, "id" | "revision" | "createdDate"> {
  checkDefinitionName(input.name);
  const path = normalizeFolder(input.path ?? "\\");
  const taken = organization.state.definitions.some(
    (other) =>
      other !== former &&
      other.projectId === project.id &&
      sameName(other.path, path) &&
      sameName(other.name, input.name),
  );
  if (taken) {
    throw new ServiceError(
      400,
      `${build}.DefinitionExistsException, ${build2}`,
      `Build pipeline ${input.name} already exists for project ${project.name}`,
    );
  }
  const variableGroupIds = (input.variableGroups ?? []).map(({ id }) => id);
  for (const id of variableGroupIds) checkVariableGroup(organization, project, id);
  const settings = Object.entries(settingDefaults).map(([name, value]) => [name, input[name] ?? value]);
  return {
    projectId: project.id,
    name: input.name,
    path,
    queueStatus: enumName(queueStatuses, input.queueStatus ?? "enabled"),
    queueName: queueName(organization, project, input.queue),
    repository: makeRepository(organization, project, input.repository),
    process: makeProcess(input.process),
    variables: makeVariables(input.variables ?? {}, former?.variables ?? {}),
    variableGroupIds,
    triggers: makeTriggers(input.triggers ?? []),
    settings: {
      ...Object.fromEntries(settings),
      jobAuthorizationScope: enumName(authorizationScopes, input.jobAuthorizationScope ?? "projectCollection"),
    },
  };
}

/** The definition as the service gives it back: no secret's value, and its addresses. */
export function definitionView(organization: Organization, definition: Definition) {
  const { repository, variables, variableGroupIds } = definition;
  return {
    ...definition.settings,
    ...definitionReference(organization, definition),
    drafts: [],
    properties: {},
    retentionRules: [],
    triggers: definition.triggers,
    variables: Object.fromEntries(
      Object.entries(variables).map(([name, variable]) => [
        name,
        variable.isSecret ? { ...variable, value: null } : variable,
      ]),
    ),
    variableGroups: variableGroupIds.map((groupId) => ({ id: groupId })),
    process: definition.process,
    repository: { ...repository, clean: null, checkoutSubmodules: false },
    authoredBy: operatorIdentity(organization),
  };
}

/** The shorter form, which lists have. */
export function definitionReference(organization: Organization, definition: Definition) {
  const { id, revision } = definition;
  const project = findProject(organization, definition.projectId);
  const base = `${organization.url}/${project.id}`;
  const url = `${base}/_apis/build/Definitions/${id}?revision=${revision}`;
  return {
    id,
    name: definition.name,
    path: definition.path,
    type: "build",
    queueStatus: definition.queueStatus,
    revision,
    url,
    uri: `vstfs:///Build/Definition/${id}`,
    createdDate: definition.createdDate,
    quality: "definition",
    project: projectReference(organization, project),
    ...queueReference(organization, definition),
    _links: {
      self: { href: url },
      web: { href: `${base}/_build/definition?definitionId=${id}` },
      editor: { href: `${base}/_build/designer?id=${id}&_a=edit-build-definition` },
    },
  };
}

/** Nothing if the queue has been deleted. */
function queueReference(organization: Organization, { projectId, queueName }: Definition) {
  const queue = queueOf(organization, projectId, queueName);
  if (!queue) return {};
  const { id, name, isHosted } = findPool(organization.state, String(queue.poolId));
  return { queue: { id: queue.id, name: queue.name, pool: { id, name, isHosted } } };
}

/** The repository must exist where that can be known: in the project, or through a connection of the project. */
function makeRepository(organization: Organization, project: Project, input: DefinitionInput["repository"]) {
  if (!input?.type || !(input.id || input.name)) throw invalidDefinition("A pipeline must have a repository.");
  const branch = input.defaultBranch || "refs/heads/main";
  const common = {
    type: input.type,
    defaultBranch: branch.startsWith("refs/") ? branch : `refs/heads/${branch}`,
    properties: { ...input.properties },
  };
  if (sameName(input.type, "TfsGit")) {
    const repository = findRepository(organization, input.id || input.name || "", project);
    const url = `${organization.url}/${project.name}/_git/${repository.name}`;
    return { ...common, type: "TfsGit", id: repository.id, name: repository.name, url };
  }
  const connection = input.properties?.connectedServiceId;
  if (connection && !isShared(organization, project, connection)) {
    throw invalidDefinition(`The pipeline's repository uses service connection ${connection}, which does not exist.`);
  }
  const id = input.id || input.name || "";
  return { ...common, id, name: input.name || id, url: input.url ?? "" };
}

function isShared(organization: Organization, project: Project, endpointId: string): boolean {
  return organization.state.endpoints.some(
    (endpoint) => sameName(endpoint.id, endpointId) && isSharedWith(endpoint, project.id),
  );
}

/** Only YAML pipelines. Whether the file exists is not asked: the service finds out when a run is compiled. */
function makeProcess(input: DefinitionInput["process"]): Definition["process"] {
  const yamlFilename = input?.yamlFilename;
  if (!yamlFilename) {
    throw invalidDefinition("The local Azure DevOps has YAML pipelines only: process.yamlFilename is missing.");
  }
  return { yamlFilename, type: 2 };
}

function makeVariables(
  input: NonNullable<DefinitionInput["variables"]>,
  former: Record<string, DefinitionVariable>,
): Record<string, DefinitionVariable> {
  const entries = Object.entries(input).map(([name, { value, isSecret, allowOverride }]) => {
    if (name.trim() === "") throw invalidDefinition("A variable's name cannot be blank.");
    const kept = isSecret && value === null ? (former[name]?.value ?? null) : value;
    return [name, { value: kept, ...(isSecret ? { isSecret } : {}), ...(allowOverride ? { allowOverride } : {}) }];
  });
  return Object.fromEntries(entries);
}

function checkVariableGroup(organization: Organization, project: Project, groupId: number): void {
  const exists = organization.state.variableGroups.some(
    (group) => group.id === groupId && isSharedWith(group, project.id),
  );
  if (!exists) throw invalidDefinition(`Variable group ${groupId} does not exist in project ${project.name}.`);
}

function queueName(organization: Organization, project: Project, queue: DefinitionInput["queue"]): string {
  const name = queue?.name || queue?.pool?.name || "Azure Pipelines";
  const found = queueOf(organization, project.id, name);
  if (found) return found.name;
  const names = organization.state.agentQueues.filter(({ projectId }) => projectId === project.id);
  throw invalidDefinition(
    `No agent queue ${name} was found. The project has: ${names.map((each) => each.name).join(", ")}.`,
  );
}

function invalidDefinition(message: string): ServiceError {
  return new ServiceError(400, `${build}.InvalidDefinitionException, ${build2}`, message);
}
