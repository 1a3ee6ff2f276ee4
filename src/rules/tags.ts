import { tagRule } from "./names";

/** What the image's tags are made of. A value that is missing leaves its tag out. */
export interface TagValues {
  /** The run or commit that built it, for `build-<id>`. */
  build?: string;
  /** Version of the Azure ML SDK in the environment definition, for `amlsdk-<version>`. */
  amlSdk?: string;
  /** The GitHub release it belongs to, for `release-<id>`. */
  release?: string;
}

/** The tags an image gets, and those that it does not get because their value is not known. */
export interface ImageTags {
  tags: string[];
  leftOut: string[];
}

/**
 * `latest`, `build-<id>`, `amlsdk-<version>` and `release-<id>`: the tags by which people find an image. Nothing
 * depends on them; resources refer to the digest.
 *
 * @throws Error if a value makes a tag that no registry accepts.
 */
export function imageTags(values: TagValues): ImageTags {
  const tags = ["latest"];
  const leftOut: string[] = [];
  for (const [prefix, value] of [
    ["build", values.build],
    ["amlsdk", values.amlSdk],
    ["release", values.release],
  ] as const) {
    if (value) tags.push(validTag(`${prefix}-${value}`));
    else leftOut.push(prefix);
  }
  return { tags, leftOut };
}

function validTag(tag: string): string {
  if (!tagRule.pattern.test(tag)) throw new Error(`"${tag}" is not a tag: a tag is ${tagRule.text}`);
  return tag;
}
