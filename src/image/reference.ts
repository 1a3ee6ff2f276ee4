import { ImageError } from "./error";

/** An image's name taken apart. */
export interface ImageReference {
  /** Host and, if given, port of the registry. */
  registry: string;
  repository: string;
  /** What to ask the registry for: the digest if there is one (`sha256:…`), otherwise the tag. */
  version: string;
}

/** The host of Docker Hub's registry: what a name without a registry means. */
export const dockerHub = "registry-1.docker.io";

/** Names of Docker Hub in references. */
const dockerHubNames = ["docker.io", "index.docker.io", dockerHub];

const host = /^(?:[a-z\d](?:[a-z\d-]*[a-z\d])?(?:\.[a-z\d](?:[a-z\d-]*[a-z\d])?)*|\[[a-f\d:]+\])(?::\d+)?$/i;
const part = /^[a-z\d]+(?:(?:[._]|__|-+)[a-z\d]+)*$/;
const tagForm = /^\w[\w.-]{0,127}$/;

/** Whether a text is the path of a repository, as every registry takes it: parts of lower case between slashes. */
export function isRepository(text: string): boolean {
  return text.split("/").every((each) => part.test(each));
}

/**
 * Reads an image's name as Docker does (https://pkg.go.dev/github.com/distribution/reference): the first part is a
 * registry if it has a dot or a colon in it or is `localhost`; otherwise the image is on Docker Hub, where official
 * images are in `library/`; the tag is `latest` if there is none, and a digest counts more than a tag.
 *
 * @param text `[host[:port]/]repository[:tag][@sha256:…]`
 * @throws ImageError with the reason if it is no image's name
 */
export function parseReference(text: string): ImageReference {
  const refuse = (reason: string): never => {
    throw new ImageError(
      `${JSON.stringify(text)} is not the name of an image: ${reason}. ` +
        "Write registry/repository:tag or registry/repository@sha256:…, for example myregistry.azurecr.io/mlops/model:latest.",
    );
  };
  if (text === "") refuse("it is empty");
  if (/\s/.test(text)) refuse("there is a space in it");
  if (/^\w+:\/\//.test(text)) refuse("it begins with a scheme, and a registry is named by its host alone");

  const [name = "", digest, ...more] = text.split("@");
  if (more.length > 0) refuse("there is more than one @ in it");
  if (digest !== undefined && !/^sha256:[a-f\d]{64}$/.test(digest)) {
    refuse(`the digest ${JSON.stringify(digest)} is not sha256: with 64 hexadecimal digits after it`);
  }

  const first = name.includes("/") ? name.slice(0, name.indexOf("/")) : "";
  const hasRegistry = /[.:]/.test(first) || first === "localhost";
  const path = hasRegistry ? name.slice(first.length + 1) : name;
  if (hasRegistry && (!host.test(first) || !URL.canParse(`https://${first}`))) {
    refuse(`the registry ${JSON.stringify(first)} is not a host, or a host and a port`);
  }

  const [repository = "", tag, ...rest] = path.split(":");
  if (repository === "") refuse("it names no repository");
  if (repository.toLowerCase() !== repository) refuse(`the repository ${JSON.stringify(repository)} is not lower case`);
  if (!isRepository(repository)) {
    refuse(
      `the repository ${JSON.stringify(repository)} has a part that is not letters and digits with single ".", "_" or "-" between them`,
    );
  }
  if (rest.length > 0 || (tag !== undefined && !tagForm.test(tag))) {
    refuse(
      `the tag ${JSON.stringify([tag, ...rest].join(":"))} is not 1 to 128 letters, digits, ".", "_" and "-", beginning with a letter, a digit or "_"`,
    );
  }

  const onDockerHub = !hasRegistry || dockerHubNames.includes(first);
  return {
    registry: onDockerHub ? dockerHub : first,
    repository: onDockerHub && !repository.includes("/") ? `library/${repository}` : repository,
    version: digest ?? tag ?? "latest",
  };
}
