import * as z from "zod";
import type { Api, Area, AreaContext } from "../area";
import { apiLocation } from "../common/api-location";
import { invalidArgument, ServiceError } from "../common/errors";
import { collection, findProject, type Organization, operatorIdentity, sendNull } from "../common/organization";
import {
  isSharedWith,
  projectReferences,
  projectReferencesForm,
  sharedAs,
  shareWith,
  unshare,
} from "../common/project-sharing";
import { anything, inProject } from "../common/request";
import { groupVariableForm, type VariableGroup } from "./state";

const route = "_apis/{area}/{resource}/{groupId}";

const locations = [
  apiLocation("ef5b7057-ffc3-4c77-bbad-c10b4a4abcc7", "distributedtask", "variablegroups", route, 2),
  apiLocation("f5b09dd5-9d54-45a1-8b5a-1c8287d634cc", "distributedtask", "variablegroups", `{project}/${route}`, 2),
];

const groupBody = z.object({
  name: z.string(),
  description: z.string().nullish(),
  type: z.string().optional(),
  variables: z.record(z.string(), groupVariableForm),
  providerData: anything.nullish(),
  variableGroupProjectReferences: projectReferencesForm,
});

const oneGroup = z.object({ groupId: z.string() });

/** Variable groups. One belongs to the organization and is shared with projects. */
export const variableGroups: Area = { locations, routes };

function routes(api: Api, { organization }: AreaContext): void {
  const { state } = organization;

  api.post("/_apis/distributedtask/variablegroups", { schema: { body: groupBody } }, async ({ body }) => {
    const content = makeContent(organization, body);
    const now = new Date().toISOString();
    const group = { id: ++state.last.variableGroup, createdOn: now, modifiedOn: now, ...content };
    state.variableGroups.push(group);
    organization.save();
    return view(organization, group);
  });

  const listed = z.object({ groupName: z.string().optional(), groupIds: z.string().optional() });
  api.get(
    "/:project/_apis/distributedtask/variablegroups",
    { schema: { params: inProject, querystring: listed } },
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

  api.get(
    "/:project/_apis/distributedtask/variablegroups/:groupId",
    { schema: { params: inProject.extend(oneGroup.shape) } },
    async ({ params }, reply) => {
      const project = findProject(organization, params.project);
      const group = state.variableGroups.find(({ id }) => String(id) === params.groupId);
      if (!group || !isSharedWith(group, project.id)) return sendNull(reply);
      return view(organization, group, project.id);
    },
  );

  api.put(
    "/_apis/distributedtask/variablegroups/:groupId",
    { schema: { params: oneGroup, body: groupBody } },
    async ({ params, body }) => {
      const group = findGroup(organization, params.groupId);
      Object.assign(group, makeContent(organization, body, group), { modifiedOn: new Date().toISOString() });
      organization.save();
      return view(organization, group);
    },
  );

  api.delete(
    "/_apis/distributedtask/variablegroups/:groupId",
    { schema: { params: oneGroup, querystring: z.object({ projectIds: z.string().optional() }) } },
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
function makeContent(organization: Organization, body: z.output<typeof groupBody>, former?: VariableGroup) {
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
