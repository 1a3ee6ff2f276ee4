import { interruption } from "../../common/command-line";
import { PrintableLines, printable } from "../../common/printable";
import { environmentFor } from "../local-cloud";
import { projectFolder } from "../project";
import { readBaseStack } from "./base-stack";
import type { Context } from "./context";
import { BranchStacks } from "./stacks";
import { userErrorOf } from "./user-error";

/**
 * Does something with the stacks of the project in which the person stands.
 *
 * @param options `base`: the base environment's stack. Default: JOB_CONTAINER_BASE_STACK, else the setting branches.base
 * @param output where it is said what happens
 * @throws UserError also where Pulumi failed
 */
export async function inContext<T>(
  options: { base?: string },
  output: NodeJS.WriteStream,
  work: (context: Context) => Promise<T>,
): Promise<T> {
  const root = projectFolder();
  const env = environmentFor(process.env, root, (line) => process.stderr.write(`${printable(line)}\n`));
  // Pulumi's Automation API finds the CLI on this process's own PATH.
  Object.assign(process.env, env);
  const progress = new PrintableLines((text) => output.write(text));
  const context: Context = {
    stacks: new BranchStacks(root, readBaseStack(root, options.base ?? env.JOB_CONTAINER_BASE_STACK, env)),
    env,
    say: (line) => output.write(`${printable(line)}\n`),
    progress: (text) => progress.add(text),
    signal: interruption(),
  };
  try {
    return await work(context);
  } catch (error) {
    throw userErrorOf(error) ?? error;
  } finally {
    progress.end();
  }
}
