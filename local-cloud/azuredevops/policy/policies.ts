import * as z from "zod";
import type { Api, Area, AreaContext } from "../area";
import { apiLocation } from "../common/api-location";
import { invalidArgument, ServiceError } from "../common/errors";
import { collection, findProject, type Organization, operatorIdentity } from "../common/organization";
import { anything, inProject } from "../common/request";
import { buildPolicyType, checkBuildSettings } from "./settings";
import type { Policy } from "./state";

const route = "{project}/_apis/{area}/{resource}";

const locations = [
  apiLocation("dad91cbe-d183-45f8-9c6e-9c1164472121", "policy", "configurations", `${route}/{configurationId}`, 1),
  apiLocation("44096322-2d3d-466a-bb30-d1b7de69f61f", "policy", "types", `${route}/{typeId}`, 1),
];

const policyBody = z.object({
  isEnabled: z.boolean(),
  isBlocking: z.boolean(),
  type: z.object({ id: z.string() }),
  settings: anything,
});

const onePolicy = inProject.extend({ configurationId: z.string() });

type OnePolicy = z.output<typeof onePolicy>;

/** Branch policies; the API calls them configurations. One that blocks keeps its branch from being pushed to. */
export const policies: Area = { locations, routes };

function routes(api: Api, { organization }: AreaContext): void {
  const { state } = organization;
  const all = "/:project/_apis/policy/configurations";
  const one = `${all}/:configurationId`;

  api.post(all, { schema: { params: inProject, body: policyBody } }, async ({ params, body }) => {
    const content = makeContent(organization, params.project, body);
    const createdDate = new Date().toISOString();
    const policy = { id: ++state.last.policy, revision: 1, isDeleted: false, createdDate, ...content };
    state.policies.push(policy);
    organization.save();
    return policyView(organization, policy);
  });

  const listed = z.object({ policyType: z.string().optional(), scope: z.string().optional() });
  api.get(all, { schema: { params: inProject, querystring: listed } }, async ({ params, query }) => {
    const project = findProject(organization, params.project);
    if (query.scope) throw invalidArgument("The local Azure DevOps does not filter policies by scope.");
    const found = state.policies.filter(
      ({ projectId, isDeleted, typeId }) =>
        projectId === project.id && !isDeleted && (!query.policyType || typeId === query.policyType.toLowerCase()),
    );
    return collection(found.map((policy) => policyView(organization, policy)));
  });

  api.get(one, { schema: { params: onePolicy } }, async ({ params }) =>
    policyView(organization, findPolicy(organization, params)),
  );

  api.put(one, { schema: { params: onePolicy, body: policyBody } }, async ({ params, body }) => {
    const policy = findCurrentPolicy(organization, params);
    const content = makeContent(organization, params.project, body);
    Object.assign(policy, content, { revision: policy.revision + 1 });
    organization.save();
    return policyView(organization, policy);
  });

  api.delete(one, { schema: { params: onePolicy } }, async ({ params }, reply) => {
    findCurrentPolicy(organization, params).isDeleted = true;
    organization.save();
    return reply.code(204).send();
  });

  api.get("/:project/_apis/policy/types", { schema: { params: inProject } }, async ({ params }) => {
    findProject(organization, params.project);
    return collection([typeView(organization, params.project)]);
  });

  api.get(
    "/:project/_apis/policy/types/:typeId",
    { schema: { params: inProject.extend({ typeId: z.string() }) } },
    async ({ params }) => {
      findProject(organization, params.project);
      requireType(params.typeId);
      return typeView(organization, params.project);
    },
  );
}

function makeContent(organization: Organization, projectName: string, body: z.output<typeof policyBody>) {
  const project = findProject(organization, projectName);
  return {
    projectId: project.id,
    typeId: requireType(body.type.id),
    isEnabled: body.isEnabled,
    isBlocking: body.isBlocking,
    settings: checkBuildSettings(organization, project, body.settings),
  };
}

function requireType(typeId: string): string {
  if (typeId.toLowerCase() === buildPolicyType.id) return buildPolicyType.id;
  throw policyError(
    "PolicyTypeNotFoundException",
    `The policy type ${typeId} was not found: the local Azure DevOps has build policies only (${buildPolicyType.id}).`,
  );
}

/** Throws the service's own error when the project never had such a policy. */
function findPolicy(organization: Organization, { project, configurationId }: OnePolicy): Policy {
  const { id } = findProject(organization, project);
  const found = organization.state.policies.find(
    (policy) => String(policy.id) === configurationId && policy.projectId === id,
  );
  if (!found) throw policyNotFound(configurationId);
  return found;
}

/** Throws the service's own error when the project has no such policy, or no longer. */
function findCurrentPolicy(organization: Organization, params: OnePolicy): Policy {
  const policy = findPolicy(organization, params);
  if (policy.isDeleted) throw policyNotFound(params.configurationId);
  return policy;
}

function policyNotFound(id: string): ServiceError {
  return policyError("PolicyConfigurationNotFoundException", `The policy configuration ${id} was not found.`);
}

function policyError(exception: string, message: string): ServiceError {
  const server = "Microsoft.TeamFoundation.Policy.Server";
  return new ServiceError(404, `${server}.${exception}, ${server}`, message);
}

/** A policy as the API gives it back. */
export function policyView(organization: Organization, policy: Policy) {
  const { id, revision, isEnabled, isBlocking, isDeleted, createdDate, settings, projectId } = policy;
  const url = `${organization.url}/${projectId}/_apis/policy/configurations/${id}`;
  const { description, ...type } = typeView(organization, projectId);
  return {
    createdBy: operatorIdentity(organization),
    createdDate,
    isEnabled,
    isBlocking,
    isDeleted,
    isEnterpriseManaged: false,
    settings,
    _links: { self: { href: url }, policyType: { href: type.url } },
    revision,
    id,
    url,
    type,
  };
}

function typeView(organization: Organization, project: string) {
  const { id } = findProject(organization, project);
  const url = `${organization.url}/${id}/_apis/policy/types/${buildPolicyType.id}`;
  return { ...buildPolicyType, url };
}
