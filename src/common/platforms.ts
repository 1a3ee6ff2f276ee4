/** What jobs run on, as Docker names it. The agent brings a Node for each. */
export const Platform = {
  /** Machines with a processor of Intel or AMD, as Microsoft's agents are. */
  LinuxAmd64: "linux/amd64",
  /** Machines with a processor of ARM. */
  LinuxArm64: "linux/arm64",
} as const;
export type Platform = (typeof Platform)[keyof typeof Platform];

/** All of them. */
export const platforms = [Platform.LinuxAmd64, Platform.LinuxArm64] as const;

/** What Microsoft's agents for Linux are. */
export const defaultPlatform: Platform = "linux/amd64";
