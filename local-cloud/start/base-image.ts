import { baseImage } from "../base-image/publication";
import type { DockerfileBases } from "./dockerfile";

/**
 * What is to be said about the images that a Dockerfile starts from: the local cloud's public registry has one.
 *
 * @param path the Dockerfile's, from the repository's root
 * @param setting the team's own base image, if its settings name one
 */
export function baseImageNotes(path: string, { argument, others }: DockerfileBases, setting: unknown): string[] {
  const own = typeof setting === "string" && setting !== "" ? setting : argument;
  return [
    ...(argument !== undefined && own && !isTheSame(own)
      ? [
          `${path} starts from the local cloud's ${baseImage.repository} here, not from ${own}, which is on the internet.`,
        ]
      : []),
    ...others.map(
      (image) =>
        `${path} starts from ${image}, which the local cloud does not have: BuildKit asks the internet for it. With ` +
        "`ARG BASE_IMAGE=" +
        `${image}\` before the first FROM and \`FROM \${BASE_IMAGE}\` it starts from the local cloud's image.`,
    ),
  ];
}

/** Whether the local cloud has an image of that name, whatever its tag. */
function isTheSame(image: string): boolean {
  const [name = ""] = image.replace(/^(?:docker\.io|index\.docker\.io)\//, "").split(/[:@]/);
  return name === baseImage.repository;
}
