import { isPermitted } from "../azuredevops/builds/permitted";
import { findProject } from "../azuredevops/common/organization";
import { isSharedWith } from "../azuredevops/common/project-sharing";
import type { Project } from "../azuredevops/core/state";
import { endpointView } from "../azuredevops/service-endpoints/service-endpoints";
import type { ServiceEndpoint } from "../azuredevops/service-endpoints/state";
import { type Content, type Html, html } from "./html";
import { link, type Page, table } from "./layout";
import { registryOf } from "./registries-page";
import type { Site } from "./site";
import { urlsOf } from "./urls";

/** A project's service connections. */
export function connectionsPage(site: Site, projectNameOrId: string): Page {
  const project = findProject(site.organization, projectNameOrId);
  return {
    title: "Service connections",
    project,
    section: "Service connections",
    body: connectionTable(site, project),
  };
}

export function connectionTable(site: Site, project: Project): Html {
  const rows = connectionsOf(site, project).map((endpoint) => {
    const { id, name, type, authorization, isReady } = endpointView(site.organization, endpoint, project.id);
    return {
      id: `connection-${id}`,
      cells: [
        link(urlsOf(site).connection(project, id), name),
        typeName(type),
        schemeName(authorization.scheme),
        registryLink(site, project, endpoint),
        isReady ? "Ready" : "Not ready",
        usersOf(site, project, endpoint),
      ],
    };
  });
  const columns = ["Service connection", "Type", "Authentication", "Registry", "State", "Pipeline permissions"];
  return table(columns, rows, "The project has no service connection.");
}

export function connectionsOf({ organization }: Site, project: Project): ServiceEndpoint[] {
  return organization.state.endpoints.filter((endpoint) => isSharedWith(endpoint, project.id));
}

/** The registry that a connection leads to: its page if it is one of this local cloud's. */
export function registryLink(site: Site, project: Project, { parameters }: ServiceEndpoint): Content {
  const loginServer = parameters.loginServer ?? parameters.registry;
  if (loginServer === undefined) return undefined;
  const known = registryOf(site, loginServer);
  return known ? link(urlsOf(site).registry(project, known.name), loginServer) : loginServer;
}

/** How a type of connections is called on Azure DevOps' pages. */
export function typeName(type: string): string {
  const names: Record<string, string> = { dockerregistry: "Docker Registry", github: "GitHub" };
  return names[type.toLowerCase()] ?? type;
}

/** How a scheme is called on Azure DevOps' pages. */
export function schemeName(scheme: string): string {
  const names: Record<string, string> = {
    WorkloadIdentityFederation: "Workload identity federation",
    ServicePrincipal: "Service principal",
    UsernamePassword: "Username and password",
    PersonalAccessToken: "Personal access token",
  };
  return names[scheme] ?? scheme;
}

/** Whether every pipeline may use a connection, those to come included. */
export function isOpen({ organization: { state } }: Site, project: Project, { id }: ServiceEndpoint): boolean {
  return state.permissions.some(
    ({ projectId, resourceType, resourceId, pipelineId }) =>
      projectId === project.id && resourceType === "endpoint" && resourceId === id && pipelineId === "all",
  );
}

function usersOf(site: Site, project: Project, endpoint: ServiceEndpoint): Content {
  if (isOpen(site, project, endpoint)) return "All pipelines";
  const users = site.organization.state.definitions.filter(
    (definition) =>
      definition.projectId === project.id && isPermitted(site.organization.state, definition, "endpoint", endpoint.id),
  );
  if (users.length === 0) return "No pipeline";
  return users.map((user, index) => [
    index > 0 && ", ",
    html`<a href="${urlsOf(site).pipeline(project, user)}">${user.name}</a>`,
  ]);
}
