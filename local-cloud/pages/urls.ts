import type { Build } from "../azuredevops/builds/state";
import type { Project } from "../azuredevops/core/state";
import type { Definition } from "../azuredevops/definitions/state";
import type { Repository } from "../azuredevops/git/state";
import type { Site } from "./site";

/** Paths of the pages: Azure DevOps' own, but for the registries, which Azure has in its portal. */
export function urlsOf({ organization }: Pick<Site, "organization">) {
  const root = `/${encodeURIComponent(organization.name)}`;
  const of = ({ name }: Project) => `${root}/${encodeURIComponent(name)}`;
  const repository = (project: Project, { name }: Pick<Repository, "name">) =>
    `${of(project)}/_git/${encodeURIComponent(name)}`;
  const run = (project: Project, { id }: Build) => `${of(project)}/_build/results?buildId=${id}`;
  const registry = (project: Project, name: string) => `${of(project)}/_registries/${encodeURIComponent(name)}`;
  return {
    root,
    project: of,
    connections: (project: Project) => `${of(project)}/_settings/adminservices`,
    connection: (project: Project, id: string) =>
      `${of(project)}/_settings/adminservices?resourceId=${encodeURIComponent(id)}`,
    pipelines: (project: Project) => `${of(project)}/_build`,
    pipeline: (project: Project, { id }: Definition) => `${of(project)}/_build?definitionId=${id}`,
    run,
    log: (project: Project, build: Build, recordId: string) =>
      `${run(project, build)}&view=logs&t=${encodeURIComponent(recordId)}`,
    testRun: (project: Project, id: number) => `${of(project)}/_TestManagement/Runs?runId=${id}`,
    repositories: (project: Project) => `${of(project)}/_git`,
    repository,
    /** @param version as Azure DevOps writes it: `GBmain` is a branch, `GC…` a commit */
    item: (project: Project, of: Pick<Repository, "name">, path: string, version: string) =>
      `${repository(project, of)}?${new URLSearchParams({ path, version })}`,
    commit: (project: Project, of: Pick<Repository, "name">, id: string) => `${repository(project, of)}/commit/${id}`,
    pullRequest: (project: Project, of: Pick<Repository, "name">, id: number) =>
      `${repository(project, of)}/pullrequest/${id}`,
    registries: (project: Project) => `${of(project)}/_registries`,
    registry,
    image: (project: Project, name: string, path: string) =>
      `${registry(project, name)}/${path.split("/").map(encodeURIComponent).join("/")}`,
  };
}
