import { environmentOf } from "../../../local-cloud/cloud/environment";
import type { Layout } from "../../../local-cloud/cloud/layout";
import { readSettings } from "../../../local-cloud/cloud/settings";
import { statusOf } from "../../../local-cloud/cloud/status";
import { UserError } from "../../common/errors";
import { missingOutputs, type StackOutputs, stackOutputs } from "../../common/outputs";
import { pulumi } from "../pulumi";

/**
 * The environment that leads to a stack and its Azure DevOps: the caller's own, or that of a local cloud where it runs
 * and the caller has no access token of Azure DevOps.
 *
 * @param layout the local cloud's
 * @param say is told if it is the local cloud's
 */
export function environmentFor(own: NodeJS.ProcessEnv, layout: Layout, say: (line: string) => void): NodeJS.ProcessEnv {
  if (own.AZDO_PERSONAL_ACCESS_TOKEN || own.SYSTEM_ACCESSTOKEN) return own;
  const settings = readSettings(layout);
  if (settings === undefined || !statusOf(layout).running) return own;
  say(`In the local cloud of ${layout.directory}: AZDO_PERSONAL_ACCESS_TOKEN is not set.`);
  return environmentOf(layout, settings, own);
}

/**
 * What a stack of this program has put out.
 *
 * @param stack default: the one that is selected
 * @throws UserError if there is no such stack, or it is not up
 */
export async function readStack(stack: string | undefined, env: NodeJS.ProcessEnv): Promise<StackOutputs> {
  const args = ["stack", "output", "--json", ...(stack === undefined ? [] : ["--stack", stack])];
  const outputs = stackOutputs.safeParse(JSON.parse(await pulumi(args, { env })));
  if (outputs.success) return outputs.data;
  const missing = missingOutputs(outputs.error).join(", ");
  throw new UserError(
    `the stack${stack === undefined ? "" : ` ${stack}`} has no ${missing} among its outputs. Run \`pulumi up\` first, or name another stack with --stack.`,
  );
}
