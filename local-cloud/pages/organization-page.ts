import { html } from "./html";
import { type Page, table } from "./layout";
import type { Site } from "./site";
import { urlsOf } from "./urls";

/** The organization: its projects. */
export function organizationPage(site: Site): Page {
  const { state, name } = site.organization;
  const rows = state.projects.map((project) => ({
    id: project.id,
    cells: [html`<a href="${urlsOf(site).project(project)}">${project.name}</a>`, project.description],
  }));
  return { title: name, body: table(["Project", "Description"], rows, "There is no project.") };
}
