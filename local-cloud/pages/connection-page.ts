import { isPermitted } from "../azuredevops/builds/permitted";
import { ServiceError } from "../azuredevops/common/errors";
import { findProject } from "../azuredevops/common/organization";
import type { Project } from "../azuredevops/core/state";
import { endpointView } from "../azuredevops/service-endpoints/service-endpoints";
import type { ServiceEndpoint } from "../azuredevops/service-endpoints/state";
import { connectionsOf, isOpen, registryLink, schemeName, typeName } from "./connections-page";
import { type Content, type Html, html } from "./html";
import { facts, link, type Page, section, table } from "./layout";
import type { Site } from "./site";
import { urlsOf } from "./urls";
import { permission } from "./words";

/** Parameters that have a name of their own on Azure DevOps' pages. */
const parameterNames: Record<string, string> = {
  serviceprincipalid: "Service principal id",
  tenantId: "Tenant id",
  scope: "Scope",
  workloadIdentityFederationIssuer: "Issuer",
  workloadIdentityFederationSubject: "Subject identifier",
  workloadIdentityFederationIssuerType: "Issuer type",
  username: "Username",
};

/** A service connection: how it signs in, and which pipelines may use it. */
export function connectionPage(site: Site, projectNameOrId: string, endpointId: string): Page {
  const project = findProject(site.organization, projectNameOrId);
  const endpoint = connectionsOf(site, project).find(({ id }) => id === endpointId.toLowerCase());
  if (!endpoint) {
    throw new ServiceError(
      404,
      "EndpointNotFoundException",
      `Service connection with id ${endpointId} does not exist.`,
    );
  }
  const { id, name, type, description, authorization, isReady, isShared } = endpointView(
    site.organization,
    endpoint,
    project.id,
  );
  const parameters = Object.entries(authorization.parameters)
    .filter(([key]) => key !== "loginServer" && key !== "registry")
    .map(([key, value]): [string, Content] => [
      parameterNames[key] ?? key,
      value === null ? html`<em>secret</em>` : html`<code>${value}</code>`,
    ]);
  return {
    title: name,
    badge: html`<span class="state ${isReady ? "succeeded" : "failed"}">${isReady ? "Ready" : "Not ready"}</span>`,
    project,
    section: "Service connections",
    body: html`${facts([
      ["Type", typeName(type)],
      ["Authentication", schemeName(authorization.scheme)],
      ["Registry", registryLink(site, project, endpoint)],
      ["URL", endpoint.url],
      ["Description", description],
      ["Shared with other projects", isShared ? "Yes" : "No"],
      ["Id", html`<code>${id}</code>`],
    ])}
${section("Authentication", facts(parameters))}
${section("Pipeline permissions", permissions(site, project, endpoint))}`,
  };
}

function permissions(site: Site, project: Project, endpoint: ServiceEndpoint): Html {
  const { state } = site.organization;
  const rows = state.definitions
    .filter(({ projectId }) => projectId === project.id)
    .map((definition) => ({
      id: `pipeline-${definition.id}`,
      cells: [
        link(urlsOf(site).pipeline(project, definition), definition.name),
        permission(isPermitted(state, definition, "endpoint", endpoint.id)),
      ],
    }));
  return html`<p>${
    isOpen(site, project, endpoint)
      ? "Every pipeline of the project may use it."
      : "Only the pipelines that are permitted may use it."
  }</p>${table(["Pipeline", "Permission"], rows, "The project has no pipeline.")}`;
}
