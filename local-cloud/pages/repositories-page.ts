import { findProject } from "../azuredevops/common/organization";
import type { Project } from "../azuredevops/core/state";
import type { Html } from "./html";
import { link, type Page, table } from "./layout";
import type { Site } from "./site";
import { urlsOf } from "./urls";
import { branchName } from "./words";

/** A project's Git repositories. */
export function repositoriesPage(site: Site, projectNameOrId: string): Page {
  const project = findProject(site.organization, projectNameOrId);
  return { title: "Repos", project, section: "Repos", body: repositoryTable(site, project) };
}

export function repositoryTable(site: Site, project: Project): Html {
  const rows = site.organization.state.repositories
    .filter(({ projectId, isDisabled }) => projectId === project.id && !isDisabled)
    .map((repository) => {
      const defaultBranch = site.organization.repositories.of(repository).defaultBranch();
      return {
        id: `repository-${repository.id}`,
        cells: [
          link(urlsOf(site).repository(project, repository), repository.name),
          defaultBranch === undefined ? "" : branchName(defaultBranch),
        ],
      };
    });
  return table(["Repository", "Default branch"], rows, "The project has no repository.");
}
