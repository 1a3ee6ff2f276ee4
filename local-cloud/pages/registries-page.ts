import { findProject } from "../azuredevops/common/organization";
import type { Project } from "../azuredevops/core/state";
import { type Html, html } from "./html";
import { link, type Page, table } from "./layout";
import type { Site } from "./site";
import { urlsOf } from "./urls";

/** The container registries of this local cloud. In Azure they are on the portal's pages. */
export function registriesPage(site: Site, projectNameOrId: string): Page {
  const project = findProject(site.organization, projectNameOrId);
  return {
    title: "Container registries",
    project,
    section: "Container registries",
    body: registryTable(site, project),
  };
}

export function registryTable(site: Site, project: Project): Html {
  const rows = site.registries.list().map(({ name, loginServer }) => ({
    id: `registry-${name}`,
    cells: [link(urlsOf(site).registry(project, name), name), nameInAzure(name), html`<code>${loginServer}</code>`],
  }));
  return table(["Registry", "Login server in Azure", "Here"], rows, "There is no container registry.");
}

/** The registry that answers to a login server, if it is one of this local cloud's. */
export function registryOf(site: Site, loginServer: string) {
  const wanted = loginServer.toLowerCase();
  return site.registries
    .list()
    .find((registry) => wanted === nameInAzure(registry.name) || wanted === registry.loginServer);
}

export function nameInAzure(name: string): string {
  return `${name.toLowerCase()}.azurecr.io`;
}
