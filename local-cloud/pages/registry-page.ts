import { ServiceError } from "../azuredevops/common/errors";
import { findProject } from "../azuredevops/common/organization";
import { html } from "./html";
import { facts, link, type Page, section, table } from "./layout";
import { nameInAzure } from "./registries-page";
import type { Site } from "./site";
import { urlsOf } from "./urls";
import { size, time } from "./words";

/** A container registry: its repositories. */
export async function registryPage(site: Site, projectNameOrId: string, name: string): Promise<Page> {
  const project = findProject(site.organization, projectNameOrId);
  const registry = findRegistry(site, name);
  const repositories = await site.registries.repositories(registry.loginServer);
  const rows = repositories.map((path) => ({
    id: path,
    cells: [link(urlsOf(site).image(project, registry.name, path), path)],
  }));
  return {
    title: registry.name,
    project,
    section: "Container registries",
    body: html`${facts([
      ["Login server in Azure", nameInAzure(registry.name)],
      ["Here", html`<code>${registry.loginServer}</code>`],
    ])}
${section("Repositories", table(["Repository"], rows, "Nothing has been pushed to it."))}`,
  };
}

/** A repository of a container registry: its tags, and the digests that they lead to. */
export async function imagePage(site: Site, projectNameOrId: string, name: string, path: string): Promise<Page> {
  const project = findProject(site.organization, projectNameOrId);
  const { name: registry, loginServer } = findRegistry(site, name);
  const images = await site.registries.images(loginServer, path);
  if (images.length === 0) {
    const repositories = await site.registries.repositories(loginServer);
    if (!repositories.includes(path)) throw notFound(`The registry ${registry} has no repository ${path}.`);
  }
  const rows = images.map(({ tag, digest, size: bytes, platforms, created }) => ({
    id: `tag-${tag}`,
    cells: [
      tag,
      html`<code class="digest">${digest}</code>`,
      bytes !== undefined && html`<span class="size">${size(bytes)}</span>`,
      platforms.join(", "),
      time(created),
    ],
  }));
  return {
    title: path,
    project,
    section: "Container registries",
    above: [{ title: registry, url: urlsOf(site).registry(project, registry) }],
    body: html`${facts([["Pull", html`<code>${loginServer}/${path}</code>`]])}
${section("Tags", table(["Tag", "Digest", "Size", "Platform", "Created"], rows, "It has no tag."))}`,
  };
}

function findRegistry(site: Site, name: string) {
  const found = site.registries.list().find((registry) => registry.name.toLowerCase() === name.toLowerCase());
  if (!found) throw notFound(`There is no container registry ${name}.`);
  return found;
}

function notFound(message: string): ServiceError {
  return new ServiceError(404, "ResourceNotFound", message);
}
