import type { FastifyInstance } from "fastify";
import { invalidArgument, ServiceError } from "../common/errors";
import {
  apiLocation,
  collection,
  findProject,
  type Organization,
  operatorIdentity,
  sendNull,
} from "../common/organization";
import {
  isSharedWith,
  type ProjectReferenceInput,
  projectReferences,
  projectReferencesSchema,
  sharedAs,
  shareWith,
  unshare,
} from "../common/project-sharing";
import type { VariableGroup } from "./state";

const route = "_apis/{area}/{resource}/{groupId}";

export const variableGroupLocations = [
  apiLocation("ef5b7057-ffc3-4c77-bbad-c10b4a4abcc7", "distributedtask", "variablegroups", route, 2),
  apiLocation("f5b09dd5-9d54-45a1-8b5a-1c8287d634cc", "distributedtask", "variablegroups", `{project}/${route}`, 2),
];

interface VariableGroupBody {
  name: string;
  description?: string | null;
  type?: string;
  variables: VariableGroup["variables"];
  providerData?: Record<string, unknown> | null;
  variableGroupProjectReferences: ProjectReferenceInput[];
}

const text = { type: "string" };
const variableGroupBody = {
  type: "object",
  required: ["name", "variables", "variableGroupProjectReferences"],
  properties: {
    name: text,
    description: { type: ["string", "null"] },
    type: text,
    variables: {
      type: "object",
      additionalProperties: {
        type: "object",
        properties: { value: { type: ["string", "null"] }, isSecret: { type: ["boolean", "null"] } },
      },
    },
    providerData: { type: ["object", "null"] },
    variableGroupProjectReferences: projectReferencesSchema,
  },
};

/** Variable groups. One belongs to the organization and is shared with projects. */
export function variableGroups(app: FastifyInstance, organization: Organization): void {
  const { state } = organization;

  app.post<{ Body: VariableGroupBody }>(
    "/_apis/distributedtask/variablegroups",
    { schema: { body: variableGroupBody } },
    async ({ body }) => {
      const content = makeContent(organization, body);
      const now = new Date().toISOString();
      const group = { id: ++state.last.variableGroup, createdOn: now, modifiedOn: now, ...content };
      state.variableGroups.push(group);
      organization.save();
      return view(organization, group);
    },
  );

  app.get<{ Params: { project: string }; Querystring: { groupName?: string; groupIds?: string } }>(
    "/:project/_apis/distributedtask/variablegroups",
    async ({ params, query }) => {
      const project = findProject(organization, params.project);
      const ids = query.groupIds?.split(",").map(Number);
      const found = state.variableGroups.filter((group) => {
        const shared = group.projects.find(({ id }) => id === project.id);
        return (
          shared !== undefined &&
          (!query.groupName || shared.name.toLowerCase() === query.groupName.toLowerCase()) &&
          (ids?.includes(group.id) ?? true)
        );
      });
      return collection(found.map((group) => view(organization, group, project.id)));
    },
  );

  app.get<{ Params: { project: string; groupId: string } }>(
    "/:project/_apis/distributedtask/variablegroups/:groupId",
    async ({ params }, reply) => {
      const project = findProject(organization, params.project);
      const group = state.variableGroups.find(({ id }) => String(id) === params.groupId);
      if (!group || !isSharedWith(group, project.id)) return sendNull(reply);
      return view(organization, group, project.id);
    },
  );

  app.put<{ Params: { groupId: string }; Body: VariableGroupBody }>(
    "/_apis/distributedtask/variablegroups/:groupId",
    { schema: { body: variableGroupBody } },
    async ({ params, body }) => {
      const group = findGroup(organization, params.groupId);
      Object.assign(group, makeContent(organization, body, group), { modifiedOn: new Date().toISOString() });
      organization.save();
      return view(organization, group);
    },
  );

  app.delete<{ Params: { groupId: string }; Querystring: { projectIds?: string } }>(
    "/_apis/distributedtask/variablegroups/:groupId",
    async ({ params, query }, reply) => {
      const group = findGroup(organization, params.groupId);
      unshare(organization, "variablegroup", state.variableGroups, group, query.projectIds);
      organization.save();
      return reply.code(204).send();
    },
  );
}

function findGroup(organization: Organization, groupId: string): VariableGroup {
  const group = organization.state.variableGroups.find(({ id }) => String(id) === groupId);
  if (!group) throw refusal(404, "VariableGroupNotFoundException", `Variable group with ID ${groupId} does not exist.`);
  return group;
}

/** Checks a request's group by the service's rules. @param former A secret without a value keeps the one it has. */
function makeContent(organization: Organization, body: VariableGroupBody, former?: VariableGroup) {
  if (Object.keys(body.variables).length === 0) {
    throw invalidArgument("Variable group must have at least one variable defined.");
  }
  const variables = Object.entries(body.variables).map(([name, variable]) => {
    const kept = variable.isSecret && variable.value == null ? former?.variables[name]?.value : variable.value;
    return [name, { ...variable, value: kept ?? null }];
  });
  return {
    type: body.type ?? "Vsts",
    variables: Object.fromEntries(variables),
    providerData: body.providerData ?? null,
    projects: shareWith(
      organization,
      "variable group",
      body.variableGroupProjectReferences,
      body,
      organization.state.variableGroups.filter((group) => group !== former),
      (name) => refusal(409, "VariableGroupExistsException", `Variable group '${name}' already exists.`),
    ),
  };
}

function refusal(status: number, exception: string, message: string): ServiceError {
  const webApi = "Microsoft.TeamFoundation.DistributedTask.WebApi";
  return new ServiceError(status, `${webApi}.${exception}, ${webApi}`, message);
}

/** @param projectId The project that asks, where there is one: name and description are that project's. */
function view(organization: Organization, group: VariableGroup, projectId?: string) {
  return {
    id: group.id,
    type: group.type,
    ...sharedAs(group, projectId),
    variables: Object.fromEntries(
      Object.entries(group.variables).map(([name, variable]) => [
        name,
        variable.isSecret ? { ...variable, value: null } : variable,
      ]),
    ),
    ...(group.providerData ? { providerData: group.providerData } : {}),
    isShared: group.projects.length > 1,
    createdBy: operatorIdentity(organization),
    createdOn: group.createdOn,
    modifiedBy: operatorIdentity(organization),
    modifiedOn: group.modifiedOn,
    variableGroupProjectReferences: projectReferences(organization, group),
  };
}
