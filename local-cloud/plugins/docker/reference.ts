/** An image's name taken apart. */
export interface ImageReference {
  /** Host and, if given, port. */
  registry: string;
  repository: string;
  /** A tag, or a digest (`sha256:…`). */
  version: string;
}

/** Docker's own registry: what a name without a registry means. */
const dockerHub = "registry-1.docker.io";

/**
 * Reads an image's name as Docker does: the first part is a registry if it has a dot or a colon in it or is
 * `localhost`; otherwise the image is on Docker Hub, where official images are in `library/`; the tag is `latest` if
 * there is none.
 */
export function parseReference(name: string): ImageReference {
  const [path = "", digest] = name.split("@");
  const slash = path.indexOf("/");
  const first = path.slice(0, Math.max(slash, 0));
  const hasRegistry = /[.:]/.test(first) || first === "localhost";
  const registry = hasRegistry && first !== "docker.io" && first !== "index.docker.io" ? first : dockerHub;
  const rest = hasRegistry ? path.slice(slash + 1) : path;
  const colon = rest.lastIndexOf(":");
  const repository = colon === -1 ? rest : rest.slice(0, colon);
  return {
    registry,
    repository: registry === dockerHub && !repository.includes("/") ? `library/${repository}` : repository,
    version: digest ?? (colon === -1 ? "latest" : rest.slice(colon + 1)),
  };
}
