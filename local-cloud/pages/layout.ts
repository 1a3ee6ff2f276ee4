import type { Project } from "../azuredevops/core/state";
import { type Content, type Html, html } from "./html";
import type { Site } from "./site";
import { urlsOf } from "./urls";

/** The parts of a project that have a place in its menu, in Azure DevOps' words. */
export type Section = "Summary" | "Repos" | "Pipelines" | "Service connections" | "Container registries";

/** One page. */
export interface Page {
  /** Its heading. */
  title: string;
  /** What stands beside the heading, such as a state. */
  badge?: Html;
  /** Where it is: the project, and the part of it that the page belongs to. */
  project?: Project;
  section?: Section;
  /** The pages between the section's and this one. */
  above?: { title: string; url: string }[];
  body: Content;
  /** Milliseconds after which it may have changed; undefined if it stays as it is. */
  refresh?: number;
}

/** How often a page with runs looks whether there are others, in milliseconds. */
export const listRefresh = 5000;

/** Path of the stylesheet, the script and the icon. */
export const staticPath = "/_static";

/** A whole page. It works without its script, by loading it again. */
export function layout(site: Site, page: Page): Html {
  const { title, badge, project, section, above = [], body, refresh } = page;
  const urls = urlsOf(site);
  const menu: [Section, string][] = project
    ? [
        ["Summary", urls.project(project)],
        ["Repos", urls.repositories(project)],
        ["Pipelines", urls.pipelines(project)],
        ["Service connections", urls.connections(project)],
        ["Container registries", urls.registries(project)],
      ]
    : [];
  const sectionUrl = menu.find(([name]) => name === section)?.[1];
  const crumbs = [
    { title: site.organization.name, url: urls.root },
    ...(project ? [{ title: project.name, url: urls.project(project) }] : []),
    ...(section && sectionUrl && section !== "Summary" ? [{ title: section, url: sectionUrl }] : []),
    ...above,
  ].filter((crumb) => crumb.title !== title);
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${[title, ...(project && project.name !== title ? [project.name] : [])].join(" - ")} - Local Azure DevOps</title>
<link rel="icon" href="${staticPath}/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="${staticPath}/pages.css">
<script src="${staticPath}/live.js" defer></script>
</head>
<body${refresh !== undefined && html` data-refresh="${refresh}"`}>
<a class="skip" href="#main">Skip to main content</a>
<header>
<p class="product">Local Azure DevOps <span>read-only</span></p>
<nav aria-label="Breadcrumb"><ol>${crumbs.map((crumb) => html`<li>${link(crumb.url, crumb.title)}</li>`)}</ol></nav>
</header>
${
  menu.length > 0 &&
  html`<nav class="menu" aria-label="Project"><ul>${menu.map(
    ([name, url]) =>
      html`<li><a href="${url}"${name === section && html` aria-current="${url === sectionUrl && title === name ? "page" : "true"}"`}>${name}</a></li>`,
  )}</ul></nav>`
}
<main id="main" tabindex="-1">
<h1>${title}${badge && html` ${badge}`}</h1>
${body}
${refresh !== undefined && html`<noscript><p class="hint">Load this page again to see what has changed.</p></noscript>`}
</main>
</body>
</html>
`;
}

export function link(url: string, text: Content): Html {
  return html`<a href="${url}">${text}</a>`;
}

/** A part of a page, with its heading. */
export function section(title: string, body: Content): Html {
  return html`<section aria-label="${title}"><h2>${title}</h2>${body}</section>`;
}

/** Names and values. Those without a value are left out. */
export function facts(rows: [string, Content][]): Html {
  const given = rows.filter(([, value]) => value !== undefined && value !== false && value !== "");
  return html`<dl>${given.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}

/**
 * A table; a sentence if it has no rows.
 *
 * @param rows each with an id that no other element of the page has, by which it is known when the page changes
 */
export function table(columns: string[], rows: { id: string; cells: Content[] }[], none: string): Html {
  if (rows.length === 0) return html`<p>${none}</p>`;
  const head = columns.map((column) => html`<th scope="col">${column}</th>`);
  const body = rows.map(
    ({ id, cells: [first, ...others] }) =>
      html`<tr id="${id}"><th scope="row">${first}</th>${others.map((cell, index) => html`<td data-column="${columns[index + 1]}">${cell}</td>`)}</tr>`,
  );
  return html`<div class="table"><table><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table></div>`;
}
