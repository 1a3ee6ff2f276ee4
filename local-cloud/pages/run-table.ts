import type { Build } from "../azuredevops/builds/state";
import type { Project } from "../azuredevops/core/state";
import { type Html, html } from "./html";
import { link, table } from "./layout";
import type { Site } from "./site";
import { urlsOf } from "./urls";
import { branchName, duration, statusOf, time } from "./words";

/** Runs, with the pipelines that they are of. */
export function runTable(site: Site, project: Project, builds: Build[]): Html {
  const urls = urlsOf(site);
  const rows = builds.map((build) => {
    const definition = site.organization.state.definitions.find(({ id }) => id === build.definitionId);
    return {
      id: `run-${build.id}`,
      cells: [
        html`<a href="${urls.run(project, build)}">#${build.number}</a>`,
        definition && link(urls.pipeline(project, definition), definition.name),
        statusOf(build),
        branchName(build.branch),
        time(build.queueTime),
        duration(build),
      ],
    };
  });
  return table(["Run", "Pipeline", "Status", "Branch", "Queued", "Duration"], rows, "No pipeline has run yet.");
}
