import type { Reference } from "./container";
import { type Entry, entryOf, type Mapping, type PipelineFile, textOf } from "./pipeline-file";

/**
 * Why a container cannot be edited, with what to do.
 *
 * @param mapping the part of the container that has the image
 * @param parts that part and those under other conditions
 */
export function mappingObstacle(file: PipelineFile, mapping: Mapping, parts: Mapping[]): string | undefined {
  const entries = (key: string) => parts.flatMap((part) => entryOf(part, key) ?? []);
  const image = entryOf(mapping, "image");
  if (image === undefined || textOf(image.value) === undefined) {
    return "has no image to replace: give it an image, and take away what names its registry and repository";
  }
  const local = entries("localImage").find(({ value }) => textOf(value) === "true");
  if (local !== undefined) {
    return `has localImage (${file.place(local.key)}), so that the agent would not pull the image: remove that line`;
  }
  for (const endpoint of entries("endpoint")) {
    if (textOf(endpoint.value) === undefined) {
      return `has an endpoint without a value (${file.place(endpoint.key)}): remove that line`;
    }
  }
  if (parts.some((part) => entryOf(part, "endpoint") !== undefined && entryOf(part, "image") === undefined)) {
    return "has its endpoint under another condition than its image: write each image with its endpoint";
  }
  return [image, ...entries("endpoint")].map(tagObstacle).find((obstacle) => obstacle);
}

/** The same for an image alone. */
export function textObstacle({ kind, entry }: Reference): string | undefined {
  if (kind === "phase")
    return "is an image where only the name of a container resource may be: make it one, and write its name";
  return tagObstacle(entry);
}

/** A tag would go for what takes the value's place. */
function tagObstacle({ key, value }: Entry): string | undefined {
  return value?.tag === undefined ? undefined : `has a YAML tag at its ${textOf(key)} (${value.tag}): remove it`;
}
