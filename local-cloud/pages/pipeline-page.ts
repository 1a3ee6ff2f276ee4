import { listBuilds } from "../azuredevops/builds/list";
import { isPermitted } from "../azuredevops/builds/permitted";
import { findProject } from "../azuredevops/common/organization";
import { isSharedWith, sharedAs } from "../azuredevops/common/project-sharing";
import type { Project } from "../azuredevops/core/state";
import { findDefinition } from "../azuredevops/definitions/definitions";
import type { Definition, DefinitionVariable } from "../azuredevops/definitions/state";
import { typeName } from "./connections-page";
import { type Content, type Html, html } from "./html";
import { facts, link, listRefresh, type Page, section, table } from "./layout";
import { runTable } from "./run-table";
import type { Site } from "./site";
import { urlsOf } from "./urls";
import { branchName, permission, time } from "./words";

/** A pipeline: where its YAML is, its variables, what it may use, its runs. */
export function pipelinePage(site: Site, projectNameOrId: string, definitionId: string): Page {
  const { organization, runs } = site;
  const project = findProject(organization, projectNameOrId);
  const definition = findDefinition(organization, project.id, definitionId);
  const builds = listBuilds(organization, runs.state, project, { definitions: definitionId, $top: "50" });
  const { repository } = definition;
  return {
    title: definition.name,
    project,
    section: "Pipelines",
    refresh: listRefresh,
    body: html`${facts([
      ["YAML file", yamlFile(site, project, definition)],
      ["Repository", repositoryLink(site, project, definition)],
      ["Default branch", branchName(repository.defaultBranch)],
      ["Folder", definition.path],
      ["Agent pool", definition.queueName],
      ["Queue status", definition.queueStatus],
      ["Created", time(definition.createdDate)],
    ])}
${section("Runs", runTable(site, project, builds))}
${section("Variables", variableTable("variable", definition.variables))}
${groupsOf(site, definition).map(({ id, name, variables, permitted }) =>
  section(`Variable group ${name}`, html`<p>${permission(permitted)}</p>${variableTable(`group-${id}`, variables)}`),
)}
${section("What it may use", connectionPermissions(site, project, definition))}`,
  };
}

function connectionPermissions(site: Site, project: Project, definition: Definition): Html {
  const { state } = site.organization;
  const rows = state.endpoints
    .filter((endpoint) => isSharedWith(endpoint, project.id))
    .map((endpoint) => ({
      id: `connection-${endpoint.id}`,
      cells: [
        link(urlsOf(site).connection(project, endpoint.id), sharedAs(endpoint, project.id).name),
        typeName(endpoint.type),
        permission(isPermitted(state, definition, "endpoint", endpoint.id)),
      ],
    }));
  return table(["Service connection", "Type", "Permission"], rows, "The project has no service connection.");
}

function groupsOf({ organization: { state } }: Site, definition: Definition) {
  return state.variableGroups
    .filter((group) => definition.variableGroupIds.includes(group.id) && isSharedWith(group, definition.projectId))
    .map((group) => ({
      ...{ id: group.id, variables: group.variables, name: sharedAs(group, definition.projectId).name },
      permitted: isPermitted(state, definition, "variablegroup", String(group.id)),
    }));
}

/** @param variables a pipeline's or a group's, which nobody sets when a run is queued */
function variableTable(
  prefix: string,
  variables: Record<string, Omit<DefinitionVariable, "isSecret"> & { isSecret?: boolean | null }>,
): Html {
  const rows = Object.entries(variables).map(([name, { value, isSecret, allowOverride }], index) => ({
    id: `${prefix}-${index}`,
    cells: [name, isSecret ? html`<em>secret</em>` : html`<code>${value ?? ""}</code>`, allowOverride ? "Yes" : "No"],
  }));
  return table(["Name", "Value", "Settable at queue time"], rows, "It has no variables but those of its YAML.");
}

function repositoryLink(site: Site, project: Project, { repository }: Definition): Content {
  const known = ownRepository(site, project, repository.id);
  if (!known) return `${repository.name} (${repository.type})`;
  return link(urlsOf(site).repository(project, known), known.name);
}

/** The file where the default branch has it; else its path. */
function yamlFile(site: Site, project: Project, { process, repository }: Definition): Content {
  const path = `/${process.yamlFilename.replace(/^\/+/, "")}`;
  const known = ownRepository(site, project, repository.id);
  if (!known) return path;
  const git = site.organization.repositories.of(known);
  const head = git.ref(repository.defaultBranch);
  if (head === undefined || git.fileAt(head, path) === undefined) return path;
  return link(urlsOf(site).item(project, known, path, `GB${branchName(repository.defaultBranch)}`), path);
}

function ownRepository({ organization }: Site, project: Project, repositoryId: string) {
  return organization.state.repositories.find(
    ({ id, projectId, isDisabled }) => id === repositoryId && projectId === project.id && !isDisabled,
  );
}
