import { UserError } from "./errors";
import type { StackOutputs } from "./outputs";
import { missingOutputs, stackOutputs } from "./outputs-schema";
import { pulumiJson } from "./pulumi-cli";

/**
 * What a stack of this program has put out.
 *
 * @param stack default: the one that is selected
 * @throws UserError if there is no such stack, or it is not up
 */
export async function readStack(
  stack: string | undefined,
  options: { cwd: string; env: NodeJS.ProcessEnv },
): Promise<StackOutputs> {
  const args = ["stack", "output", ...(stack === undefined ? [] : ["--stack", stack])];
  const outputs = stackOutputs.safeParse(await pulumiJson(args, options));
  if (outputs.success) return outputs.data;
  const missing = missingOutputs(outputs.error).join(", ");
  throw new UserError(
    `the stack${stack === undefined ? "" : ` ${stack}`} has no ${missing} among its outputs. Run \`pulumi up\` first, or name another stack with --stack.`,
  );
}
