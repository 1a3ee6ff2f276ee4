import * as pulumi from "@pulumi/pulumi";
import * as z from "zod";
import { projectUrlOf } from "../azure-devops/project-url";
import { ask } from "../azure-devops/rest";
import { messageOf } from "../common/errors";

const settings = z.object({ enforceSettableVar: z.boolean() });

/**
 * Warns where whoever may queue a run may set any variable in it: then the model pipelines' image is not what the stack
 * says but what the run says (https://learn.microsoft.com/azure/devops/pipelines/security/inputs).
 *
 * @param place the project, and an access token for it
 * @param exists whether it does. It is asked at once, but nothing is said of a project that does not exist
 * @throws what `exists` throws
 */
export async function warnOfQueueTimeVariables(
  { organizationUrl, project, token }: { organizationUrl: string; project: string; token: string },
  exists: Promise<unknown>,
): Promise<void> {
  const api = { projectUrl: projectUrlOf(organizationUrl, project), token };
  const remark = await ask(api, "build/generalsettings", settings).then(
    ({ enforceSettableVar }) => (enforceSettableVar ? undefined : () => pulumi.log.warn(unlimited)),
    (error) => () => {
      const reason = messageOf(error);
      return pulumi.log.info(`whether variables that can be set at queue time are limited is not known: ${reason}`);
    },
  );
  await exists;
  await remark?.();
}

const unlimited =
  "whoever may queue a run may set any variable in it, jobContainerImage and imageRepository among them: neither the " +
  "project nor the organization limits variables that can be set at queue time. To limit them: Project settings, " +
  'Pipelines, Settings, "Limit variables that can be set at queue time".';
