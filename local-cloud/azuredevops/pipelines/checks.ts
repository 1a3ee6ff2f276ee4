import * as z from "zod";
import type { Api, Area, AreaContext } from "../area";
import { apiLocation } from "../common/api-location";
import { invalidArgument, ServiceError } from "../common/errors";
import { sameName } from "../common/naming";
import { collection, findProject, type Organization, operatorIdentity } from "../common/organization";
import { inProject } from "../common/request";
import { findResource } from "./permissions";
import { type Check, checkForm, isSameResource } from "./state";

const locations = [
  apiLocation(
    "86c8381e-5aee-4cde-8ae4-25c0c7f5eaea",
    "PipelinesChecks",
    "configurations",
    "{project}/_apis/pipelines/checks/{resource}/{id}",
    1,
    true,
  ),
];

/** A check that is a task of the service's, and which one branch control is. */
const taskCheck = { id: "fe1de3ee-a436-41b4-bb20-f6eb4cb879a7", name: "Task Check" };
const branchControl = { id: "86b05a0c-73e6-4f7d-b3cf-e38f3b39a75b", version: "0.0.1" };

/** The types of resource of which a run is asked for its branch: another one's check would be passed over. */
const enforced = ["endpoint", "variablegroup"];

const checkBody = z.object({
  type: z.looseObject({ id: z.string() }),
  resource: z.object({ type: z.string(), id: z.string() }),
  settings: checkForm.shape.settings,
  timeout: z.int().positive().default(1440),
});

const oneCheck = inProject.extend({ id: z.string() });
type OneCheck = z.output<typeof oneCheck>;

const expanded = z.object({ $expand: z.enum(["none", "settings"]).optional() });

/** Checks that a run has to pass before it may use a protected resource; the API calls them configurations. */
export const checks: Area = { locations, routes };

function routes(api: Api, { organization }: AreaContext): void {
  const { state } = organization;
  const all = "/:project/_apis/pipelines/checks/configurations";
  const one = `${all}/:id`;

  api.post(all, { schema: { params: inProject, body: checkBody } }, async ({ params, body }) => {
    const content = makeContent(organization, params.project, body);
    const now = new Date().toISOString();
    const check = { id: ++state.last.check, version: 1, createdOn: now, modifiedOn: now, ...content };
    state.checks.push(check);
    organization.save();
    return view(organization, check, true);
  });

  const listed = expanded.extend({ resourceType: z.string(), resourceId: z.string() });
  api.get(all, { schema: { params: inProject, querystring: listed } }, async ({ params, query }) => {
    const project = findProject(organization, params.project);
    const { type, id } = findResource(organization, project, query.resourceType, query.resourceId);
    const about = { projectId: project.id, resourceType: type, resourceId: id };
    const found = state.checks.filter((check) => isSameResource(check, about));
    return collection(found.map((check) => view(organization, check, query.$expand === "settings")));
  });

  api.get(one, { schema: { params: oneCheck, querystring: expanded } }, async ({ params, query }) =>
    view(organization, findCheck(organization, params), query.$expand === "settings"),
  );

  api.patch(one, { schema: { params: oneCheck, body: checkBody } }, async ({ params, body }) => {
    const check = findCheck(organization, params);
    const content = makeContent(organization, params.project, body);
    if (!isSameResource(content, check)) {
      throw invalidArgument("The resource of a check cannot be changed.");
    }
    Object.assign(check, content, { version: check.version + 1, modifiedOn: new Date().toISOString() });
    organization.save();
    return view(organization, check, true);
  });

  api.delete(one, { schema: { params: oneCheck } }, async ({ params }, reply) => {
    state.checks.splice(state.checks.indexOf(findCheck(organization, params)), 1);
    organization.save();
    return reply.code(204).send();
  });
}

function makeContent(organization: Organization, projectName: string, body: z.output<typeof checkBody>) {
  const { type, settings, timeout } = body;
  const { id, version } = settings.definitionRef;
  if (!sameName(type.id, taskCheck.id) || !sameName(id, branchControl.id) || version !== branchControl.version) {
    throw invalidArgument(`The local Azure DevOps has branch control checks only (${branchControl.id}).`);
  }
  const project = findProject(organization, projectName);
  const resource = findResource(organization, project, body.resource.type, body.resource.id);
  if (!enforced.includes(resource.type)) {
    throw invalidArgument(
      `The local Azure DevOps has checks on ${enforced.join(" and ")} only, and not on ${resource.type}.`,
    );
  }
  return { projectId: project.id, resourceType: resource.type, resourceId: resource.id, settings, timeout };
}

function findCheck(organization: Organization, { project, id }: OneCheck): Check {
  const { id: projectId } = findProject(organization, project);
  const found = organization.state.checks.find((check) => check.projectId === projectId && String(check.id) === id);
  if (found) return found;
  const webApi = "Microsoft.Azure.Pipelines.Checks.WebApi";
  throw new ServiceError(
    404,
    `${webApi}.CheckConfigurationNotFoundException, ${webApi}`,
    `Check configuration with id ${id} does not exist.`,
  );
}

function view(organization: Organization, check: Check, withSettings: boolean) {
  const { id, projectId, resourceType, resourceId, version, settings, timeout, createdOn, modifiedOn } = check;
  const url = `${organization.url}/${projectId}/_apis/pipelines/checks/configurations/${id}`;
  return {
    ...(withSettings && { settings }),
    createdBy: operatorIdentity(organization),
    createdOn,
    modifiedBy: operatorIdentity(organization),
    modifiedOn,
    timeout,
    id,
    version,
    type: taskCheck,
    url,
    resource: { type: resourceType, id: resourceId },
    _links: { self: { href: url } },
  };
}
