import type { BrokenRule, ImageContent } from "./rule";

/**
 * No ENTRYPOINT: the agent starts the container with a command of its own and expects it to stay
 * (https://learn.microsoft.com/azure/devops/pipelines/process/container-phases).
 */
export function checkEntrypoint({ config }: ImageContent): BrokenRule[] {
  if (config.entrypoint.length === 0) return [];
  const message =
    `the image has the ENTRYPOINT ${JSON.stringify(config.entrypoint)}, which would be started in place of the ` +
    "command that the agent starts a job's container with. Put `ENTRYPOINT []` at the end of the Dockerfile.";
  return [{ rule: "entrypoint", message }];
}
