import { html } from "./html";
import { link, type Page } from "./layout";
import type { Site } from "./site";
import { urlsOf } from "./urls";

/** What is said instead of a page that is not there, with what there is. @param reason why, in a sentence */
export function notFoundPage(site: Site, reason: string): Page {
  const urls = urlsOf(site);
  const { projects } = site.organization.state;
  return {
    title: "Page not found",
    body: html`<p>${reason}</p>
<p>This is a read-only window into the local cloud. There is:</p>
<ul><li>${link(urls.root, "all projects")}</li>${projects.map(
      (project) =>
        html`<li>${project.name}: ${[
          link(urls.project(project), "summary"),
          ", ",
          link(urls.repositories(project), "repos"),
          ", ",
          link(urls.pipelines(project), "pipelines and runs"),
          ", ",
          link(urls.connections(project), "service connections"),
          ", ",
          link(urls.registries(project), "container registries"),
        ]}</li>`,
    )}</ul>`,
  };
}
