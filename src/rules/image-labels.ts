/** What the image's labels say. A value that is missing leaves its label out. */
export interface LabelValues {
  /** Where its source is: a URL that people can open. */
  source: string;
  /** Commit that the environment definition is from. */
  revision?: string;
  /** The release it belongs to. */
  version?: string;
}

/** The labels an image gets, and those that it does not get because their value is not known. */
export interface ImageLabels {
  labels: Record<string, string>;
  leftOut: string[];
}

/** The labels by which registries and people find where an image is from: https://specs.opencontainers.org/image-spec/annotations/ */
export function imageLabels(values: LabelValues): ImageLabels {
  const labels: Record<string, string> = {};
  const leftOut: string[] = [];
  for (const name of ["source", "revision", "version"] as const) {
    const value = values[name];
    if (value) labels[`org.opencontainers.image.${name}`] = value;
    else leftOut.push(name);
  }
  return { labels, leftOut };
}
