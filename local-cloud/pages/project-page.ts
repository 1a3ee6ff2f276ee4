import { listBuilds } from "../azuredevops/builds/list";
import { findProject } from "../azuredevops/common/organization";
import { connectionTable } from "./connections-page";
import { html } from "./html";
import { listRefresh, type Page, section } from "./layout";
import { pipelineTable } from "./pipelines-page";
import { registryTable } from "./registries-page";
import { repositoryTable } from "./repositories-page";
import { runTable } from "./run-table";
import type { Site } from "./site";

/** A project's start page: what there is of everything. */
export function projectPage(site: Site, projectNameOrId: string): Page {
  const { organization, runs } = site;
  const project = findProject(organization, projectNameOrId);
  const latest = listBuilds(organization, runs.state, project, { $top: "10" });
  return {
    title: project.name,
    project,
    section: "Summary",
    refresh: listRefresh,
    body: html`${project.description !== "" && html`<p>${project.description}</p>`}
${section("Recent runs", runTable(site, project, latest))}
${section("Pipelines", pipelineTable(site, project))}
${section("Service connections", connectionTable(site, project))}
${section("Container registries", registryTable(site, project))}
${section("Repositories", repositoryTable(site, project))}`,
  };
}
