import * as z from "zod";
import { UserError } from "./errors";
import { knownOutputs } from "./known-outputs";
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
  const printed = z.record(z.string(), z.unknown()).parse(await pulumiJson(args, options));
  const outputs = stackOutputs.safeParse(knownOutputs(printed));
  if (outputs.success) return outputs.data;
  const missing = missingOutputs(outputs.error).join(", ");
  throw new UserError(
    `the stack${stack === undefined ? "" : ` ${stack}`} has no ${missing} among its outputs. Run \`pulumi up\` first, or name another stack with --stack.`,
  );
}
