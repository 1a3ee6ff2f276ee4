/** What jobs run on, as Docker names it. The agent brings a Node for each. */
export const platforms = ["linux/amd64", "linux/arm64"] as const;
export type Platform = (typeof platforms)[number];

/** What Microsoft's agents for Linux are. */
export const defaultPlatform: Platform = "linux/amd64";
