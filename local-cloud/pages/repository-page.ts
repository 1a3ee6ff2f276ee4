import { sameName } from "../azuredevops/common/naming";
import { findProject } from "../azuredevops/common/organization";
import type { Project } from "../azuredevops/core/state";
import type { Commit } from "../azuredevops/git/bare-repository";
import { commitOf, itemNotFound } from "../azuredevops/git/content";
import { remoteUrl, repositoryNotFound, repositoryOf } from "../azuredevops/git/repository";
import type { Repository } from "../azuredevops/git/state";
import { type Content, type Html, html } from "./html";
import { link, type Page, section, table } from "./layout";
import { pullRequestTable } from "./pull-request-page";
import type { Site } from "./site";
import { urlsOf } from "./urls";
import { branchName, plural, size, time } from "./words";

/** How many commits a page lists at most. */
const mostCommits = 20;

/** What a version names, by its first letters (https://learn.microsoft.com/azure/devops/repos/git/). */
const versionTypes: Record<string, string> = { GB: "branch", GT: "tag", GC: "commit" };

/** A folder or a file of a repository. @param version `GB` and a branch, `GT` and a tag, `GC` and a commit; default: the default branch */
export function repositoryPage(
  site: Site,
  projectNameOrId: string,
  name: string,
  asked: { path?: string; version?: string },
): Page {
  const project = findProject(site.organization, projectNameOrId);
  const repository = repositoryOf(site.organization, { project: project.id, repositoryId: name });
  const defaultBranch = site.organization.repositories.of(repository).defaultBranch();
  const isEmpty = defaultBranch === undefined;
  const version = asked.version ?? `GB${branchName(defaultBranch ?? "")}`;
  const path = `/${(asked.path ?? "").replace(/^\/+|\/+$/g, "")}`;
  const clone = html`<p class="hint">Clone it: <code>git clone ${remoteUrl(site.organization, repository)}</code></p>`;
  const view = isEmpty
    ? { body: html`<p>It is empty.</p>${clone}` }
    : contents(site, project, repository, path, version, clone);
  const urls = urlsOf(site);
  const folders = path.split("/").slice(1, -1);
  return {
    title: path === "/" ? repository.name : (path.split("/").at(-1) ?? path),
    project,
    section: "Repos",
    above:
      path === "/"
        ? []
        : [
            { title: repository.name, url: urls.repository(project, repository) },
            ...folders.map((folder, index) => ({
              title: folder,
              url: urls.item(project, repository, `/${folders.slice(0, index + 1).join("/")}`, version),
            })),
          ],
    ...view,
  };
}

/** A commit: what it says and which files it touches. */
export function commitPage(site: Site, projectNameOrId: string, name: string, commitId: string): Page {
  const project = findProject(site.organization, projectNameOrId);
  const repository = repositoryOf(site.organization, { project: project.id, repositoryId: name });
  const commit = commitOf(site.organization, repository, commitId, "commit");
  const [parent] = commit.parents;
  const touched = site.organization.repositories.of(repository).changes(parent, commit.id);
  const urls = urlsOf(site);
  const rows = touched.map(({ path, kind }) => ({
    id: path,
    cells: [kind === "Deleted" ? path : link(urls.item(project, repository, path, `GC${commit.id}`), path), kind],
  }));
  return {
    title: `Commit ${commit.id.slice(0, 8)}`,
    project,
    section: "Repos",
    above: [{ title: repository.name, url: urls.repository(project, repository) }],
    body: html`<p class="comment">${commit.comment}</p>
<p>${commit.author.name}, ${time(commit.author.date)} <code>${commit.id}</code></p>
${parent !== undefined && html`<p>Parent ${link(urls.commit(project, repository, parent), parent.slice(0, 8))}</p>`}
${section(plural(touched.length, "changed file"), table(["File", "Change"], rows, "It changes no file."))}`,
  };
}

/** A commit's page where the path to it does not say the project, as in the API's `remoteUrl`. */
export function commitUrl(site: Site, name: string, commitId: string): string {
  const { state } = site.organization;
  const repository = state.repositories.find((other) => sameName(other.name, name));
  const project = state.projects.find(({ id }) => id === repository?.projectId);
  if (!repository || !project) throw repositoryNotFound(name);
  return urlsOf(site).commit(project, repository, commitId);
}

function contents(
  site: Site,
  project: Project,
  repository: Repository,
  path: string,
  version: string,
  clone: Html,
): { badge: Html; body: Content } {
  const commit = commitOf(
    site.organization,
    repository,
    version.slice(2),
    versionTypes[version.slice(0, 2)] ?? "branch",
  );
  const badge = html`<span class="version">${version.startsWith("GC") ? commit.id.slice(0, 8) : version.slice(2)}</span>`;
  const git = site.organization.repositories.of(repository);
  const entry = git.entry(commit, path);
  if (entry === undefined || entry.type === "commit") throw itemNotFound(path, repository, commit);
  if (entry.type === "blob") return { badge, body: file(git.blob(entry.id)) };
  const entries = git.entriesIn(entry, false);
  // Folders first, as Azure DevOps lists them.
  entries.sort((a, b) => Number(b.type === "tree") - Number(a.type === "tree"));
  const rows = entries.map(({ path: below, type }) => {
    const name = below.slice(below.lastIndexOf("/") + 1);
    const shown = type === "tree" ? `${name}/` : name;
    return { id: `item-${name}`, cells: [link(urlsOf(site).item(project, repository, below, version), shown)] };
  });
  return {
    badge,
    body: html`${path === "/" && clone}${table(["Name"], rows, "It has no files.")}
${path === "/" && section("Pull requests", pullRequestTable(site, project, repository))}
${path === "/" && section("Commits", commits(site, project, repository, commit))}`,
  };
}

function commits(site: Site, project: Project, repository: Repository, from: Commit): Html {
  const rows = site.organization.repositories
    .of(repository)
    .log(from.id, { top: mostCommits })
    .map(({ id, comment, author: { date } }) => ({
      id: `commit-${id}`,
      cells: [link(urlsOf(site).commit(project, repository, id), id.slice(0, 8)), comment, time(date)],
    }));
  return table(["Commit", "Comment", "Date"], rows, "There is no commit.");
}

function file(content: Buffer): Html {
  if (content.includes(0)) return html`<p>A file of ${size(content.length)} that is no text.</p>`;
  const lines = content.toString("utf8").replace(/\n$/, "").split("\n");
  return html`<div class="lines">${lines.map((line) => html`<div class="line">${line}</div>`)}</div>`;
}
