import { LocalWorkspace } from "@pulumi/pulumi/automation";
import { Command } from "commander";
import { exitWithError } from "../../common/errors";
import { PrintableLines, printable } from "../../common/printable";
import { notBlank } from "../arguments";
import { readBaseStack } from "../env/base-stack";
import { type Context, operationOptions } from "../env/context";
import { operate } from "../env/interrupted";
import { BranchStacks } from "../env/stacks";
import { readState } from "../env/state";
import { userErrorOf } from "../env/user-error";
import { environmentFor } from "../local-cloud";
import { projectFolder } from "../project";
import { adopt } from "./azure";
import { deleteOrphans } from "./azure-devops";
import { goneConnections } from "./gone-connections";
import { plannedCreations } from "./planned";

/** `npm run recover`: puts a stack in order whose `pulumi up` or `pulumi destroy` was killed, or got no answer. */
new Command("npm run recover --")
  .usage("--stack <name>")
  .description(
    "Puts a base environment's stack in order after an operation that was killed or got no answer: unlocks it, deletes " +
      "the service connections and the definitions that were made without the stack knowing, takes up what was made in " +
      "its resource group, and forgets what is gone. What may be somebody else's is named, and left alone.",
  )
  .requiredOption("--stack <name>", "the stack", notBlank)
  .option("--resource-group <name>", "take up this resource group as well, if it exists: it is the stack's", notBlank)
  .action(({ stack, resourceGroup }: { stack: string; resourceGroup?: string }) => recover(stack, resourceGroup))
  .parseAsync()
  .then(
    // Ends also what is still under way: a connection that is kept open does not keep anyone waiting.
    () => process.stdout.write("", () => process.exit()),
    (error: unknown) => exitWithError(userErrorOf(error) ?? error),
  );

async function recover(stackName: string, resourceGroup: string | undefined): Promise<void> {
  const say = (line: string) => void process.stdout.write(`${printable(line)}\n`);
  const project = projectFolder();
  const env = environmentFor(process.env, project, say);
  // Pulumi's Automation API finds the CLI on this process's own PATH.
  Object.assign(process.env, env);
  const interrupted = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => interrupted.abort());
  const progress = new PrintableLines((text) => process.stdout.write(text));
  const context: Context = {
    stacks: new BranchStacks(project, readBaseStack(project, stackName, env)),
    env,
    say,
    progress: (text) => progress.add(text),
    signal: interrupted.signal,
  };
  const stack = await LocalWorkspace.selectStack({ stackName, workDir: project });

  const begun = (await readState(stack)).pending.flatMap(({ type, resource }) => (type === "creating" ? resource : []));
  await operate(context, stack, async () => {
    const state = await readState(stack);
    await state.forget(await goneConnections(context, state)); // which a lock forbids, if there is one
    const tried = new Set<string>();
    const adoptMore = async () => {
      const planned = await plannedCreations(stack, context.signal);
      const candidates = [...begun, ...planned].filter(({ urn }) => !tried.has(urn));
      const adopted = await adopt(context, await readState(stack), candidates, resourceGroup);
      for (const urn of adopted) tried.add(urn);
      await stack.refresh(operationOptions(context));
      return adopted.length > 0;
    };
    // What is in a resource group is known once that is, and what is about a registry or an identity likewise.
    while (await adoptMore());
    progress.end();
    await deleteOrphans(context, await readState(stack), await plannedCreations(stack, context.signal));
  });
  say(`The stack ${stackName} is in order. What is left to do: pulumi up --stack ${stackName}`);
}
