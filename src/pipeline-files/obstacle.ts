import { isScalar } from "yaml";
import { type Entry, entryOf, type Mapping, type PipelineFile, textOf } from "./pipeline-file";

/**
 * Why a container cannot be edited, with what to do.
 *
 * @param mapping the part of the container that has the image
 * @param parts that part and those under other conditions
 */
export function mappingObstacle(file: PipelineFile, mapping: Mapping, parts: Mapping[]): string | undefined {
  const entries = (key: string) => parts.flatMap((part) => entryOf(part, key) ?? []);
  const [merged] = entries("<<");
  if (merged !== undefined) {
    return `takes keys from elsewhere (${file.place(merged.key)}), which Azure Pipelines does not: write them out`;
  }
  const image = entryOf(mapping, "image");
  if (image === undefined || textOf(file.resolve(image.value)) === undefined) {
    return "has no image to replace: give it an image, and take away what names its registry and repository";
  }
  const local = entries("localImage").find(({ value }) => textOf(file.resolve(value)) === "true");
  if (local !== undefined) {
    return `has localImage (${file.place(local.key)}), so that the agent would not pull the image: remove that line`;
  }
  for (const endpoint of entries("endpoint")) {
    if (textOf(file.resolve(endpoint.value)) === undefined) {
      return `has an endpoint without a value (${file.place(endpoint.key)}): remove that line`;
    }
  }
  if (parts.some((part) => entryOf(part, "endpoint") !== undefined && entryOf(part, "image") === undefined)) {
    return "has its endpoint under another condition than its image: write each image with its endpoint";
  }
  return [image, ...entries("endpoint")].map((entry) => textObstacle(file, entry)).find((obstacle) => obstacle);
}

/** The same for an image alone. */
export function textObstacle(file: PipelineFile, { key, value }: Entry): string | undefined {
  if (!isScalar(value) || value.anchor === undefined) return undefined;
  const user = file.aliases.find((alias) => alias.source === value.anchor);
  if (user === undefined) return undefined;
  return `has a value (${textOf(key)}) that is used elsewhere (*${user.source}, ${file.place(user)}): write it out there`;
}
