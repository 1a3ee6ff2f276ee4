import { listBuilds } from "../azuredevops/builds/list";
import { findProject } from "../azuredevops/common/organization";
import type { Project } from "../azuredevops/core/state";
import { type Html, html } from "./html";
import { link, listRefresh, type Page, section, table } from "./layout";
import { runTable } from "./run-table";
import type { Site } from "./site";
import { urlsOf } from "./urls";
import { statusOf } from "./words";

/** How many runs a page lists at most. */
const most = "50";

/** A project's pipelines and their runs. */
export function pipelinesPage(site: Site, projectNameOrId: string): Page {
  const { organization, runs } = site;
  const project = findProject(organization, projectNameOrId);
  return {
    title: "Pipelines",
    project,
    section: "Pipelines",
    refresh: listRefresh,
    body: html`${pipelineTable(site, project)}
${section("Runs", runTable(site, project, listBuilds(organization, runs.state, project, { $top: most })))}`,
  };
}

export function pipelineTable(site: Site, project: Project): Html {
  const { organization, runs } = site;
  const urls = urlsOf(site);
  const rows = organization.state.definitions
    .filter(({ projectId }) => projectId === project.id)
    .map((definition) => {
      const [latest] = listBuilds(organization, runs.state, project, { definitions: String(definition.id), $top: "1" });
      return {
        id: `pipeline-${definition.id}`,
        cells: [
          link(urls.pipeline(project, definition), definition.name),
          definition.path,
          String(definition.process.yamlFilename),
          latest && html`<a href="${urls.run(project, latest)}">#${latest.number}</a> ${statusOf(latest)}`,
        ],
      };
    });
  return table(["Pipeline", "Folder", "YAML file", "Last run"], rows, "The project has no pipeline.");
}
