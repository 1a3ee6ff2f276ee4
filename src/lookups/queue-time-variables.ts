import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { ask, type ProjectApi } from "../azure-devops/rest";
import { messageOf } from "../common/errors";

const settings = z.object({ enforceSettableVar: z.boolean() });

/**
 * Warns where whoever may queue a run may set any variable in it: then the model pipelines' image is not what the stack
 * says but what the run says (https://learn.microsoft.com/azure/devops/pipelines/security/inputs).
 */
export async function warnOfQueueTimeVariables(api: ProjectApi): Promise<void> {
  try {
    if ((await ask(api, "build/generalsettings", settings)).enforceSettableVar) return;
  } catch (error) {
    pulumi.log.info(`whether variables that can be set at queue time are limited is not known: ${messageOf(error)}`);
    return;
  }
  pulumi.log.warn(
    "whoever may queue a run may set any variable in it, jobContainerImage and imageRepository among them: neither the " +
      "project nor the organization limits variables that can be set at queue time. To limit them: Project settings, " +
      'Pipelines, Settings, "Limit variables that can be set at queue time".',
  );
}
