import * as pulumi from "@pulumi/pulumi";
import { type Definition, findDefinition } from "../azure-devops/definitions";
import type { ProjectApi } from "../azure-devops/rest";
import { messageOf } from "../common/errors";
import { asArgument } from "../common/name-of";
import { imageVariable } from "../rules/names";
import { inOwnOrganization } from "./own-organization";

/** A definition that is about to be made. */
export interface PlannedDefinition {
  /** Its name, unique in its folder. */
  name: string;
  /** `\` or `\ml\training`. */
  folder: string;
  /** Path of its YAML file. */
  path: string;
}

/**
 * Makes sure that a definition that is about to be made is not there already, which the service would say only when
 * half of the stack exists.
 *
 * One that looks as this program makes it may be what an update of this stack has left that was killed: that is only
 * said, for `recover` repairs it.
 *
 * @param api undefined if there is no access token
 * @param where what names the model pipelines
 * @throws Error that says how to take it up
 */
export async function requireNew(
  api: ProjectApi | undefined,
  own: Set<string>,
  planned: PlannedDefinition,
  where = asArgument("modelPipelines"),
): Promise<void> {
  const { name, folder } = planned;
  if (api === undefined) {
    pulumi.log.info(
      `whether there is a definition ${name} already is not checked: AZDO_PERSONAL_ACCESS_TOKEN is not set`,
    );
    return;
  }
  const found = await findDefinition(api, folder, name).catch((error: unknown) => {
    pulumi.log.info(`whether there is a definition ${name} already is not known: ${messageOf(error)}`);
  });
  if (!found) return;
  const place = `there is a pipeline definition ${name} (${found.id}) in the folder ${folder} already`;
  if (own.has(String(found.id))) {
    throw new Error(
      `${place}: this stack made it for another file. Give the pipeline of ${planned.path} another name, or take the ` +
        "other one out of the settings and run pulumi up before this one gets its name.",
    );
  }
  if (isAsMade(found, planned)) {
    pulumi.log.warn(
      `${place}, as this program makes it. If an update of this stack was killed, repair the stack first: ` +
        `npx job-container recover --stack ${inOwnOrganization(pulumi.getStack())}. Otherwise set adopt: ${found.id}`,
    );
    return;
  }
  throw new Error(
    `${place}, which this stack did not make. To take it up, set adopt: ${found.id} beside the pipeline's path ` +
      `(${planned.path}) in the ${where}; otherwise give the pipeline another name or folder.`,
  );
}

/** Whether it was never changed, and has what this program gives a model pipeline and nothing else. */
function isAsMade({ revision, process, variables }: Definition, { path }: PlannedDefinition): boolean {
  const names = Object.keys(variables ?? {});
  return revision === 1 && process.yamlFilename === path && names.length === 1 && names[0] === imageVariable;
}
